"""The roll-ups of single runs: summed straight from events, and which of the rows are the only ones of their conversation.

Most conversations are over within a day and have one row. Where that is known, to rank millions of them is to look through these rows,
and takes a tenth of the time that grouping does. A mark may be missing where a row has become the only one, but none is wrong: a
row that gets company loses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import AGENTS, RUNS
from finora.storage.events.duckdb.packing import SUMMED, pack_sums
from finora.storage.events.duckdb.summing import added_up, put

if TYPE_CHECKING:
    import duckdb

_FRESH, _MET = "fresh_runs", "met_before"
_SOLE = f"""
SELECT *, conversation <> 0 AND count(*) OVER (PARTITION BY conversation) = 1
  AND conversation NOT IN (SELECT conversation FROM {_MET}) AS sole
FROM {_FRESH} ORDER BY day, {", ".join(RUNS.keys)}"""


def put_runs(cursor: duckdb.DuckDBPyConnection, events: str, day: str, values: tuple[int, ...]) -> None:
    """Sum events by runs, and by agents.

    Args:
        cursor: An open transaction. Rows that these take the place of are gone.
        events: A table of events, with any conditions.
        day: What tells an event's day.
        values: What is bound in the conditions.
    """
    rows, table = added_up(RUNS, events, day=day, of=None), SUMMED[RUNS]
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {rows}", values).fetchall()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {_MET} AS SELECT conversation, bool_or(sole) AS sole FROM {table} "
        f"SEMI JOIN {_FRESH} USING (conversation) GROUP BY conversation"
    ).fetchall()
    if cursor.execute(f"SELECT 1 FROM {_MET} WHERE sole LIMIT 1").fetchall():
        cursor.execute(
            f"UPDATE {table} SET sole = false "
            f"WHERE sole AND conversation IN (SELECT conversation FROM {_MET} WHERE sole)"
        ).fetchall()
    cursor.execute(pack_sums(RUNS, f"({_SOLE})")).fetchall()
    put(cursor, AGENTS, _FRESH, of=RUNS)
    for each in (_FRESH, _MET):
        cursor.execute(f"DROP TABLE {each}").fetchall()
