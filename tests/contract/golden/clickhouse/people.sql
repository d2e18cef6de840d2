WITH facts AS (
  SELECT e.person AS counted
  FROM (
    SELECT person FROM daily_people WHERE day >= ? AND day < ?
  ) e
  WHERE e.person <> 0
  GROUP BY e.person
)
SELECT 0, NULL, 1, NULL, 1, count(DISTINCT counted)
FROM facts
-- (20748, 20776)
