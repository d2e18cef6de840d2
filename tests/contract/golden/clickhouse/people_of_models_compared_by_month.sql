WITH facts AS (
  SELECT e.compared AS compared, c.place AS place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1) AS bucket, e.person AS counted
  FROM (
    SELECT 0 AS compared, day, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, day, model, person FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT 1 AS compared, intDiv((ts + 7200000), 86400000) AS day, model, person FROM events WHERE ts >= ? AND ts < ?
  ) e
  LEFT JOIN (SELECT r.1 AS k0, r.2 AS place FROM (SELECT arrayJoin([(?, 0), (?, 1)]) AS r)) c ON c.k0 = e.model
  WHERE e.person <> 0
  GROUP BY e.compared, c.place, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1), e.person
)
SELECT compared, place, grouping(place), bucket, grouping(bucket), count(DISTINCT counted)
FROM facts
  GROUP BY GROUPING SETS ((compared, place, bucket), (compared, place), (compared, bucket), (compared))
-- (20748, 20776, 20720, 20747, 1792533600000, 1792593000000, 3, 7)
