"""What changed of the events of a window that was read again, as rows that come and rows that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import FINEST, RUNS, SUMS
from finora.spend.store import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

CHANGES = "changes"
"""The table of them: the columns of events that are summed, and `sign`, which is 1 where such an event comes and -1 where one goes."""
_COLUMNS = ", ".join(dict.fromkeys(("ts", *FINEST.keys, *RUNS.keys, *SUMS)))
_CHANGES = f"""
CREATE OR REPLACE TEMP TABLE {CHANGES} AS
SELECT CAST(-1 AS TINYINT) AS sign, {_COLUMNS} FROM stored
SEMI JOIN (SELECT rid FROM merged UNION ALL SELECT rid FROM withdrawn) USING (rid)
UNION ALL SELECT 1, {_COLUMNS} FROM merged
UNION ALL SELECT 1, {_COLUMNS} FROM added"""


def note_changes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make the table, of what `Matching` left."""
    cursor.execute(_CHANGES).fetchall()


def tally_with_changes(
    cursor: duckdb.DuckDBPyConnection, before: Tally, spans: Sequence[tuple[int, int]]
) -> Tally:
    """Return what is counted and summed of some stretches of milliseconds after the changes, from what was before."""
    within = " OR ".join(f"(ts >= {start:d} AND ts < {end:d})" for start, end in spans) or "false"
    ((events, spend, value),) = cursor.execute(
        "SELECT coalesce(sum(sign), 0), coalesce(sum(sign * cost) FILTER (WHERE chargeable), 0), "
        f"coalesce(sum(sign * cost), 0) FROM {CHANGES} WHERE {within}"
    ).fetchall()
    return Tally(
        events=before.events + int(events),
        spend=before.spend + int(spend),
        usage_value=before.usage_value + int(value),
    )
