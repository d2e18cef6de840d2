"""The mark of a move into this store: until it is over, nobody but the move may take what has arrived for the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.storage.events.clickhouse.draft import newest_version, note_of
from finora.storage.events.clickhouse.views import MOVING
from finora.storage.events.errors import EventsHalfMoved

if TYPE_CHECKING:
    from finora.storage.events.clickhouse.engine import Engine

UNDER_WAY, OVER = "moving", "moved"
"""What the note of a move begins with until it is proven, and what it says then."""


def refuse_half_moved(engine: Engine) -> None:
    """Go on only if no move into this store is unfinished.

    Raises:
        EventsHalfMoved: One is. Nothing was changed.
    """
    if not note_of(engine, MOVING, newest_version(engine)).startswith(UNDER_WAY):
        return
    empty = "delete that folder" if engine.address.embedded else "empty the database"
    raise EventsHalfMoved(
        f"A move into the event store at {engine.address.place} was not finished, so events are missing there. Run finora migrate "
        f"--to … again, which goes on where it was; or {empty}, and Finora reads the provider's history anew. Nothing was changed."
    )
