WITH facts AS (
  SELECT c.place AS place, ((e.day + 3) // 7) AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT day, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN (VALUES (?, 0), (?, 1)) c(k0, place) ON c.k0 = e.model
  GROUP BY c.place, ((e.day + 3) // 7)
)
SELECT 0, place, bucket, m0
FROM facts
-- (20748, 20776, 3, 7)
