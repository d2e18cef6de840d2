WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
  ) e
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (20748, 20776)
