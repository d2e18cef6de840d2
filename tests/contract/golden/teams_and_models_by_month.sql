WITH places0 AS MATERIALIZED (
  SELECT j.id AS k, w.n AS n
  FROM (VALUES (?, 0), (?, 1)) w(k, n)
  JOIN persons j ON j.team = w.k
), facts AS (
  SELECT c.place AS place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, day, model, person FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, day, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, day, model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN places0 c0 ON c0.k = e.person
  LEFT JOIN (VALUES (?, 0), (?, 1)) c1(k, n) ON c1.k = e.model
  LEFT JOIN (VALUES (0, 0), (3, 1)) c(together, place) ON c.together = c0.n * 2 + c1.n
  GROUP BY c.place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1)
)
SELECT 0, place, bucket, m0
FROM facts
-- ('platform', 'data', 20752, 20773, 20748, 20752, 20773, 20776, 3, 7)
