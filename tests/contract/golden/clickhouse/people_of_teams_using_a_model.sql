WITH places AS (
  SELECT j0.id AS k0, c.place AS place
  FROM (SELECT r.1 AS k0, r.2 AS place FROM (SELECT arrayJoin([(?, 0), (?, 1)]) AS r)) c
  JOIN persons j0 ON j0.team = c.k0
), facts AS (
  SELECT c.place AS place, e.person AS counted
  FROM (
    SELECT model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN places c ON c.k0 = e.person
  WHERE (e.model IN (SELECT id FROM models WHERE (position(lowerUTF8(key), lowerUTF8(?)) > 0) OR (position(lowerUTF8(label), lowerUTF8(?)) > 0))) AND e.person <> 0
  GROUP BY c.place, e.person
)
SELECT 0, place, grouping(place), NULL, 1, count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((place), ())
-- ('platform', 'data', 20748, 20776, 'opus', 'opus')
