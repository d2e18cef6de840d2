WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost FROM daily_models WHERE day >= ? AND day < ?
  ) e
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (20748, 20776)
