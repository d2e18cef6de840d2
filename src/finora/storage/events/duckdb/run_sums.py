"""The roll-ups of single runs: summed straight from events, and which of the rows are the only ones of their conversation.

Most conversations are over within a day and have one row. Where that is known, to rank millions of them is to look through these rows,
and takes a tenth of the time that grouping does. A mark may be missing where a row has become the only one, but none is wrong: a
row that gets company loses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import AGENTS, RUNS
from finora.storage.events.duckdb.adjustment import Adjustment
from finora.storage.events.duckdb.packing import SUMMED, pack_sums
from finora.storage.events.duckdb.summing import added_up, put, sums_of_changes, sums_of_events, sums_of_runs

if TYPE_CHECKING:
    import duckdb

_FRESH, _MET, _CHANGED = "fresh_runs", "met_before", "changed_runs"
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
    rows = added_up(RUNS, events, day=day, sums=sums_of_events)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {rows}", values).fetchall()
    _put_marked(cursor)
    put(cursor, AGENTS, _FRESH, sums=sums_of_runs)
    cursor.execute(f"DROP TABLE {_FRESH}").fetchall()


def adjust_runs(
    cursor: duckdb.DuckDBPyConnection, changes: str, day: str, connection: int, days: tuple[int, int]
) -> None:
    """Adjust the sums of runs, and of agents, to what changed.

    Args:
        cursor: An open transaction.
        changes: A table of events that come and go; see `changes`.
        day: What tells their day.
        connection: Whose they are.
        days: The days that have such.
    """
    rows = added_up(RUNS, changes, day=day, sums=sums_of_changes)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_CHANGED} AS {rows}").fetchall()
    runs = Adjustment(RUNS, connection, days, _CHANGED, of=RUNS)
    runs.take_out(cursor)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {_FRESH} AS {runs.together}").fetchall()
    _put_marked(cursor)
    Adjustment(AGENTS, connection, days, _CHANGED, of=RUNS).make(cursor)


def _put_marked(cursor: duckdb.DuckDBPyConnection) -> None:
    """Put fresh rows of runs where they rest, each with the mark whether it is the only one of its conversation."""
    table = SUMMED[RUNS]
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
    cursor.execute(f"DROP TABLE {_MET}").fetchall()
