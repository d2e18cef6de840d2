WITH places AS (
  SELECT j0.id AS k0, c.k1 AS k1, c.place AS place
  FROM (SELECT r.1 AS k0, r.2 AS k1, r.3 AS place FROM (SELECT arrayJoin([(?, ?, 0), (?, ?, 1)]) AS r)) c
  JOIN persons j0 ON j0.team = c.k0
), facts AS (
  SELECT c.place AS place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1) AS bucket, coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT day, model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN places c ON c.k0 = e.person AND c.k1 = e.model
  GROUP BY c.place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)
)
SELECT 0, place, bucket, m0
FROM facts
-- ('platform', 3, 'data', 7, 20748, 20776)
