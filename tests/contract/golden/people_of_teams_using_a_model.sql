WITH facts AS (
  SELECT c.place AS place, e.person AS counted
  FROM (
    SELECT model, person FROM weekly WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  LEFT JOIN (VALUES (?, 0), (?, 1)) c(k0, place) ON c.k0 = j0.team
  WHERE (e.model IN (SELECT id FROM models WHERE contains(lower(key), lower(?)) OR contains(lower(label), lower(?)))) AND e.person <> 0
  GROUP BY c.place, e.person
)
SELECT 0, place, grouping(place), NULL, 1, count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((place), ())
-- (20752, 20773, 20748, 20752, 20773, 20776, 'platform', 'data', 'opus', 'opus')
