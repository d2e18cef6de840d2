WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (20759, 20772, 1793527200000, 1793574000000, 1794697200000, 1794742200000)
