WITH facts AS (
  SELECT j0.team AS g0, min(j0.team_label) AS l0, e.model AS g1, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, model, person FROM weekly WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost, model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  GROUP BY j0.team, e.model
)
SELECT g0, g0, l0, g1, k1.key, k1.label, m0, count(*) OVER ()
FROM facts
LEFT JOIN models k1 ON k1.id = facts.g1
ORDER BY g0 ASC, k1.key DESC, m0 DESC
LIMIT ? OFFSET ?
-- (20752, 20773, 20748, 20752, 20773, 20776, 50, 0)
