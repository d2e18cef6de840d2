"""A window that was read, put into the file: replaced, summed and noted, in one transaction."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from finora.storage.events.duckdb import coverage, rollup
from finora.storage.events.duckdb.adjusting import adjust_to_changes
from finora.storage.events.duckdb.labels import label_for_now
from finora.storage.events.duckdb.lent import lent
from finora.storage.events.duckdb.replace import Replacement
from finora.storage.events.duckdb.summing import Filled, Summed
from finora.storage.events.records import figures_of
from finora.storage.events.stretches import merged, within
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

    from finora.spend.store import WindowChange, WindowRead
    from finora.storage.events.duckdb.file import EventFile
    from finora.storage.events.duckdb.replace import Outcome
    from finora.storage.events.duckdb.summing import Kept

_LOG = logging.getLogger(__name__)


class Windows:
    """Puts windows into a file.

    Args:
        file: The file.
        zone: Whose days events are summed by.
    """

    def __init__(self, file: EventFile, zone: str) -> None:
        self._file = file
        self._zone = ZoneInfo(zone)
        self._last_read = cast("int", file.rows("SELECT coalesce(max(id), 0) FROM reads")[0][0])
        self._labelled: set[int] = set()

    def replace(self, read: WindowRead, events: pa.Table, kept: Kept) -> WindowChange:
        """Make the window's events those just read; `kept` are the roll-ups to keep up."""
        with self._file.writing:
            outcome = self._replace(read, events, kept)
            if outcome.kept.changed:
                self._last_read += 1
            self._labelled.add(read.connection)
        return outcome.change

    def forget(self, connection: int) -> None:
        """Know nothing of a connection any more."""
        self._labelled.discard(connection)

    def _replace(self, read: WindowRead, events: pa.Table, kept: Kept) -> Outcome:
        with self._file.transaction() as cursor:
            read_id = self._last_read + 1
            near = coverage.covered_near(cursor, read)
            window = (read.window.start_ms, read.window.end_ms)
            known = within(near, *window)
            outcome = Replacement(cursor, read, read_id, self._file.names, known).run(events)
            if events.num_rows or coverage.believed_empty(cursor, read, near):
                coverage.cover(cursor, read, near)
            _sum(cursor, Summed(read.connection, self._zone, kept), window, outcome, [merged(near, *window)])
            if read.connection not in self._labelled:
                label_for_now(cursor, read.connection)
            if outcome.kept.changed:
                _record(cursor, read_id, read, outcome)
        return outcome


def _sum(
    cursor: duckdb.DuckDBPyConnection,
    summed: Summed,
    window: tuple[int, int],
    outcome: Outcome,
    covered: Sequence[tuple[int, int]],
) -> None:
    """Bring the roll-ups up to date; `covered` is what was read around the window, and that itself."""
    if outcome.filled is None:
        if not adjust_to_changes(cursor, summed, outcome.stretches):
            _LOG.warning("The sums were not those of the events; all events are summed anew, once.")
            rollup.rebuild(cursor, summed.zone, summed.kept)
        return
    with lent(cursor, "filled", outcome.filled):
        rollup.extend(cursor, summed, Filled(window, covered, "filled"))


def _record(cursor: duckdb.DuckDBPyConnection, read_id: int, read: WindowRead, outcome: Outcome) -> None:
    """Note what a read changed."""
    row = (
        *(read_id, read.connection, read.run, read.window.start_ms, read.window.end_ms, to_ms(read.read_at)),
        *figures_of(outcome.kept),
        outcome.revision is not None,
    )
    cursor.execute(f"INSERT INTO reads VALUES ({', '.join('?' * len(row))})", row).fetchall()
