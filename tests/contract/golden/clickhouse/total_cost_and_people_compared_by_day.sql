WITH facts AS (
  SELECT e.compared AS compared, e.day AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) + coalesce(sum(e.flat), 0) AS m0
  FROM (
    SELECT chargeable, 0 AS compared, cost, day, CAST(NULL AS BIGINT) AS flat FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 0 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT chargeable, 0 AS compared, cost, intDiv((ts + 3600000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT false AS chargeable, 0 AS compared, 0 AS cost, day AS day, amount AS flat FROM flat_charges WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, day, CAST(NULL AS BIGINT) AS flat FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT false AS chargeable, 1 AS compared, 0 AS cost, day AS day, amount AS flat FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.compared, e.day
)
SELECT compared, NULL, bucket, m0
FROM facts
-- (20747, 20754, 1792490400000, 1792533600000, 1793142000000, 1793187000000, 20747, 20755, 20739, 20746, 1791793800000, 1791842400000, 1792447200000, 1792490400000, 20739, 20747)
