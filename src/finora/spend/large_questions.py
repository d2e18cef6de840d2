"""Questions that only single events answer: few at once, so that a store's memory and the processors are there for the others, too.

One asker leaves at least one turn to the others, who would else wait for as long as somebody's script goes on.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from finora.values.asker import present_asker
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
        self._at_once = at_once or max(2, os.cpu_count() or 1)
        self._of_one = max(1, self._at_once - 1)
        self._held: Counter[str] = Counter()
        self._given_back = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, as long as there is patience, and have it until the block ends."""
        patience, asker = present_patience(), present_asker()
        with self._given_back:
            while not self._is_free_for(asker):
                patience.check()
                self._given_back.wait(_LOOKS_EVERY)
            self._held[asker] += 1
        try:
            yield
        finally:
            with self._given_back:
                self._held[asker] -= 1
                self._held += Counter()  # forgets who holds none
                self._given_back.notify_all()

    def _is_free_for(self, asker: str) -> bool:
        most = self._of_one if asker else self._at_once
        return self._held.total() < self._at_once and self._held[asker] < most
