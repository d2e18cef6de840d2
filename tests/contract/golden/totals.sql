WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0, coalesce(sum(e.cost), 0) AS m1, coalesce(sum(e.events), 0) AS m2, count(DISTINCT CASE WHEN e.person <> 0 THEN e.person END) AS m3
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
  ) e
)
SELECT m0, m1, m2, m3
FROM facts
-- (20748, 20776)
