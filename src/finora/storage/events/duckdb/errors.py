"""What can be wrong with the event store's file, when it is opened and later on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from finora.storage.events.errors import (
    EventsBusy,
    EventsDamaged,
    EventsTooLarge,
    EventsTooNew,
    EventsUnusable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.errors import StorageError


@contextmanager
def troubles_told(path: Path) -> Iterator[None]:
    """Turn the engine's own errors about the file as a whole into ours; let all others through."""
    try:
        yield
    except duckdb.Error as problem:
        told = _told(problem, path)
        if told is None:
            raise
        raise told from problem


def damaged(path: Path) -> EventsDamaged:
    """Return the error for a file that cannot be made sense of."""
    return EventsDamaged(
        f"The event store {path} is damaged, or is none. It was left as it is. Restore it from a backup; or move it "
        f"away together with {path.name}.wal, start Finora and sync again: the provider's history is then read anew."
    )


def _told(problem: duckdb.Error, path: Path) -> StorageError | None:
    if isinstance(problem, duckdb.OutOfMemoryException):
        return EventsTooLarge(
            "This needs more memory than the event store may use. Ask for a shorter period."
        )
    text = str(problem)
    for words, case, message in _CASES:
        if any(word in text for word in words):
            return case(message.format(path=path))
    if isinstance(problem, duckdb.IOException | duckdb.FatalException) or "Corrupt" in text:
        return damaged(path)
    return None


# The engine tells its cases apart in words more than in classes.
_CASES: tuple[tuple[tuple[str, ...], type[StorageError], str], ...] = (
    (
        ("Could not set lock",),
        EventsBusy,
        "Another process holds {path}, most likely a running “finora serve”. Stop it, or let the command reach it.",
    ),
    (
        ("version number",),
        EventsTooNew,
        "{path} was written by a newer version of the database engine. Install a newer Finora. Nothing was changed.",
    ),
    (
        ("No space left",),
        EventsUnusable,
        "There is no space left for {path}. Free some, then start Finora again; what was stored is safe.",
    ),
    (
        ("Permission denied", "ead-only file system"),
        EventsUnusable,
        "{path} cannot be read and written. Give the user that runs Finora the right to, and mount it for writing.",
    ),
)
