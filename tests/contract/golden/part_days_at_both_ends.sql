WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
    UNION ALL SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, 1 AS events, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced, ((ts + 3600000) // 86400000) AS day, (((ts + 3600000) // 86400000) + 3) % 7 AS weekday FROM events WHERE ts >= ? AND ts < ?
    UNION ALL SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, 1 AS events, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced, ((ts + 3600000) // 86400000) AS day, (((ts + 3600000) // 86400000) + 3) % 7 AS weekday FROM events WHERE ts >= ? AND ts < ?
  ) e
)
SELECT m0
FROM facts
-- (20759, 20772, 1793527200000, 1793574000000, 1794697200000, 1794742200000)
