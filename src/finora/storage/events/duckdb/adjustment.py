"""A roll-up adjusted to what changed of events that were there: what they were is taken away, what they are now is added.

So to read a window again costs by what changed in it, and not by how many events its days have. The rows that the changes are
of are taken out, added up with these, and put back, but for those that hold no event any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finora.spend.rollups import FINEST
from finora.storage.events.duckdb.packing import SUMMED, pack_sums, unpacked_sums
from finora.storage.events.duckdb.summing import BLOCK_OF_PERSON, told_as, told_by

if TYPE_CHECKING:
    import duckdb

    from finora.spend.rollups import Rollup

_TAKEN = "taken_out"
_WHERE = "connection = ? AND day >= ? AND day < ?"


class Adjustment(NamedTuple):
    """What changes in a roll-up.

    Attributes:
        rollup: The roll-up.
        connection: Whose rows change.
        days: The days that have such; by weeks, from the first day of the first to the last one of the last.
        changes: A table of changes, added up by the keys of a finer roll-up.
        of: That roll-up.
        day: What tells the day.
    """

    rollup: Rollup
    connection: int
    days: tuple[int, int]
    changes: str
    of: Rollup = FINEST
    day: str = "day"

    @property
    def keys(self) -> str:
        """What tells its rows apart."""
        return ", ".join(["day", *self.rollup.keys, *(["block"] if self.rollup.people else [])])

    @property
    def changed(self) -> str:
        """The statement that tells the changes by the roll-up's keys, maybe several of a key."""
        keys = [told_as(self.day), *self.rollup.keys, *([BLOCK_OF_PERSON] if self.rollup.people else [])]
        figures = (f"{told} AS {name}" for name, told in told_by(self.rollup, self.of).items())
        return f"SELECT {', '.join([*keys, *figures])} FROM {self.changes}"

    @property
    def together(self) -> str:
        """The statement that adds up what was taken out and what changed."""
        columns = ", ".join([self.keys, *self.rollup.figures])
        sums = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in self.rollup.figures)
        return (
            f"SELECT {self.keys}, {sums} FROM (SELECT {columns} FROM {_TAKEN} UNION ALL {self.changed}) "
            f"GROUP BY ALL HAVING sum(events) > 0 ORDER BY {self.keys}"
        )

    def take_out(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Move the rows that the changes are of out of the roll-up, to where `together` finds them."""
        table, bounds = SUMMED[self.rollup], (self.connection, *self.days)
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE {_TAKEN} AS SELECT * FROM ({unpacked_sums(self.rollup, _WHERE)}) "
            f"SEMI JOIN ({self.changed}) USING ({self.keys})",
            bounds,
        ).fetchall()
        cursor.execute(
            f"DELETE FROM {table} WHERE {_WHERE} AND rowid IN (SELECT rid FROM {_TAKEN})", bounds
        ).fetchall()


def adjust(
    cursor: duckdb.DuckDBPyConnection,
    adjustment: Adjustment,
    people: str = "",
    values: tuple[int, ...] = (),
) -> None:
    """Adjust a roll-up.

    Args:
        cursor: An open transaction.
        adjustment: What changes.
        people: For a roll-up that says who caused its events: the statement that tells the sets of people by its keys.
        values: What is bound in it.
    """
    adjustment.take_out(cursor)
    rows = adjustment.together
    if people:
        rows = f"SELECT * FROM ({rows}) LEFT JOIN ({people}) USING ({adjustment.keys})"
    cursor.execute(pack_sums(adjustment.rollup, f"({rows})"), values).fetchall()
