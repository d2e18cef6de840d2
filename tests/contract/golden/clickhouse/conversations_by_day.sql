WITH facts AS (
  SELECT e.day AS bucket, e.conversation AS counted
  FROM (
    SELECT conversation, intDiv((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END), 86400000) AS day FROM events WHERE ts >= ? AND ts < ?
  ) e
  WHERE e.conversation IS NOT NULL
  GROUP BY e.day, e.conversation
)
SELECT 0, NULL, 1, bucket, grouping(bucket), count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((bucket), ())
-- (1792620000000, 1795042800000)
