WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0, coalesce(sum(e.cost), 0) AS m1, coalesce(sum(e.events), 0) AS m2
  FROM (
    SELECT chargeable, cost, events FROM daily_models WHERE day >= ? AND day < ?
  ) e
)
SELECT 0, NULL, NULL, m0, m1, m2
FROM facts
-- (20748, 20776)
