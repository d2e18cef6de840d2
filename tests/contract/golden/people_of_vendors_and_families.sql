WITH grouped AS (
  SELECT j0.vendor AS g0, j1.family AS g1, e.block AS block, bit_or(e.members) AS members
  FROM (
    SELECT block, members, model FROM daily_models WHERE day >= ? AND day < ?
  ) e
  JOIN models j0 ON j0.id = e.model
  JOIN models j1 ON j1.id = e.model
  GROUP BY j0.vendor, j1.family, e.block, length(e.members)
), facts AS (
  SELECT c.place AS place, block, members
  FROM grouped
  LEFT JOIN (VALUES (?, ?, 0), (?, ?, 1)) c(k0, k1, place) ON c.k0 = g0 AND c.k1 = g1
), blocks AS (
  SELECT 0 AS t0, place AS t1, grouping(place) AS t2, NULL AS t3, 1 AS t4, bit_count(bit_or(CASE WHEN length(members) < 1024 THEN bitstring(members, 1024) ELSE members END)) AS counted
  FROM facts
  GROUP BY GROUPING SETS ((block, place), (block))
)
SELECT t0, t1, t2, t3, t4, coalesce(sum(counted), 0)
FROM blocks
GROUP BY t0, t1, t2, t3, t4
-- (20748, 20776, 'openai', 'gpt-5', 'anthropic', 'claude-opus')
