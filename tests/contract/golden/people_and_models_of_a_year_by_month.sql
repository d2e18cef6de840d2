WITH facts AS (
  SELECT c.place AS place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1) AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN (VALUES (?, ?, 0), (?, ?, 1)) c(k0, k1, place) ON c.k0 = e.person AND c.k1 = e.model
  GROUP BY c.place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1)
)
SELECT 0, place, bucket, m0
FROM facts
-- (20423, 20773, 20773, 20776, 4, 3, 5, 7)
