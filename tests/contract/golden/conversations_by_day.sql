WITH facts AS (
  SELECT e.day AS bucket, NULL AS counted, count(*) AS once
  FROM (
    SELECT conversation, day, sole FROM daily_runs WHERE day >= ? AND day < ?
  ) e
  WHERE e.sole AND e.conversation <> 0
  GROUP BY e.day
  UNION ALL SELECT e.day AS bucket, e.conversation AS counted, 0 AS once
  FROM (
    SELECT conversation, day, sole FROM daily_runs WHERE day >= ? AND day < ?
  ) e
  WHERE NOT e.sole AND e.conversation <> 0
  GROUP BY e.day, e.conversation
)
SELECT 0, NULL, 1, bucket, grouping(bucket), count(DISTINCT counted) + coalesce(sum(once), 0)
FROM facts
  GROUP BY GROUPING SETS ((bucket), ())
-- (20748, 20776, 20748, 20776)
