"""Guesses: choices of events that could have been counted otherwise and make up an amount to the nano."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from finora.sync.clues import Cause, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from finora.sync.clues import Clue, Clues

Run = tuple["Clue", ...]
Guess = tuple[tuple[Cause, Run], ...]
"""Causes, each with its events; no event is of two."""

_T = TypeVar("_T")


def guesses(amount: int, clues: Clues, taken: frozenset[str]) -> Iterator[Guess]:
    """Yield what makes up an amount, each choice of causes with the fewest events.

    Whole billing classes may be left out of a total, the first events of a cycle or the last before it counted on the other side of
    its start, and the newest not counted yet.

    Args:
        amount: What is to be made up, in nano-USD; not 0.
        clues: The events.
        taken: The ids of events whose cause is known.
    """
    free = {number: _without(taken, run) for number, run in clues.unbilled.items()}
    for classes in subsets(free):
        left_out = tuple(clue for number in classes for clue in free[number])
        if classes and total(left_out) == 0:
            continue
        rest, gone = amount - total(left_out), taken | _ids(left_out)
        newest = _beginnings(_without(gone, clues.newest))
        for place, edge in enumerate((clues.after_start, clues.before_start)):
            beginnings = _beginnings(_without(gone, edge))
            for at_edge, moved in beginnings.items():
                young = newest.get(rest - at_edge)
                again = place > 0 and not moved
                if young is None or again or _ids(moved) & _ids(young):
                    continue
                guess = (
                    (Cause.UNBILLED, left_out),
                    (Cause.CYCLE_BOUNDARY, moved),
                    (Cause.LATE, young),
                )
                yield tuple((cause, run) for cause, run in guess if run)


def subsets(found: Mapping[_T, Run]) -> Iterator[tuple[_T, ...]]:
    """Yield every choice of those that amount to something, the smallest choices first, beginning with none."""
    amounting = [key for key, run in found.items() if total(run) != 0]
    for count in range(len(amounting) + 1):
        yield from combinations(amounting, count)


def _beginnings(run: Run) -> dict[int, Run]:
    """Return the beginnings of a run by what they add, of several that add the same the shortest; none adds 0."""
    found: dict[int, Run] = {0: ()}
    amount = 0
    for count, clue in enumerate(run, 1):
        amount += clue.amount
        found.setdefault(amount, run[:count])
    return found


def _ids(run: Run) -> frozenset[str]:
    return frozenset(clue.event for clue in run if clue.event)


def _without(taken: frozenset[str], run: Run) -> Run:
    return tuple(clue for clue in run if clue.event not in taken)
