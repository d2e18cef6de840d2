WITH grouped AS (
  SELECT e.compared AS compared, j0.team AS g0, j1.vendor AS g1, e.day AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT 0 AS compared, day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, ((ts + 7200000) // 86400000) AS day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  JOIN models j1 ON j1.id = e.model
  GROUP BY e.compared, j0.team, j1.vendor, e.day
), facts AS (
  SELECT compared, bucket, c.place AS place, sum(m0) AS m0
  FROM grouped
  LEFT JOIN (VALUES (?, ?, 0), (?, ?, 1)) c(k0, k1, place) ON c.k0 = g0 AND c.k1 = g1
  GROUP BY compared, bucket, c.place
)
SELECT compared, place, bucket, m0
FROM facts
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 'platform', 'openai', 'data', 'anthropic')
