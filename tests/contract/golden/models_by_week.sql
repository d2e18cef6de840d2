WITH facts AS (
  SELECT e.model AS g0, ((e.day + 3) // 7) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
  ) e
  WHERE e.model IN (?, ?)
  GROUP BY e.model, ((e.day + 3) // 7)
)
SELECT g0, k0.key, k0.label, bucket, m0
FROM facts
LEFT JOIN models k0 ON k0.id = facts.g0
ORDER BY bucket
-- (20748, 20776, 3, 7)
