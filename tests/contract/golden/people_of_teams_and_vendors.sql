WITH grouped AS (
  SELECT e.compared AS compared, j0.team AS g0, j1.vendor AS g1, e.person AS counted
  FROM (
    SELECT 0 AS compared, model, person FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 0 AS compared, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 0 AS compared, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person FROM events WHERE ts >= ? AND ts < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  JOIN models j1 ON j1.id = e.model
  WHERE e.person <> 0
  GROUP BY e.compared, j0.team, j1.vendor, e.person
), facts AS (
  SELECT compared, c.place AS place, counted
  FROM grouped
  LEFT JOIN (VALUES (?, ?, 0), (?, ?, 1)) c(k0, k1, place) ON c.k0 = g0 AND c.k1 = g1
)
SELECT compared, place, grouping(place), NULL, 1, count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((compared, place), (compared))
-- (20752, 20773, 20748, 20752, 20773, 20776, 20724, 20745, 20720, 20724, 20745, 20747, 1792533600000, 1792593000000, 'platform', 'openai', 'data', 'anthropic')
