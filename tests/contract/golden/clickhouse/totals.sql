WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0, coalesce(sum(e.cost), 0) AS m1, coalesce(sum(e.events), 0) AS m2, count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END) AS m3
  FROM (
    SELECT chargeable, cost, events, person FROM daily WHERE day >= ? AND day < ?
  ) e
)
SELECT 0, NULL, 1, NULL, 1, m0, m1, m2, m3
FROM facts
-- (20748, 20776)
