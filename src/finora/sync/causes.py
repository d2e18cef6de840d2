"""Why a provider's total differs from Finora's: an amount split by cause, from single events that bear it out.

Two kinds of evidence are told apart. Of an event that was first read, or revised, after the provider's total was, it is
known that it moved Finora's sum since. That an event was counted in the other cycle, was too young to be counted, or is
not billed at all can only be inferred, and is claimed only where such events make up what is left to the nano.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from finora.sync.clues import Cause, total
from finora.sync.guesses import guesses, subsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finora.sync.clues import Clue, Clues
    from finora.sync.guesses import Guess

_EXAMPLES = 5
_LIKELIEST = (Cause.UNBILLED, Cause.CYCLE_BOUNDARY, Cause.LATE)


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

    An explanation to the nano comes before one that leaves something, what is known before what can only be inferred, and
    few guesses before many. Where there is none, events that were read or revised later are claimed as far as they fit:
    never more than the difference, nor of the other sign.
    """
    if difference == 0:
        return ()
    facts = {Cause.REVISED: clues.revised, Cause.LATE: clues.late}
    choices = [tuple((cause, facts[cause]) for cause in chosen) for chosen in subsets(facts)]
    for infer in (_nothing, _nameless, _one, _several):
        for known in sorted(choices, key=len, reverse=True):
            rest = difference - sum(total(found) for _cause, found in known)
            inferred = infer(rest, clues, _events(found for _cause, found in known))
            if inferred is not None:
                return (*_parts(known), *inferred)
    if difference < -clues.nameless < 0:
        return (*explained(difference + clues.nameless, replace(clues, nameless=0)), *_gone(-clues.nameless))
    return _fitting(difference, facts)


def _nothing(rest: int, _clues: Clues, _taken: frozenset[str]) -> tuple[Part, ...] | None:
    return () if rest == 0 else None


def _nameless(rest: int, clues: Clues, _taken: frozenset[str]) -> tuple[Part, ...] | None:
    return _gone(rest) if -clues.nameless <= rest < 0 else None


def _gone(amount: int) -> tuple[Part, ...]:
    return (Part(Cause.REMOVED_MEMBER, amount),)


def _one(rest: int, clues: Clues, taken: frozenset[str]) -> tuple[Part, ...] | None:
    """Return the likeliest cause whose events, without those that another took, make up all of an amount."""
    found = [guess for guess in guesses(rest, clues, taken) if len(guess) == 1]
    return _parts(min(found, key=lambda guess: _LIKELIEST.index(guess[0][0]))) if found else None


def _several(rest: int, clues: Clues, taken: frozenset[str]) -> tuple[Part, ...] | None:
    """Return the causes that together make up all of an amount, if no others do: else it would be a matter of luck."""
    found = list(islice((guess for guess in guesses(rest, clues, taken) if len(guess) > 1), 2))
    return _parts(found[0]) if len(found) == 1 else None


def _parts(guess: Guess) -> tuple[Part, ...]:
    return tuple(_part(cause, clues) for cause, clues in guess)


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
    if _fits(total(found), difference):
        return found
    chosen = []
    for clue in sorted(found, key=lambda clue: -abs(clue.amount)):
        if _fits(clue.amount, difference):
            chosen.append(clue)
            difference -= clue.amount
    return tuple(chosen)


def _fits(amount: int, difference: int) -> bool:
    return 0 < amount <= difference or difference <= amount < 0


def _part(cause: Cause, clues: tuple[Clue, ...]) -> Part:
    named = [clue for clue in clues if clue.event and clue.amount]
    heaviest = sorted(named, key=lambda clue: -abs(clue.amount))[:_EXAMPLES]
    return Part(cause, total(clues), len(named), tuple(clue.event for clue in heaviest))


def _events(found: Iterable[tuple[Clue, ...]]) -> frozenset[str]:
    return frozenset(clue.event for clues in found for clue in clues if clue.event)
