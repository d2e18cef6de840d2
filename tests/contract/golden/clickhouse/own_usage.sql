WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_people WHERE day >= ? AND day < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lowerUTF8(key) IN (lowerUTF8(?), lowerUTF8(?)))) AND (e.person IN (SELECT id FROM persons WHERE lowerUTF8(key) IN (lowerUTF8(?))))
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (20748, 20776, 'ana@acme.test', 'unattributed', 'bo@acme.test')
