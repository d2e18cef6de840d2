"""Versions: numbers that name the store's states, in their order, and tell when they were written.

A version is the time in milliseconds with a random part below it. So no two writes have the same, not even where one died
before it was done and the next began at once; and what it left can be told by its age.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_RANDOM_BITS = 20


def version_at(moment: datetime) -> int:
    """Return the lowest version of a moment."""
    return int(moment.timestamp() * 1000) << _RANDOM_BITS


def next_version(newest: int, moment: datetime) -> int:
    """Return a version for a write that begins now, after the newest there is."""
    return max(version_at(moment), newest) + 1 + secrets.randbits(_RANDOM_BITS)
