"""What a window that is read again leaves to be matched: nearly all of its events are as they were, and are left out.

The two sides are compared as they rest, packed: to unpack what is stored would take longer than to pack what is fresh, and
events are alike in all there is if and only if they rest alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.storage.events.duckdb.lent import lent
from finora.storage.events.duckdb.packing import EVENTS, PACKED_EVENTS, packed, unpacked

if TYPE_CHECKING:
    import duckdb

_WINDOW = f"{EVENTS} WHERE connection = ? AND ts >= ? AND ts < ?"
_PRICE = ("cost_fifties", "cost_rest")
_BESIDE = {"connection", "ts", "ordinal", "run", *_PRICE}
_MARK = f"hash({', '.join(name for name in PACKED_EVENTS if name not in _BESIDE)})"
_SAME_PRICE = " AND ".join(f"s.{name} IS NOT DISTINCT FROM f.{name}" for name in _PRICE)
_CHANGED = f"""
CREATE OR REPLACE TEMP TABLE changed AS
SELECT coalesce(s.ts, f.ts) AS ts
FROM (SELECT ts, {", ".join(_PRICE)}, {_MARK} AS mark FROM {_WINDOW} AND ordinal = 0) s
FULL JOIN (SELECT ts, {", ".join(_PRICE)}, {_MARK} AS mark FROM ({packed("just_read")} WHERE ordinal = 0)) f
  ON s.ts = f.ts AND s.mark = f.mark AND {_SAME_PRICE}
WHERE s.ts IS NULL OR f.ts IS NULL
UNION SELECT ts FROM {_WINDOW} AND ordinal > 0
UNION SELECT ts FROM just_read WHERE ordinal > 0"""
"""Milliseconds in which there is more than one event on a side, or not the same one on both; prices apart, all of an event is
compared by a hash of 64 bits."""
_STORED = unpacked(f"{_WINDOW} AND ts IN (SELECT ts FROM changed)")


def set_changed_apart(
    cursor: duckdb.DuckDBPyConnection, events: pa.Table, bounds: tuple[int, int, int]
) -> None:
    """Make the tables `fresh` and `stored` that `Matching` takes, of the milliseconds in which anything differs.

    Args:
        cursor: An open transaction.
        events: The events just read, with numbers for names.
        bounds: The connection, and the window's milliseconds.
    """
    with lent(cursor, "just_read", events):
        cursor.execute(_CHANGED, (*bounds, *bounds)).fetchall()
    changed = pa.array(cursor.execute("SELECT ts FROM changed").fetchnumpy()["ts"])
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE stored AS {_STORED}", bounds).fetchall()
    # The engine would first make rows of all events that were read, and then let nearly all of them go.
    with lent(cursor, "just_read", events.filter(pc.is_in(events["ts"], value_set=changed))):
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE fresh AS SELECT row_number() OVER () AS n, * FROM just_read"
        ).fetchall()
    cursor.execute("DROP TABLE changed").fetchall()
