"""Evidence: the single events that may be why a provider's total differs from Finora's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.store import SURELY_COUNTED

if TYPE_CHECKING:
    from finora.spend.store import Dispute

_EVIDENCE = """
WITH former AS (
  SELECT v.ts AS ts, v.ordinal AS ordinal, argMin(tuple(v.cost, v.chargeable), v.read_id) AS first
  FROM revised_events v JOIN reads r ON r.id = v.read_id
  WHERE v.connection = {connection} AND r.run > {run} AND v.ts >= {start} AND v.ts < {end}
  GROUP BY v.ts, v.ordinal
)
SELECT p.key AS person, e.ts AS ts, CAST(e.ordinal AS Int64) AS ordinal, e.billing AS billing,
  CASE WHEN e.chargeable THEN coalesce(e.cost, 0) ELSE 0 END AS spend, coalesce(e.cost, 0) AS usage_value,
  CAST(e.run > {run} AND e.ts >= {start} AS Bool) AS added,
  CAST(former.ts IS NOT NULL AND e.run <= {run} AS Bool) AS revised,
  CASE WHEN former.first.2 THEN coalesce(former.first.1, 0) ELSE 0 END AS former_spend,
  coalesce(former.first.1, 0) AS former_usage_value
FROM events e JOIN persons p ON p.id = e.person
LEFT JOIN former ON former.ts = e.ts AND former.ordinal = e.ordinal
WHERE e.connection = {connection} AND e.ts >= {start} - {reach} AND e.ts < {end}
  AND has(?, p.key)
  AND (e.ts < {start} + {reach} OR e.ts >= {end} - {recent} OR e.run > {run} OR former.ts IS NOT NULL
    OR e.billing NOT IN ({counted}))
ORDER BY 1, 2, 3"""


def evidence_statement(dispute: Dispute) -> str:
    """Return the statement that reads what bears on a dispute, with a place for the people; see `EventStore.evidence`."""
    return _EVIDENCE.format(
        connection=int(dispute.connection),
        run=int(dispute.run),
        start=dispute.cycle.start_ms,
        end=dispute.cycle.end_ms,
        reach=int(dispute.reach_ms),
        recent=int(dispute.recent_ms),
        counted=", ".join(f"{each:d}" for each in SURELY_COUNTED[dispute.by_spend]),
    ).strip()
