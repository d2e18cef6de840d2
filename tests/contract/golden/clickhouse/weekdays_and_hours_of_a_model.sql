WITH facts AS (
  SELECT e.weekday AS g0, e.hour AS g1, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT hour, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend, (day + 3) % 7 AS weekday FROM hourly WHERE day >= ? AND day < ?
  ) e
  WHERE (e.model IN (SELECT id FROM models WHERE lowerUTF8(key) IN (lowerUTF8(?))))
  GROUP BY e.weekday, e.hour
)
SELECT g0, NULL, NULL, g1, NULL, NULL, m0, count(*) OVER ()
FROM facts
ORDER BY m0 DESC, g0 ASC, g1 ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 'gpt-5', 50, 0)
