WITH facts AS (
  SELECT e.weekday AS g0, e.hour AS g1, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, intDiv((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END), 3600000) % 24 AS hour, (intDiv((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END), 86400000) + 3) % 7 AS weekday FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY e.weekday, e.hour
)
SELECT g0, NULL, NULL, g1, NULL, NULL, m0, count(*) OVER ()
FROM facts
ORDER BY m0 DESC, g0 ASC, g1 ASC
LIMIT ? OFFSET ?
-- (1792490400000, 1793187000000, 50, 0)
