WITH facts AS (
  SELECT j0.team AS g0, e.model AS g1, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  GROUP BY j0.team, e.model
)
SELECT g0, k0.team, k0.team_label, g1, k1.key, k1.label, m0, count(*) OVER ()
FROM facts
LEFT JOIN (SELECT team, min(team_label) AS team_label FROM persons GROUP BY team) k0 ON k0.team = facts.g0
LEFT JOIN models k1 ON k1.id = facts.g1
ORDER BY g0 ASC, k1.key DESC, m0 DESC
LIMIT ? OFFSET ?
-- (20752, 20773, 20748, 20752, 20773, 20776, 50, 0)
