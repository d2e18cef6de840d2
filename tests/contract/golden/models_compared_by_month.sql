WITH facts AS (
  SELECT e.compared AS compared, c.place AS place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1) AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT 0 AS compared, day, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, day, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, ((ts + 7200000) // 86400000) AS day, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  LEFT JOIN (VALUES (?, 0), (?, 1)) c(k0, place) ON c.k0 = e.model
  GROUP BY e.compared, c.place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1)
)
SELECT compared, place, bucket, m0
FROM facts
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 3, 7)
