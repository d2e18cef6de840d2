WITH facts AS (
  SELECT coalesce(nullif(e.conversation, ''), 'none') AS g0, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT conversation, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY coalesce(nullif(e.conversation, ''), 'none')
)
SELECT g0, NULL, NULL, m0, count(*) OVER ()
FROM facts
ORDER BY m0 DESC, g0 ASC
LIMIT ? OFFSET ?
-- (1792620000000, 1795042800000, 50, 0)
