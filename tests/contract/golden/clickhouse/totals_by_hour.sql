WITH facts AS (
  SELECT intDiv((e.ts + 0), 3600000) AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT CASE WHEN chargeable THEN cost ELSE 0 END AS spend, ts FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY intDiv((e.ts + 0), 3600000)
)
SELECT 0, NULL, bucket, m0
FROM facts
-- (1794870000000, 1795042800000)
