"""Evidence: the single events that may be why a provider's total differs from Finora's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.store import SURELY_COUNTED

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from finora.spend.store import Dispute

_EVIDENCE = """
WITH former AS (
  SELECT v.ts, v.ordinal, first(v.cost ORDER BY v.read_id) AS cost, first(v.chargeable ORDER BY v.read_id) AS chargeable
  FROM revised_events v JOIN reads r ON r.id = v.read_id
  WHERE v.connection = $connection AND r.run > $run AND v.ts >= $start AND v.ts < $end
  GROUP BY v.ts, v.ordinal
)
SELECT p.key AS person, e.ts AS ts, CAST(e.ordinal AS BIGINT) AS ordinal, e.billing AS billing,
  CASE WHEN e.chargeable THEN coalesce(e.cost, 0) ELSE 0 END AS spend, coalesce(e.cost, 0) AS usage_value,
  e.run > $run AND e.ts >= $start AS added, former.ts IS NOT NULL AND e.run <= $run AS revised,
  CASE WHEN former.chargeable THEN coalesce(former.cost, 0) ELSE 0 END AS former_spend,
  coalesce(former.cost, 0) AS former_usage_value
FROM events e JOIN persons p ON p.id = e.person
LEFT JOIN former ON former.ts = e.ts AND former.ordinal = e.ordinal
WHERE e.connection = $connection AND e.ts >= $start - $reach AND e.ts < $end
  AND p.key IN (SELECT unnest($people))
  AND (e.ts < $start + $reach OR e.ts >= $end - $recent OR e.run > $run OR former.ts IS NOT NULL
    OR e.billing NOT IN ({counted}))
ORDER BY 1, 2, 3"""


def evidence(cursor: duckdb.DuckDBPyConnection, dispute: Dispute) -> pa.Table:
    """Return the events that bear on a dispute; see `EventStore.evidence`."""
    values = {
        "connection": dispute.connection,
        "run": dispute.run,
        "start": dispute.cycle.start_ms,
        "end": dispute.cycle.end_ms,
        "reach": dispute.reach_ms,
        "recent": dispute.recent_ms,
        "people": list(dispute.people),
    }
    counted = ", ".join(f"{each:d}" for each in SURELY_COUNTED[dispute.by_spend])
    return cursor.sql(_EVIDENCE.format(counted=counted), params=values).to_arrow_table()
