"""Clues: single events, and what each adds to a difference if a cause holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Cause(StrEnum):
    """Why figures differ."""

    LATE = "late"
    """Events that the provider published, or counted, only after its total was read."""
    REVISED = "revised"
    """Events that the provider revised, took back or gave to somebody else after its total was read."""
    REMOVED_MEMBER = "removed_member"
    """Events of somebody who is no member any more, or that name nobody any more."""
    SERVICE_ACCOUNT = "service_account"
    """Events of a service account, while the provider's totals are those of members."""
    CYCLE_BOUNDARY = "cycle_boundary"
    """Events near the cycle's start that the provider counted on its other side."""
    UNBILLED = "unbilled"
    """Events of a kind that the provider's total leaves out, or covers by the plan."""
    UNKNOWN = "unknown"
    """What nothing that is known explains."""


@dataclass(frozen=True, slots=True)
class Clue:
    """An event, by its id, and what it adds to the difference if its cause holds, in nano-USD.

    Without an id it is what several events, that are no longer there, add together.
    """

    event: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What may explain a difference.

    Attributes:
        late: Events first read after the provider's total, of time that had been read before it.
        revised: What was revised, taken back or reassigned after it.
        unbilled: Events that a total may leave out, by billing class.
        after_start: The cycle's first events, oldest first.
        before_start: The last events before it, newest first; their amounts are what their absence adds.
        newest: The last events before the total was read, newest first.
        nameless: How much of what events without a name come to may be of this person, who left, in nano-USD.
    """

    late: tuple[Clue, ...] = ()
    revised: tuple[Clue, ...] = ()
    unbilled: Mapping[int, tuple[Clue, ...]] = field(default_factory=dict)
    after_start: tuple[Clue, ...] = ()
    before_start: tuple[Clue, ...] = ()
    newest: tuple[Clue, ...] = ()
    nameless: int = 0


def total(clues: Iterable[Clue]) -> int:
    """Return what clues add together."""
    return sum(clue.amount for clue in clues)
