WITH facts AS (
  SELECT e.compared AS compared, c.place AS place, grouping(c.place) AS all_places, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1) AS bucket, grouping((toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)) AS all_buckets, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0, count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END) AS m1
  FROM (
    SELECT chargeable, 0 AS compared, cost, day, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, day, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT chargeable, 1 AS compared, cost, intDiv((ts + 7200000), 86400000) AS day, model, person FROM events WHERE ts >= ? AND ts < ?
  ) e
  LEFT JOIN (SELECT r.1 AS k0, r.2 AS place FROM (SELECT arrayJoin([(?, 0), (?, 1)]) AS r)) c ON c.k0 = e.model
  GROUP BY GROUPING SETS ((e.compared, c.place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)), (e.compared, c.place), (e.compared, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)), (e.compared))
)
SELECT compared, place, all_places, bucket, all_buckets, m0, m1
FROM facts
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 3, 7)
