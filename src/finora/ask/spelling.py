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
        least = min((distance for _each, distance in near), default=0)
        return tuple(each for each, distance in near if distance == least)

    def nearest(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Return known words that look somewhat like one, for a suggestion and never for an answer."""
        if len(word) < _SHORTEST:
            return ()
        found = extract(word, self._words, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=count)
        return tuple(each for each, _score, _place in found)
