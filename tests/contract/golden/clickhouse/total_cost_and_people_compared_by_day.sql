WITH facts AS (
  SELECT e.compared AS compared, e.day AS bucket, grouping(e.day) AS all_buckets, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) + coalesce(sum(e.flat), 0) AS m0, count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END) FILTER (WHERE e.flat IS NULL) AS m1
  FROM (
    SELECT chargeable, 0 AS compared, cost, day, CAST(NULL AS BIGINT) AS flat, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 0 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, person FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT chargeable, 0 AS compared, cost, intDiv((ts + 3600000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, person FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT false AS chargeable, 0 AS compared, 0 AS cost, day AS day, amount AS flat, person FROM flat_charges WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, day, CAST(NULL AS BIGINT) AS flat, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, person FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, CAST(NULL AS BIGINT) AS flat, person FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT false AS chargeable, 1 AS compared, 0 AS cost, day AS day, amount AS flat, person FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  GROUP BY GROUPING SETS ((e.compared, e.day), (e.compared))
)
SELECT compared, NULL, 1, bucket, all_buckets, m0, m1
FROM facts
-- (20747, 20754, 1792490400000, 1792533600000, 1793142000000, 1793187000000, 20747, 20755, 20739, 20746, 1791793800000, 1791842400000, 1792447200000, 1792490400000, 20739, 20747)
