"""Shares of subscriptions, worked out once while nothing changes that they depend on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import date

    from finora.people.directory import SeatShares

_MOST = 64


class SeatMemory:
    """Remembers the shares of periods asked for lately.

    Args:
        shares: Works out the shares from a day up to, and without, another.
        state: Returns what they depend on; when it differs, they are worked out anew.
    """

    def __init__(self, shares: Callable[[date, date], SeatShares], state: Callable[[], Hashable]) -> None:
        self._shares = shares
        self._state = state
        self._known: OrderedDict[Hashable, SeatShares] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, start: date, end: date) -> SeatShares:
        """Return the shares from a day up to, and without, another."""
        key = (self._state(), start, end)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        found = self._shares(start, end)
        with self._lock:
            self._known[key] = found
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found
