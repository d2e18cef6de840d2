"""Questions that only single events answer: few at once, so that a store's memory and the processors are there for the others, too."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from finora.values.patience import present_patience

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKS_EVERY = 0.1
"""Seconds between two looks whether whoever waits still does."""


class LargeQuestions:
    """Turns of those who ask much; by default as many as there are processors, and two at least.

    Args:
        at_once: How many are worked on at once.
    """

    def __init__(self, at_once: int | None = None) -> None:
        self._free = threading.BoundedSemaphore(at_once or max(2, os.cpu_count() or 1))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, as long as there is patience, and have it until the block ends."""
        patience = present_patience()
        while not self._free.acquire(timeout=_LOOKS_EVERY):
            patience.check()
        try:
            yield
        finally:
            self._free.release()
