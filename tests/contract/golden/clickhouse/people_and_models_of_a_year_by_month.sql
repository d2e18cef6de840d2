WITH facts AS (
  SELECT c.place AS place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT chargeable, cost, day, model, person FROM daily WHERE day >= ? AND day < ?
  ) e
  LEFT JOIN (SELECT r.1 AS k, r.2 AS n FROM (SELECT arrayJoin([(?, 0), (?, 1)]) AS r)) c0 ON c0.k = e.person
  LEFT JOIN (SELECT r.1 AS k, r.2 AS n FROM (SELECT arrayJoin([(?, 0), (?, 1)]) AS r)) c1 ON c1.k = e.model
  LEFT JOIN (SELECT r.1 AS together, r.2 AS place FROM (SELECT arrayJoin([(0, 0), (3, 1)]) AS r)) c ON c.together = c0.n * 2 + c1.n
  GROUP BY c.place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)
)
SELECT 0, place, bucket, m0
FROM facts
-- (20423, 20776, 4, 5, 3, 7)
