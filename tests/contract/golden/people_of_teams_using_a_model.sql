WITH places AS MATERIALIZED (
  SELECT j0.id AS k0, c.place AS place
  FROM (VALUES (?, 0), (?, 1)) c(k0, place)
  JOIN persons j0 ON j0.team = c.k0
), facts AS (
  SELECT c.place AS place, e.person AS counted
  FROM (
    SELECT model, person FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN places c ON c.k0 = e.person
  WHERE (e.model IN (SELECT id FROM models WHERE contains(lower(key), lower(?)) OR contains(lower(label), lower(?)))) AND e.person <> 0
  GROUP BY c.place, e.person
)
SELECT 0, place, grouping(place), NULL, 1, count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((place), ())
-- ('platform', 'data', 20752, 20773, 20748, 20752, 20773, 20776, 'opus', 'opus')
