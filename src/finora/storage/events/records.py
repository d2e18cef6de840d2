"""What a store keeps of a read that changed something, whichever engine keeps it: figures in a row, and a revision from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.store import Revision, Tally, WindowChange
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Sequence


def figures_of(change: WindowChange) -> tuple[int, ...]:
    """Return a change as the figures of a row: what was there, what is there, and what was done."""
    tallies = (
        figure
        for tally in (change.before, change.after)
        for figure in (tally.events, tally.spend, tally.usage_value)
    )
    return (*tallies, change.added, change.revised, change.withdrawn, change.retained)


def revision_of(row: Sequence[int]) -> Revision:
    """Return a row of reads as a revision: its number, connection, run, window and time, then the figures of its change."""
    number, _connection, run, start, end, read_at, *figures = row
    before, after = (
        Tally(events=figures[place], spend=figures[place + 1], usage_value=figures[place + 2])
        for place in (0, 3)
    )
    added, revised, withdrawn, retained = figures[6:]
    change = WindowChange(
        before=before, after=after, added=added, revised=revised, withdrawn=withdrawn, retained=retained
    )
    return Revision(
        id=number, run=run, window=Span.from_ms(start, end), read_at=from_ms(read_at), change=change
    )
