WITH facts AS (
  SELECT (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, events, unpriced, day, (day + 3) % 7 AS weekday FROM daily WHERE day >= ? AND day < ?
  ) e
  JOIN persons j0 ON j0.id = e.person
  WHERE NOT ((j0.team, e.model) IN ((?, ?), (?, ?)))
  GROUP BY (year((DATE '1970-01-01' + CAST(e.day AS INTEGER))) * 12 + month((DATE '1970-01-01' + CAST(e.day AS INTEGER))) - 1)
)
SELECT bucket, m0
FROM facts
ORDER BY bucket
-- (20748, 20776, 'platform', 3, 'data', 7)
