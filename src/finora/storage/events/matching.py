"""Matching: which stored event a fresh one is, however much of it changed.

Where a millisecond holds but one event of a model on each side, they are one and the same. Others are matched in passes, each
over what the passes before left: by identity, person and price, which is nearly everything; by identity and person, for a price that was revised; by identity without the person, so that
a person the provider no longer names is kept; by time and model, for an event whose very identity was revised. Twins are
told apart by their rank among equals. What then is unmatched and fresh is new; what is unmatched and stored was withdrawn
if it is recent, and is retained if it is old.

All of it happens in temporary tables of a DuckDB connection, whichever engine keeps the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.spend.event import IDENTITY
from finora.storage.events.columns import EVENT_COLUMNS

if TYPE_CHECKING:
    import duckdb

_FIGURES = ("cost", "fee", "list_cost", "discount", "chargeable", "kind", "billing", "requests")
_TYPING = ("event_type", "basis", "apportioned")
_REST = tuple(
    name
    for name in EVENT_COLUMNS
    if name not in {"connection", "ordinal", "run", "person", *_FIGURES, *_TYPING}
)
_PASSES = (
    (*IDENTITY, "person", "cost"),
    (*IDENTITY, "person"),
    (*IDENTITY, "cost"),
    IDENTITY,
    ("ts", "model", "person"),
    ("ts", "model"),
)


class Matching:
    """The tables `stored` (an event's columns and `rid`) and `fresh` (the same and `n`) of a cursor, matched.

    Leaves the tables `merged` (stored events that differ now, with `rid` and `revised`), `added` and `withdrawn`.

    Args:
        cursor: Where the two tables are.
        settled: The epoch millisecond before which stored events stay when the fresh ones lack them.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, settled: int) -> None:
        self._cursor = cursor
        cursor.execute("CREATE OR REPLACE TEMP TABLE matched (rid BIGINT, n BIGINT)").fetchall()
        left = min(self._scalar("SELECT count(*) FROM fresh"), self._scalar("SELECT count(*) FROM stored"))
        left -= self._scalar(_ALONE)
        for key in _PASSES:
            if left == 0:
                break
            left -= self._match(key)
        self.counts = self._tell(settled)

    def late(self, start: int, end: int) -> int:
        """Return how many events were added within a stretch of milliseconds."""
        return self._scalar("SELECT count(*) FROM added WHERE ts >= ? AND ts < ?", start, end)

    def touched(self, width: int) -> list[int]:
        """Return which stretches of as many milliseconds, counted since 1970, hold an event that changed."""
        found = self._cursor.execute(
            f"SELECT DISTINCT ts // {width:d} FROM (SELECT ts FROM merged UNION ALL SELECT ts FROM added "
            "UNION ALL SELECT ts FROM withdrawn) ORDER BY 1"
        ).fetchall()
        return [number for (number,) in found]

    def drop(self) -> None:
        """Drop all tables, the two that were matched included."""
        for table in ("fresh", "stored", "matched", "merged", "added", "withdrawn"):
            self._cursor.execute(f"DROP TABLE {table}").fetchall()

    def _match(self, key: tuple[str, ...]) -> int:
        """Match what can be matched by a key, and return how many that were."""

        def ranked(table: str, number: str) -> str:
            columns = ", ".join(key)
            return (
                f"SELECT {number}, {columns}, row_number() OVER (PARTITION BY {columns} "
                f"ORDER BY {_RANK}, {number}) AS twin "
                f"FROM {table} ANTI JOIN matched USING ({number})"
            )

        same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM f.{name}" for name in (*key, "twin"))
        return self._scalar(
            f"INSERT INTO matched SELECT rid, n FROM ({ranked('stored', 'rid')}) s JOIN ({ranked('fresh', 'n')}) f ON {same}"
        )

    def _tell(self, settled: int) -> Counts:
        cursor = self._cursor
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {_MERGED}").fetchall()
        added = self._count(f"CREATE OR REPLACE TEMP TABLE added AS {_ADDED}", "added")
        withdrawn = self._count(
            f"CREATE OR REPLACE TEMP TABLE withdrawn AS SELECT * FROM {UNMATCHED} WHERE ts >= {settled:d}",
            "withdrawn",
        )
        unmatched = self._scalar(f"SELECT count(*) FROM {UNMATCHED}")
        return Counts(
            added=added,
            withdrawn=withdrawn,
            retained=unmatched - withdrawn,
            revised=self._scalar("SELECT count(*) FROM merged WHERE revised"),
        )

    def _count(self, create: str, table: str) -> int:
        self._cursor.execute(create).fetchall()
        return self._scalar(f"SELECT count(*) FROM {table}")

    def _scalar(self, sql: str, *values: int) -> int:
        ((value,),) = self._cursor.execute(sql, values).fetchall()
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many events were new, gone, kept though the provider lacks them, and of other figures than before."""

    added: int
    withdrawn: int
    retained: int
    revised: int


def _alone(table: str, number: str) -> str:
    return f"SELECT ts, model, min({number}) AS {number} FROM {table} GROUP BY ts, model HAVING count(*) = 1"


_ALONE = f"INSERT INTO matched SELECT rid, n FROM ({_alone('stored', 'rid')}) JOIN ({_alone('fresh', 'n')}) USING (ts, model)"
"""Matches what every pass could match, and no other event might be meant by: the passes' keys all hold time and model."""

UNMATCHED = "(SELECT * FROM stored ANTI JOIN matched USING (rid))"
"""The stored events that no fresh one is."""

# Twins are ranked by all they are told apart by, so that a read in another order finds each its own.
_RANK = ", ".join(f"{name} NULLS FIRST" for name in ("person", *_FIGURES, *_REST))


def _merged_sql() -> str:
    """Return the matched events that differ, as they are to be stored.

    A person once known stays when the fresh event names nobody, and so does a type with a basis when the fresh one
    has none.
    """
    person = "CASE WHEN f.person = 0 THEN s.person ELSE f.person END"
    keep_type = "f.basis = 0 AND s.basis <> 0"
    final = {
        "connection": "s.connection",
        "ordinal": "s.ordinal",
        "run": "s.run",
        "person": person,
        **{name: f"f.{name}" for name in (*_FIGURES, *_REST)},
        **{name: f"CASE WHEN {keep_type} THEN s.{name} ELSE f.{name} END" for name in _TYPING},
    }
    revised = " OR ".join(f"f.{name} IS DISTINCT FROM s.{name}" for name in _FIGURES)
    differs = " OR ".join(
        f"({final[name]}) IS DISTINCT FROM s.{name}" for name in (*_FIGURES, *_REST, *_TYPING, "person")
    )
    columns = ", ".join(f"{final[name]} AS {name}" for name in EVENT_COLUMNS)
    return (
        f"SELECT s.rid, {columns}, ({revised}) AS revised FROM matched "
        f"JOIN stored s USING (rid) JOIN fresh f USING (n) WHERE {differs}"
    )


def _added_sql() -> str:
    """Return the fresh events that match nothing, with ordinals after those of their millisecond."""
    columns = ", ".join(
        "CAST(coalesce((SELECT max(s.ordinal) + 1 FROM stored s WHERE s.ts = f.ts), 0) "
        "+ row_number() OVER (PARTITION BY f.ts ORDER BY f.n) - 1 AS UINTEGER) AS ordinal"
        if name == "ordinal"
        else f"f.{name}"
        for name in EVENT_COLUMNS
    )
    return f"SELECT {columns} FROM fresh f ANTI JOIN matched USING (n)"


_MERGED = _merged_sql()
_ADDED = _added_sql()
