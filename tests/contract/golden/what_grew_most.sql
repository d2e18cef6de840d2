WITH facts AS (
  SELECT e.person AS g0, j1.vendor AS g1, e.compared AS compared, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT 0 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 0 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 0 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM weekly_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  JOIN models j1 ON j1.id = e.model
  GROUP BY e.person, j1.vendor, e.compared
), moved AS (
  SELECT g0, g1, coalesce(sum(m0) FILTER (WHERE compared = 0), 0) AS m0, coalesce(sum(m0) FILTER (WHERE compared = 0), 0) - coalesce(sum(m0) FILTER (WHERE compared = 1), 0) AS change
  FROM facts
  GROUP BY g0, g1
)
SELECT g0, k0.key, k0.label, g1, k1.vendor, k1.vendor_label, m0, count(*) OVER ()
FROM moved
LEFT JOIN persons k0 ON k0.id = moved.g0
LEFT JOIN (SELECT vendor, min(vendor_label) AS vendor_label FROM models GROUP BY vendor) k1 ON k1.vendor = moved.g1
ORDER BY change DESC, k0.key ASC, g1 ASC
LIMIT ? OFFSET ?
-- (20752, 20773, 20748, 20752, 20773, 20776, 20724, 20745, 20720, 20724, 20745, 20747, 1792533600000, 1792593000000, 50, 0)
