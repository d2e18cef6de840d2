WITH grouped AS MATERIALIZED (
  SELECT j0.team AS g0, e.hour AS g1, e.compared AS compared, ((e.day + 3) // 7) AS bucket, coalesce(sum(e.spend), 0) AS m0, coalesce(sum(e.events), 0) AS m1
  FROM (
    SELECT 0 AS compared, day, events, hour, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM hourly_people WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, day, events, hour, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM hourly_people WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, ((ts + 7200000) // 86400000) AS day, 1 AS events, ((ts + 7200000) // 3600000) % 24 AS hour, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  GROUP BY j0.team, e.hour, e.compared, ((e.day + 3) // 7)
), facts AS (
  SELECT g0, g1, sum(m0) AS m0, sum(m1) AS m1
  FROM grouped
  WHERE compared = 0
  GROUP BY g0, g1
), ranked AS (
  SELECT g0 AS n0, k0.team AS n1, k0.team_label AS n2, g1 AS n3, NULL AS n4, NULL AS n5, count(*) OVER () AS counted, row_number() OVER (ORDER BY m0 DESC, g0 ASC, g1 ASC) AS place
  FROM facts
LEFT JOIN (SELECT team, min(team_label) AS team_label FROM persons GROUP BY team) k0 ON k0.team = facts.g0
  ORDER BY place
  LIMIT ? OFFSET ?
), told AS (
  SELECT r.place AS place, w.compared AS compared, w.bucket AS bucket, sum(m0) AS m0, sum(m1) AS m1
  FROM grouped w
  LEFT JOIN ranked r ON r.n0 = w.g0 AND r.n3 = w.g1
  GROUP BY r.place, w.compared, w.bucket
)
SELECT r.n0, r.n1, r.n2, r.n3, r.n4, r.n5, r.counted, t.compared, t.place, t.bucket, t.m0, t.m1
FROM told t
LEFT JOIN ranked r ON r.place = t.place
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 8, 0)
