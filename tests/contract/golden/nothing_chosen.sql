WITH facts AS (
  SELECT e.person AS g0, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
  ) e
  WHERE 1 = 0
  GROUP BY e.person
)
SELECT g0, k0.key, k0.label, m0
FROM facts
LEFT JOIN persons k0 ON k0.id = facts.g0
-- (20748, 20776)
