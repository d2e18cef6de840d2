"""Slow down who guesses passwords, without letting them lock out whose account it is.

Attempts that fail are counted over a quarter of an hour in three ways: for one account from one address, for one
address whatever the account, and for one account whatever the address. The last would let a stranger lock somebody
out, so it does not apply to addresses from which that user signed in before.

The counts live in memory: a restart forgets them, which gives a guesser at most one more round.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING

from finora.accounts.errors import TooManyAttempts

if TYPE_CHECKING:
    from datetime import datetime

    from finora.values.clock import Clock

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 8
PER_ADDRESS = 30
PER_ACCOUNT = 60

_MOST_COUNTS = 20_000
_LONGEST_NAME = 320
"""Longer than the name of any account; of what somebody wrote in its place no more is kept, for a form may hold far more."""


class Throttle:
    """Counts attempts to sign in. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._attempts: dict[tuple[str, str], deque[datetime]] = {}

    def attempt(self, email: str, address: str, *, is_known: bool) -> None:
        """Count an attempt before it is decided, so that many at once count as many.

        Args:
            email: The account, which need not exist.
            address: Where the attempt comes from.
            is_known: Whether this user signed in from there before.

        Raises:
            TooManyAttempts: It is one too many. It is not counted, so that waiting helps.
        """
        limits = _limits(email, address)
        now = self._clock.now()
        with self._lock:
            for key, limit in limits.items():
                if not (is_known and key == _account(email)):
                    self._refuse_beyond(limit, self._recent(key, now), now)
            for key in limits:
                self._attempts.setdefault(key, deque()).append(now)
            self._forget_oldest()

    def succeeded(self, email: str, address: str) -> None:
        """Take back the attempt that turned out right, and what this user mistyped before it."""
        with self._lock:
            self._attempts.pop(_pair(email, address), None)
            for key in (_place(address), _account(email)):
                if self._attempts.get(key):
                    self._attempts[key].pop()

    def _recent(self, key: tuple[str, str], now: datetime) -> deque[datetime]:
        attempts = self._attempts.get(key, deque())
        while attempts and attempts[0] <= now - WINDOW:
            attempts.popleft()
        return attempts

    def _refuse_beyond(self, limit: int, attempts: deque[datetime], now: datetime) -> None:
        if len(attempts) >= limit:
            wait = attempts[len(attempts) - limit] + WINDOW - now
            raise TooManyAttempts(max(1, math.ceil(wait.total_seconds())))

    def _forget_oldest(self) -> None:
        while len(self._attempts) > _MOST_COUNTS:
            del self._attempts[next(iter(self._attempts))]


def _limits(email: str, address: str) -> dict[tuple[str, str], int]:
    return {
        _pair(email, address): PER_ACCOUNT_AND_ADDRESS,
        _place(address): PER_ADDRESS,
        _account(email): PER_ACCOUNT,
    }


def _pair(email: str, address: str) -> tuple[str, str]:
    return email[:_LONGEST_NAME], _network(address)


def _place(address: str) -> tuple[str, str]:
    return "", _network(address)


def _account(email: str) -> tuple[str, str]:
    return email[:_LONGEST_NAME], ""


def _network(address: str) -> str:
    """Return an address, or for IPv6 the network of 2**64 addresses that every customer of a provider has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"unknown {address}"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
