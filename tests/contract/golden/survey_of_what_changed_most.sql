WITH grouped AS MATERIALIZED (
  SELECT e.model AS g0, e.compared AS compared, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT 0 AS compared, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY e.model, e.compared
), facts AS (
  SELECT g0, compared, sum(m0) AS m0
  FROM grouped
  GROUP BY g0, compared
), moved AS (
  SELECT g0, coalesce(sum(m0) FILTER (WHERE compared = 0), 0) AS m0, coalesce(sum(m0) FILTER (WHERE compared = 0), 0) - coalesce(sum(m0) FILTER (WHERE compared = 1), 0) AS change
  FROM facts
  GROUP BY g0
), ranked AS (
  SELECT g0 AS n0, k0.key AS n1, k0.label AS n2, count(*) OVER () AS counted, row_number() OVER (ORDER BY change DESC, k0.key ASC) AS place
  FROM moved
LEFT JOIN models k0 ON k0.id = moved.g0
  ORDER BY place
  LIMIT ? OFFSET ?
), told AS (
  SELECT r.place AS place, w.compared AS compared, sum(m0) AS m0
  FROM grouped w
  LEFT JOIN ranked r ON r.n0 = w.g0
  GROUP BY r.place, w.compared
)
SELECT r.n0, r.n1, r.n2, r.counted, t.compared, t.place, NULL, t.m0
FROM told t
LEFT JOIN ranked r ON r.place = t.place
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 50, 0)
