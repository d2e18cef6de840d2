"""Answers kept until the data changes: a page that many open, or one opens again, is asked of the engine once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from finora.spend.result import SpendResult

_MOST_FIGURES = 20_000
"""Of an answer that is kept."""
_MOST_IN_ALL = 500_000
"""Figures of all answers together, some 40 MB."""


class Memory:
    """Keeps the answers used last; long ones are not worth their memory."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, SpendResult] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def recall(self, key: Hashable, answer: Callable[[], SpendResult]) -> SpendResult:
        """Return the answer kept under a key, or make it and keep it."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
                return known
        result = answer()
        if figures_in(result) <= _MOST_FIGURES:
            with self._lock:
                self._keep(key, result)
        return result

    def _keep(self, key: Hashable, result: SpendResult) -> None:
        if (former := self._answers.pop(key, None)) is not None:  # two asked at once
            self._held -= figures_in(former)
        self._answers[key] = result
        self._held += figures_in(result)
        while self._held > _MOST_IN_ALL:
            _key, oldest = self._answers.popitem(last=False)
            self._held -= figures_in(oldest)


def figures_in(result: SpendResult) -> int:
    """Return about how many figures an answer has, of the span and of the one compared with."""
    spans = 2 if result.plan.compared else 1
    return spans * (len(result.groups) + 2) * (len(result.buckets) + 1) * len(result.query.metrics)
