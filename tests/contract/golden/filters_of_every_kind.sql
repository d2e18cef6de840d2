WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT connection, person, service_account, model, kind, billing, event_type, basis, chargeable, max_mode, headless, cost, fee, list_cost, discount, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, requests, 1 AS events, CASE WHEN cost IS NULL THEN 1 ELSE 0 END AS unpriced, ((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END) // 86400000) AS day, (((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END) // 86400000) + 3) % 7 AS weekday, ts, conversation, cloud_agent, automation, ((ts + CASE WHEN ts < 1792890000000 THEN 7200000 ELSE 3600000 END) // 3600000) % 24 AS hour FROM events WHERE ts >= ? AND ts < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lower(key) IN (lower(?), lower(?)))) AND (e.person IN (SELECT id FROM persons WHERE contains(lower(team), lower(?)) OR contains(lower(team_label), lower(?)))) AND NOT (e.billing IN (?)) AND NOT (lower(coalesce(nullif(e.cloud_agent, ''), 'none')) IN (lower(?))) AND (contains(lower(coalesce(nullif(e.conversation, ''), 'none')), lower(?)) OR coalesce(nullif(e.conversation, ''), 'none') = 'none') AND (1 = 0)
)
SELECT m0
FROM facts
-- (1792620000000, 1795042800000, 'ana@acme.test', 'unattributed', 'data', 'data', 1, 'none', 'no')
