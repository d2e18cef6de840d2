WITH facts AS (
  SELECT e.day AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT day, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.day
)
SELECT 0, NULL, bucket, m0
FROM facts
-- (20748, 20776)
