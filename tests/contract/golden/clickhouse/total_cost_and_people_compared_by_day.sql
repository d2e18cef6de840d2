WITH facts AS (
  SELECT e.compared AS compared, e.day AS bucket, coalesce(sum(e.spend), 0) + coalesce(sum(e.flat), 0) AS m0
  FROM (
    SELECT 0 AS compared, day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 0 AS compared, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT 0 AS compared, intDiv((ts + 3600000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT 0 AS compared, day AS day, amount AS flat, 0 AS spend FROM flat_charges WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT 1 AS compared, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT 1 AS compared, day AS day, amount AS flat, 0 AS spend FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.compared, e.day
)
SELECT compared, NULL, bucket, m0
FROM facts
-- (20747, 20754, 1792490400000, 1792533600000, 1793142000000, 1793187000000, 20747, 20755, 20739, 20746, 1791793800000, 1791842400000, 1792447200000, 1792490400000, 20739, 20747)
