WITH facts AS (
  SELECT e.model AS g0, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, model FROM daily_models WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.model
)
SELECT g0, k0.key, k0.label, m0, count(*) OVER ()
FROM facts
LEFT JOIN models k0 ON k0.id = facts.g0
ORDER BY m0 DESC, k0.key ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 8, 8)
