WITH facts AS (
  SELECT ((e.ts + 0) // 3600000) AS bucket, coalesce(sum(e.spend), 0) + coalesce(sum(e.flat), 0) AS m0
  FROM (
    SELECT CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend, ts FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT amount AS flat, 0 AS spend, CASE WHEN day < 20751 THEN CAST(day AS BIGINT) * 86400000 - 7200000 WHEN day = 20751 THEN 1792879200000 ELSE CAST(day AS BIGINT) * 86400000 - 3600000 END AS ts FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  GROUP BY ((e.ts + 0) // 3600000)
)
SELECT 0, NULL, bucket, m0
FROM facts
-- (1792836000000, 1793014200000, 20751, 20753)
