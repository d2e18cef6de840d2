WITH facts AS (
  SELECT e.model AS g0, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.model
)
SELECT g0, k0.key, k0.label, m0, count(*) OVER ()
FROM facts
LEFT JOIN models k0 ON k0.id = facts.g0
ORDER BY m0 DESC, k0.key ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 8, 8)
