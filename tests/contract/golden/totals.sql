WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0, coalesce(sum(e.cost), 0) AS m1, coalesce(sum(e.events), 0) AS m2
  FROM (
    SELECT cost, events, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
  ) e
)
SELECT 0, NULL, NULL, m0, m1, m2
FROM facts
-- (20748, 20776)
