WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, cost FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT chargeable, cost FROM events WHERE ts >= ? AND ts < ?
  ) e
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (20759, 20772, 1793527200000, 1793574000000, 1794697200000, 1794742200000)
