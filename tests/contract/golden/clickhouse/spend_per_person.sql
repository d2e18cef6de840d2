WITH facts AS (
  SELECT j0.vendor AS g0, coalesce(sum(e.spend), 0) AS m0, CASE WHEN count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END) = 0 THEN 0 ELSE intDivOrZero(coalesce(sum(e.spend), 0), count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END)) END AS m1
  FROM (
    SELECT model, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN models j0 ON j0.id = e.model
  GROUP BY j0.vendor
)
SELECT g0, k0.vendor, k0.vendor_label, m0, m1, count(*) OVER ()
FROM facts
LEFT JOIN (SELECT vendor, min(vendor_label) AS vendor_label FROM models GROUP BY vendor) k0 ON k0.vendor = facts.g0
ORDER BY m1 DESC, g0 ASC
LIMIT ? OFFSET ?
-- (20748, 20776, 50, 0)
