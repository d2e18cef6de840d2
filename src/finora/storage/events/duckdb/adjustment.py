"""A roll-up adjusted to what changed of events that were there: what they were is taken away, what they are now is added.

So to read a window again costs by what changed in it, and not by how many events its days have. The rows that the changes are
of are taken out, added up with these, and put back, but for those that hold no event any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finora.spend.rollups import FINEST
from finora.storage.events.duckdb.packing import SUMMED, pack_sums, unpacked_sums
from finora.storage.events.duckdb.summing import BLOCK_OF_PERSON, OF_DAYS, sums_of_rows, told_as, told_by

if TYPE_CHECKING:
    import duckdb

    from finora.spend.rollups import Rollup

_TAKEN = "taken_out"


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
        """The statement that adds up what was taken out and what changed; rows that hold no event any more are left out."""
        return f"SELECT * FROM ({self._sums}) WHERE events > 0 ORDER BY {self.keys}"

    def take_out(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Move the rows that the changes are of out of the roll-up, to where `together` finds them."""
        table, bounds = SUMMED[self.rollup], (self.connection, *self.days)
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE {_TAKEN} AS SELECT * FROM ({unpacked_sums(self.rollup, OF_DAYS)}) "
            f"SEMI JOIN ({self.changed}) USING ({self.keys})",
            bounds,
        ).fetchall()
        cursor.execute(
            f"DELETE FROM {table} WHERE {OF_DAYS} AND rowid IN (SELECT rid FROM {_TAKEN})", bounds
        ).fetchall()

    def differs(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Return whether what was taken out is not what the events had come to: some of it is then of less than no event, or of none."""
        left = " OR ".join(f"{name} <> 0" for name in self.rollup.figures if name != "events")
        wrong = f"SELECT 1 FROM ({self._sums}) WHERE events < 0 OR (events = 0 AND ({left})) LIMIT 1"
        return bool(cursor.execute(wrong).fetchall())

    def put_back(
        self, cursor: duckdb.DuckDBPyConnection, people: str = "", values: tuple[int, ...] = ()
    ) -> None:
        """Put what was taken out back, with what changed.

        Args:
            cursor: An open transaction.
            people: For a roll-up that says who caused its events: the statement that tells the sets of people by its keys.
            values: What is bound in it.
        """
        rows = self.together
        if people:
            rows = f"SELECT * FROM ({rows}) LEFT JOIN ({people}) USING ({self.keys})"
        cursor.execute(pack_sums(self.rollup, f"({rows})"), values).fetchall()

    def make(self, cursor: duckdb.DuckDBPyConnection, people: str = "", values: tuple[int, ...] = ()) -> None:
        """Take out, and put back; see there."""
        self.take_out(cursor)
        self.put_back(cursor, people, values)

    @property
    def _sums(self) -> str:
        columns = ", ".join([self.keys, *self.rollup.figures])
        sums = sums_of_rows(self.rollup, self.rollup)
        return f"SELECT {self.keys}, {sums} FROM (SELECT {columns} FROM {_TAKEN} UNION ALL {self.changed}) GROUP BY ALL"
