WITH facts AS (
  SELECT e.compared AS compared, c.place AS place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1) AS bucket, e.block AS block, bit_or(e.members) AS members
  FROM (
    SELECT block, 0 AS compared, day, members, model FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT block, 1 AS compared, day, members, model FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT (person // 1024) AS block, 1 AS compared, ((ts + 7200000) // 86400000) AS day, bitstring_agg(1023 - person % 1024, 0, 1023) AS members, model FROM events WHERE ts >= ? AND ts < ? AND person <> 0 GROUP BY ((ts + 7200000) // 86400000), model, (person // 1024)
  ) e
  LEFT JOIN (VALUES (?, 0), (?, 1)) c(k0, place) ON c.k0 = e.model
  GROUP BY e.compared, c.place, (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1), e.block, length(e.members)
), blocks AS (
  SELECT compared AS t0, place AS t1, grouping(place) AS t2, bucket AS t3, grouping(bucket) AS t4, bit_count(bit_or(CASE WHEN length(members) < 1024 THEN bitstring(members, 1024) ELSE members END)) AS counted
  FROM facts
  GROUP BY GROUPING SETS ((compared, block, place, bucket), (compared, block, place), (compared, block, bucket), (compared, block))
)
SELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)
FROM blocks
GROUP BY t0, t1, t2, t3, t4
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 3, 7)
