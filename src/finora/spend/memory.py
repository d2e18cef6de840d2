"""Answers kept until the data changes: a page that many open, or one opens again, is asked of the engine once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from finora.spend.result import SpendResult

_MOST_ANSWERS = 256
_MOST_FIGURES = 20_000


class Memory:
    """Keeps the answers used last; long ones are not worth their memory."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, SpendResult] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: Hashable, answer: Callable[[], SpendResult]) -> SpendResult:
        """Return the answer kept under a key, or make it and keep it."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
                return known
        result = answer()
        if (len(result.groups) + 2) * (len(result.buckets) + 1) * len(result.query.metrics) <= _MOST_FIGURES:
            with self._lock:
                self._answers[key] = result
                while len(self._answers) > _MOST_ANSWERS:
                    self._answers.popitem(last=False)
        return result
