WITH facts AS (
  SELECT e.person AS g0, e.kind AS g1, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT kind, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.person, e.kind
)
SELECT count(*)
FROM facts
-- (20748, 20776)
