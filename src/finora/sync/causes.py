"""Why a provider's total differs from Finora's: an amount split by cause, from single events that bear it out.

Two kinds of evidence are told apart. Of an event that was first read, or revised, after the provider's total was, it is
known that it moved Finora's sum since. That an event was counted in the other cycle, was too young to be counted, or is
not billed at all can only be inferred, and is claimed only where such events make up what is left to the nano.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, combinations
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_EXAMPLES = 5

_T = TypeVar("_T")


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
    """

    late: tuple[Clue, ...] = ()
    revised: tuple[Clue, ...] = ()
    unbilled: Mapping[int, tuple[Clue, ...]] = field(default_factory=dict)
    after_start: tuple[Clue, ...] = ()
    before_start: tuple[Clue, ...] = ()
    newest: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a difference.

    Attributes:
        cause: Why.
        amount: How much of the difference, in nano-USD, with its sign.
        events: How many events bear it out; 0 where none is left that does.
        examples: The ids of those that weigh most.
    """

    cause: Cause
    amount: int
    events: int = 0
    examples: tuple[str, ...] = ()


def explained(difference: int, clues: Clues) -> tuple[Part, ...]:
    """Return the parts of a difference that evidence explains; what they leave is unknown.

    An explanation to the nano comes before one that leaves something. Where there is none, events that were read or
    revised later are claimed as far as they fit: never more than the difference, nor of the other sign.
    """
    if difference == 0:
        return ()
    facts = {Cause.REVISED: clues.revised, Cause.LATE: clues.late}
    for chosen in _subsets(facts):
        known = tuple(_part(cause, facts[cause]) for cause in chosen)
        rest = difference - sum(part.amount for part in known)
        if rest == 0:
            return known
        inferred = _inferred(rest, clues, _events(facts[cause] for cause in chosen))
        if inferred is not None:
            return (*known, inferred)
    return _fitting(difference, facts)


def _inferred(rest: int, clues: Clues, taken: frozenset[str]) -> Part | None:
    """Return the cause whose events make up all of an amount, without those that another cause took."""
    free = {number: _without(taken, found) for number, found in clues.unbilled.items()}
    for classes in _subsets(free):
        together = tuple(clue for number in classes for clue in free[number])
        if together and _total(together) == rest:
            return _part(Cause.UNBILLED, together)
    for cause, run in (
        (Cause.CYCLE_BOUNDARY, clues.after_start),
        (Cause.CYCLE_BOUNDARY, clues.before_start),
        (Cause.LATE, clues.newest),
    ):
        open_run = _without(taken, run)
        for count, amount in enumerate(accumulate(clue.amount for clue in open_run), 1):
            if amount == rest:
                return _part(cause, open_run[:count])
    return None


def _fitting(difference: int, facts: Mapping[Cause, tuple[Clue, ...]]) -> tuple[Part, ...]:
    parts = []
    for cause, found in facts.items():
        chosen = _that_fit(difference, found)
        if chosen:
            parts.append(_part(cause, chosen))
            difference -= parts[-1].amount
    return tuple(parts)


def _that_fit(difference: int, found: tuple[Clue, ...]) -> tuple[Clue, ...]:
    """Return all clues where together they fit into a difference, else those that do one by one, the largest first."""
    if _fits(_total(found), difference):
        return found
    chosen = []
    for clue in sorted(found, key=lambda clue: -abs(clue.amount)):
        if _fits(clue.amount, difference):
            chosen.append(clue)
            difference -= clue.amount
    return tuple(chosen)


def _fits(amount: int, difference: int) -> bool:
    return 0 < amount <= difference or difference <= amount < 0


def _subsets(found: Mapping[_T, tuple[Clue, ...]]) -> Iterator[tuple[_T, ...]]:
    """Yield every choice of those that amount to something, the smallest choices first, beginning with none."""
    amounting = [key for key, clues in found.items() if _total(clues) != 0]
    for count in range(len(amounting) + 1):
        yield from combinations(amounting, count)


def _part(cause: Cause, clues: tuple[Clue, ...]) -> Part:
    named = [clue for clue in clues if clue.event and clue.amount]
    heaviest = sorted(named, key=lambda clue: -abs(clue.amount))[:_EXAMPLES]
    return Part(cause, _total(clues), len(named), tuple(clue.event for clue in heaviest))


def _total(clues: Iterable[Clue]) -> int:
    return sum(clue.amount for clue in clues)


def _events(found: Iterable[tuple[Clue, ...]]) -> frozenset[str]:
    return frozenset(clue.event for clues in found for clue in clues if clue.event)


def _without(taken: frozenset[str], clues: tuple[Clue, ...]) -> tuple[Clue, ...]:
    return tuple(clue for clue in clues if clue.event not in taken)
