"""Which word a misspelt one was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

if TYPE_CHECKING:
    from collections.abc import Collection

_SHORTEST = 4
_TWO_ERRORS_FROM = 8


class Spelling:
    """Corrects words by those that are known: one slip in a short word, two in a long one.

    Args:
        words: All that are known.
    """

    def __init__(self, words: Collection[str]) -> None:
        self._words = sorted(word for word in words if len(word) >= _SHORTEST and word.isalpha())

    def meant(self, word: str) -> tuple[str, ...]:
        """Return the known words nearest to one, none where none is near; several where they are equally near."""
        if len(word) < _SHORTEST or not word.isalpha():
            return ()
        most = 2 if len(word) >= _TWO_ERRORS_FROM else 1
        found = extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=8)
        near = [(each, distance) for each, distance, _place in found if each[0] == word[0] or distance == 1]
        least = min(((distance, _unlikely(word, each)) for each, distance in near), default=(0, 0))
        return tuple(each for each, distance in near if (distance, _unlikely(word, each)) == least)


def _unlikely(typed: str, meant: str) -> int:
    """Return how unlikely a slip is: letters in the wrong order, letters left out, others."""
    if sorted(typed) == sorted(meant):
        return 0
    left = iter(meant)
    return 1 if all(letter in left for letter in typed) else 2
