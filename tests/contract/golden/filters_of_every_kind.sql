WITH facts AS (
  SELECT coalesce(sum(CASE WHEN e.chargeable THEN e.cost ELSE 0 END), 0) AS m0
  FROM (
    SELECT billing, chargeable, cloud_agent, conversation, cost, person FROM events WHERE ts >= ? AND ts < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lower(key) IN (lower(?), lower(?)))) AND (e.person IN (SELECT id FROM persons WHERE contains(lower(team), lower(?)) OR contains(lower(team_label), lower(?)))) AND NOT (e.billing IN (?)) AND NOT (lower(coalesce(nullif(e.cloud_agent, ''), 'none')) IN (lower(?))) AND (contains(lower(coalesce(nullif(e.conversation, ''), 'none')), lower(?)) OR coalesce(nullif(e.conversation, ''), 'none') = 'none') AND (1 = 0)
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (1792620000000, 1795042800000, 'ana@acme.test', 'unattributed', 'data', 'data', 1, 'none', 'no')
