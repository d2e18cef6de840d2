WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT billing, cloud_agent, conversation, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lower(key) IN (lower(?), lower(?)))) AND (e.person IN (SELECT id FROM persons WHERE contains(lower(team), lower(?)) OR contains(lower(team_label), lower(?)))) AND NOT (e.billing IN (?)) AND NOT (e.cloud_agent IN (SELECT id FROM cloud_agents WHERE uuid IN (TRY_CAST(? AS UUID)) UNION ALL SELECT id FROM cloud_agents WHERE lower(text) IN (lower(?)))) AND (e.conversation IN (SELECT id FROM conversations WHERE contains(lower(key), lower(?)) OR id = 0 AND contains(lower(label), lower(?)))) AND (1 = 0)
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (1792620000000, 1795042800000, 'ana@acme.test', 'unattributed', 'data', 'data', 1, 'none', 'none', 'no', 'no')
