"""What is put into the store at once: a window, or several that were never read before and lie side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from finora.sync.windows import TOO_MANY

if TYPE_CHECKING:
    from finora.spend.store import WindowRead
    from finora.sync.reading import Found


class Piece(NamedTuple):
    """A window as it was read, and what the store has to know of the read.

    Attributes:
        found: The window.
        read: When it was read, and what that means.
        new: Whether it holds events, and nothing of it was ever read before, so that there is nothing to compare them with.
    """

    found: Found
    read: WindowRead
    new: bool


def joined(newer: Piece, older: Piece) -> Piece | None:
    """Return two pieces as one, where that tells and stores the same as each by itself and is not too much at once."""
    if not (newer.new and older.new) or older.found.window.end != newer.found.window.start:
        return None
    if newer.found.rows + older.found.rows > TOO_MANY:
        return None
    found = newer.found.with_older(older.found)
    return Piece(found, replace(newer.read, window=found.window, read_at=found.read_at), new=True)
