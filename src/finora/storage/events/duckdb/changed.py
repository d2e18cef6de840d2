"""What a window that is read again leaves to be matched: nearly all of its events are as they were, and are left out.

The two sides are compared as they rest, packed: to unpack what is stored would take longer than to pack what is fresh, and
events are alike in all there is if and only if they rest alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.duckdb.packing import EVENTS, PACKED_EVENTS, packed, unpacked

if TYPE_CHECKING:
    import duckdb

_WINDOW = f"{EVENTS} WHERE connection = ? AND ts >= ? AND ts < ?"
_BESIDE = {"connection", "ts", "ordinal", "run", "cost"}
_MARK = f"hash({', '.join(name for name in PACKED_EVENTS if name not in _BESIDE)})"
_CHANGED = f"""
CREATE OR REPLACE TEMP TABLE changed AS
SELECT coalesce(s.ts, f.ts) AS ts
FROM (SELECT ts, cost, {_MARK} AS mark FROM {_WINDOW} AND ordinal = 0) s
FULL JOIN (SELECT ts, cost, {_MARK} AS mark FROM ({packed("{fresh}")} WHERE ordinal = 0)) f
  ON s.ts = f.ts AND s.mark = f.mark AND s.cost IS NOT DISTINCT FROM f.cost
WHERE s.ts IS NULL OR f.ts IS NULL
UNION SELECT ts FROM {_WINDOW} AND ordinal > 0
UNION SELECT ts FROM {{fresh}} WHERE ordinal > 0"""
"""Milliseconds in which there is more than one event on a side, or not the same one on both; prices apart, all of an event is
compared by a hash of 64 bits."""


def set_changed_apart(cursor: duckdb.DuckDBPyConnection, fresh: str, bounds: tuple[int, int, int]) -> None:
    """Make the tables `fresh` and `stored` that `Matching` takes, of the milliseconds in which anything differs.

    Args:
        cursor: An open transaction.
        fresh: The name of a table of the events just read, with numbers for names.
        bounds: The connection, and the window's milliseconds.
    """
    of_changed = "ts IN (SELECT ts FROM changed)"
    cursor.execute(_CHANGED.format(fresh=fresh), (*bounds, *bounds)).fetchall()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE stored AS {unpacked(f'{_WINDOW} AND {of_changed}')}", bounds
    ).fetchall()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT row_number() OVER () AS n, * FROM {fresh} WHERE {of_changed}"
    ).fetchall()
    cursor.execute("DROP TABLE changed").fetchall()
