WITH facts AS (
  SELECT e.day AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, day FROM daily_models WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.day
)
SELECT 0, NULL, bucket, m0
FROM facts
-- (20748, 20776)
