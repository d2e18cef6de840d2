WITH facts AS (
  SELECT e.compared AS compared, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT 0 AS compared, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY e.compared
)
SELECT compared, NULL, NULL, m0
FROM facts
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000)
