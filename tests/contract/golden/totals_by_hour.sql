WITH facts AS (
  SELECT ((e.ts + 0) // 3600000) AS bucket, coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, 1 AS events, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced, ((ts + 3600000) // 86400000) AS day, (((ts + 3600000) // 86400000) + 3) % 7 AS weekday, ts, conversation, cloud_agent, automation, ((ts + 3600000) // 3600000) % 24 AS hour FROM events WHERE ts >= ? AND ts < ?
  ) e
  GROUP BY ((e.ts + 0) // 3600000)
)
SELECT bucket, m0
FROM facts
ORDER BY bucket
-- (1794870000000, 1795042800000)
