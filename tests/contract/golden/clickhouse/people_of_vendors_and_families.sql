WITH grouped AS (
  SELECT j0.vendor AS g0, j1.family AS g1, e.person AS counted
  FROM (
    SELECT model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN models j0 ON j0.id = e.model
  JOIN models j1 ON j1.id = e.model
  WHERE e.person <> 0
  GROUP BY j0.vendor, j1.family, e.person
), facts AS (
  SELECT c.place AS place, counted
  FROM grouped
  LEFT JOIN (SELECT r.1 AS k0, r.2 AS k1, r.3 AS place FROM (SELECT arrayJoin([(?, ?, 0), (?, ?, 1)]) AS r)) c ON c.k0 = g0 AND c.k1 = g1
)
SELECT 0, place, grouping(place), NULL, 1, count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((place), ())
-- (20748, 20776, 'openai', 'gpt-5', 'anthropic', 'claude-opus')
