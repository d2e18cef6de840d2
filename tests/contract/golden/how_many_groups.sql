WITH facts AS (
  SELECT e.person AS g0, e.kind AS g1, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, kind, person FROM weekly_kinds WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, kind, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, kind, person FROM daily WHERE day >= ? AND day < ?
  ) e
  GROUP BY e.person, e.kind
)
SELECT count(*)
FROM facts
-- (20752, 20773, 20748, 20752, 20773, 20776)
