"""What the command palette can offer, and how well it fits what was typed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from rapidfuzz import fuzz

_SEPARATORS = re.compile(r"[\s@.,_/()·-]+")
_SHORTEST_MISSPELT = 3
_ALIKE = 78
"""Of 100: one wrong, missing or swapped letter in a word of five or more, and no more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to go to, or something to do.

    Attributes:
        kind: What it is: Page, Person, Model, Action …
        label: Its name.
        icon: Of the sprite.
        href: Where it leads; empty where only a script can do it.
        act: What a script does in place of following `href`: `copy-link`, or `press` and the id of a button.
        hint: What stands at its right: an amount.
        also: Other words that it is found by.
        key: The shortcut that does the same.
    """

    kind: str
    label: str
    icon: str
    href: str = ""
    act: str = ""
    hint: str = ""
    also: str = ""
    key: str = ""
    text: str = field(init=False, repr=False)
    words: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        text = f"{self.label} {self.also} {self.kind}".casefold()
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "words", tuple(_SEPARATORS.split(text)))

    def distance(self, wanted: Sequence[str]) -> int | None:
        """Return how far it is from the words that were typed, 0 the nearest; none where it does not fit.

        Nearest is what begins with them, then what has words that begin so, then what has them anywhere, and last what
        is about so, because it was misspelt.
        """
        typed = " ".join(wanted)
        if self.text.startswith(typed):
            return 0
        if all(any(word.startswith(each) for word in self.words) for each in wanted):
            return 1
        if all(each in self.text for each in wanted):
            return 2
        return 3 if all(self._is_about(each) for each in wanted) else None

    def _is_about(self, wanted: str) -> bool:
        if any(wanted in word for word in self.words):
            return True
        long_enough = len(wanted) >= _SHORTEST_MISSPELT
        return long_enough and any(
            fuzz.ratio(wanted, word[: len(wanted) + 1]) >= _ALIKE for word in self.words
        )


def best(entries: Iterable[Entry], typed: str, most: int) -> list[Entry]:
    """Return the entries that fit what was typed, nearest first, and of equal ones the one that came first."""
    wanted = typed.casefold().split()
    found = (
        (distance, place, entry)
        for place, entry in enumerate(entries)
        if (distance := entry.distance(wanted)) is not None
    )
    return [entry for _distance, _place, entry in nsmallest(most, found, key=lambda each: each[:2])]
