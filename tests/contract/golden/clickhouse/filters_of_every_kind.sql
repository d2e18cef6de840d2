WITH facts AS (
  SELECT coalesce(sum(e.spend), 0) AS m0
  FROM (
    SELECT billing, cloud_agent, conversation, person, CASE WHEN chargeable THEN cost ELSE 0 END AS spend FROM events WHERE ts >= ? AND ts < ?
  ) e
  WHERE (e.person IN (SELECT id FROM persons WHERE lowerUTF8(key) IN (lowerUTF8(?), lowerUTF8(?)))) AND (e.person IN (SELECT id FROM persons WHERE (position(lowerUTF8(team), lowerUTF8(?)) > 0) OR (position(lowerUTF8(team_label), lowerUTF8(?)) > 0))) AND NOT (e.billing IN (?)) AND NOT (lowerUTF8(coalesce(nullif(e.cloud_agent, ''), 'none')) IN (lowerUTF8(?))) AND ((position(lowerUTF8(coalesce(nullif(e.conversation, ''), 'none')), lowerUTF8(?)) > 0) OR coalesce(nullif(e.conversation, ''), 'none') = 'none') AND (1 = 0)
)
SELECT 0, NULL, NULL, m0
FROM facts
-- (1792620000000, 1795042800000, 'ana@acme.test', 'unattributed', 'data', 'data', 1, 'none', 'no')
