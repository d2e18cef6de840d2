WITH facts AS (
  SELECT coalesce(nullif(e.conversation, ''), 'none') AS g0, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, conversation, cost FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY coalesce(nullif(e.conversation, ''), 'none')
)
SELECT g0, NULL, NULL, m0, count(*) OVER ()
FROM facts
ORDER BY m0 DESC, g0 ASC
LIMIT ? OFFSET ?
-- (1792620000000, 1795042800000, 50, 0)
