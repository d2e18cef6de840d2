WITH facts AS (
  SELECT e.weekday AS g0, e.hour AS g1, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT hour, CASE WHEN chargeable THEN cost ELSE 0 END AS spend, (day + 3) % 7 AS weekday FROM hours WHERE day >= ? AND day < ?
    UNION ALL SELECT ((ts + 7200000) // 3600000) % 24 AS hour, CASE WHEN chargeable THEN cost ELSE 0 END AS spend, (((ts + 7200000) // 86400000) + 3) % 7 AS weekday FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT ((ts + 3600000) // 3600000) % 24 AS hour, CASE WHEN chargeable THEN cost ELSE 0 END AS spend, (((ts + 3600000) // 86400000) + 3) % 7 AS weekday FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY e.weekday, e.hour
)
SELECT g0, NULL, NULL, g1, NULL, NULL, m0, count(*) OVER ()
FROM facts
ORDER BY m0 DESC, g0 ASC, g1 ASC
LIMIT ? OFFSET ?
-- (20747, 20754, 1792490400000, 1792533600000, 1793142000000, 1793187000000, 50, 0)
