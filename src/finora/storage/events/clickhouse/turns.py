"""Turns: who writes, while all others who want to write wait."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Turns(Protocol):
    """Lets one process write at a time."""

    def turn(self) -> AbstractContextManager[None]:
        """Return a block that no other process is in at the same time.

        Raises:
            StorageError: The turn did not come, or nobody can be asked for it.
        """


class Alone:
    """Turns of a process that has the event store to itself."""

    def turn(self) -> AbstractContextManager[None]:
        """Return a block at once."""
        return nullcontext()
