WITH facts AS (
  SELECT j0.vendor AS g0, coalesce(sum(e.flat), 0) AS m0
  FROM (
    SELECT amount AS flat, model FROM flat_charges WHERE day >= ? AND day < ?
  ) e
  JOIN models j0 ON j0.id = e.model
  GROUP BY j0.vendor
)
SELECT g0, k0.vendor, k0.vendor_label, m0, count(*) OVER ()
FROM facts
LEFT JOIN (SELECT vendor, min(vendor_label) AS vendor_label FROM models GROUP BY vendor) k0 ON k0.vendor = facts.g0
ORDER BY m0 DESC, g0 ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 50, 0)
