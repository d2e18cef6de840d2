WITH facts AS (
  SELECT e.conversation AS g0, coalesce(e.spend, 0) AS m0
  FROM (
    SELECT conversation, spend, sole FROM daily_runs WHERE day >= ? AND day < ?
  ) e
  WHERE e.sole
  UNION ALL SELECT e.conversation AS g0, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT conversation, spend, sole FROM daily_runs WHERE day >= ? AND day < ?
  ) e
  WHERE NOT e.sole
  GROUP BY e.conversation
)
SELECT g0, NULL, NULL, m0, (SELECT count(*) FROM facts)
FROM facts
ORDER BY m0 DESC, g0 ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 20748, 20776, 50, 0)
