WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lower(key) IN (lower(?), lower(?)))) AND (e.person IN (SELECT id FROM persons WHERE lower(key) IN (lower(?))))
)
SELECT m0
FROM facts
-- (20748, 20776, 'ana@acme.test', 'unattributed', 'bo@acme.test')
