WITH facts AS (
  SELECT e.compared AS compared, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, 0 AS compared, cost FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY e.compared
)
SELECT compared, NULL, NULL, m0
FROM facts
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000)
