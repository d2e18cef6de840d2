WITH facts AS (
  SELECT intDiv((e.ts + 0), 3600000) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, ts FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY intDiv((e.ts + 0), 3600000)
)
SELECT 0, NULL, bucket, m0
FROM facts
-- (1794870000000, 1795042800000)
