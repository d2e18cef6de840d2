WITH facts AS (
  SELECT e.block AS block, bit_or(e.members) AS members
  FROM (
    SELECT block, members FROM daily_models WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.block, length(e.members)
), blocks AS (
  SELECT 0 AS t0, NULL AS t1, 1 AS t2, NULL AS t3, 1 AS t4, bit_count(bit_or(CASE WHEN length(members) < 1024 THEN bitstring(members, 1024) ELSE members END)) AS counted
  FROM facts
  GROUP BY block
)
SELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)
FROM blocks
GROUP BY t0, t1, t2, t3, t4
-- (20748, 20776)
