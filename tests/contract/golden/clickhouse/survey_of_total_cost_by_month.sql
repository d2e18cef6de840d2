WITH grouped AS (
  SELECT j0.vendor AS g0, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1) AS bucket, coalesce(sum(e.spend), 0) + coalesce(sum(e.flat), 0) AS m0
  FROM (
    SELECT day, CAST(NULL AS BIGINT) AS flat, model, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily_models WHERE day >= ? AND day < ?
    UNION ALL SELECT day AS day, amount AS flat, model, 0 AS spend FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  JOIN models j0 ON j0.id = e.model
  GROUP BY j0.vendor, (toYear(addDays(toDate32('1970-01-01'), e.day)) * 12 + toMonth(addDays(toDate32('1970-01-01'), e.day)) - 1)
), facts AS (
  SELECT g0, sum(m0) AS m0
  FROM grouped
  GROUP BY g0
), ranked AS (
  SELECT g0 AS n0, k0.vendor AS n1, k0.vendor_label AS n2, count(*) OVER () AS counted, row_number() OVER (ORDER BY m0 DESC, g0 ASC) AS place
  FROM facts
LEFT JOIN (SELECT vendor, min(vendor_label) AS vendor_label FROM models GROUP BY vendor) k0 ON k0.vendor = facts.g0
  ORDER BY place
  LIMIT ? OFFSET ?
), told AS (
  SELECT r.place AS place, w.bucket AS bucket, sum(m0) AS m0
  FROM grouped w
  LEFT JOIN ranked r ON r.n0 = w.g0
  GROUP BY r.place, w.bucket
)
SELECT r.n0, r.n1, r.n2, r.counted, 0, t.place, t.bucket, t.m0
FROM told t
LEFT JOIN ranked r ON r.place = t.place
-- (20748, 20776, 20748, 20776, 50, 0)
