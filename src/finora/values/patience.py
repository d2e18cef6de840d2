"""Patience: how long somebody waits for an answer, until the time is up or until they leave.

Whoever answers a request has it from its context, so that nothing between the door and the store needs to hand it on.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_WAITING: ContextVar[Patience | None] = ContextVar("patience", default=None)


class Patience:
    """Ends once, for a reason, and then stops what is under way and lets nothing begin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: Exception | None = None
        self._stops: list[Callable[[], None]] = []

    def end(self, reason: Exception) -> None:
        """Stop what is under way; the first reason is the one told.

        A stop that comes just before its work begins is lost, so this is to be called again until nobody waits any more.
        """
        with self._lock:
            self._reason = self._reason or reason
            for stop in self._stops:
                stop()

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way that can be stopped."""
        return bool(self._stops)

    def check(self) -> None:
        """Raise the reason if it has ended."""
        if self._reason is not None:
            raise self._reason

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Do work that `stop` breaks off from another thread, whatever it raises then."""
        with self._lock:
            self.check()
            self._stops.append(stop)
        try:
            yield
        except Exception as problem:
            if self._reason is None or isinstance(problem, type(self._reason)):
                raise
            raise self._reason from problem
        finally:
            with self._lock:
                self._stops.remove(stop)


def present_patience() -> Patience:
    """Return the patience of whoever is waiting here; endless where nobody said otherwise."""
    return _WAITING.get() or Patience()


@contextmanager
def waiting(patience: Patience) -> Iterator[None]:
    """Let what is done in the block, also in threads that it starts, be done with this patience."""
    token = _WAITING.set(patience)
    try:
        yield
    finally:
        _WAITING.reset(token)
