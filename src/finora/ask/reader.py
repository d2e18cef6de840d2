"""Reading: every word of a question gets one meaning, or is named as not understood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from finora.ask.meanings import By, Chunk, Value
from finora.ask.numbers import numbers_in
from finora.ask.points import MONTHS, WEEKDAYS
from finora.ask.spelling import Spelling
from finora.ask.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from finora.ask.lexicon import Lexicon
    from finora.ask.times import Times
    from finora.ask.vocabulary import Vocabulary
    from finora.ask.words import Word

_TIME_WORDS = {*MONTHS, *WEEKDAYS, "today", "yesterday", "quarter", "fortnight", "weekend", "since", "year", "past"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as chunks of known meaning.

    Attributes:
        words: Its words, typing errors corrected.
        chunks: Meanings in order, without overlap.
        unknown: Words without a meaning, as they were written.
        corrected: Words that were read as others.
        unsure: Words that may be one of several others.
    """

    words: tuple[Word, ...]
    chunks: tuple[Chunk, ...]
    unknown: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    unsure: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def written(self, start: int, end: int) -> str:
        """Return some of its words as they were written."""
        return " ".join(dict.fromkeys(word.written for word in self.words[start:end]))


class Reader:
    """Reads questions.

    Args:
        lexicon: What words mean by themselves.
        vocabulary: Which values exist.
        times: Which words are periods.
        spelling: How words are corrected; one is made of lexicon and vocabulary if none is given.
    """

    def __init__(
        self, lexicon: Lexicon, vocabulary: Vocabulary, times: Times, spelling: Spelling | None = None
    ) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._times = times
        self.spelling = spelling or spelling_of(lexicon, vocabulary)

    def read(self, question: str) -> Reading:
        """Return a question read; words that nothing is known about are corrected if it is clear what they are."""
        words = words_of(question)
        reading = self._read(words)
        if not reading.unknown:
            return reading
        return self._corrected(reading)

    def _corrected(self, reading: Reading) -> Reading:
        covered = {place for chunk in reading.chunks for place in range(chunk.start, chunk.end)}
        words, corrected, unsure = list(reading.words), [], []
        for place, word in enumerate(reading.words):
            if place in covered:
                continue
            meant = self._same(self.spelling.meant(word.text))
            if len(meant) == 1:
                words[place] = replace(word, text=meant[0])
                corrected.append((word.written, meant[0]))
            elif meant:
                unsure.append((word.written, meant))
        again = self._read(tuple(words))
        return replace(again, corrected=tuple(corrected), unsure=tuple(unsure))

    def _same(self, meant: tuple[str, ...]) -> tuple[str, ...]:
        """Return corrections without those that mean the same; what the lexicon knows comes before names."""
        known = {word: self._lexicon.meanings((word,)) for word in meant}
        declared = [word for word in meant if known[word]]
        if declared and len({known[word] for word in declared}) == 1:
            return (declared[0],)
        return tuple(declared) if declared else meant

    def _read(self, words: tuple[Word, ...]) -> Reading:
        chunks = tuple(self._chosen(words))
        covered = {place for chunk in chunks for place in range(chunk.start, chunk.end)}
        unknown = tuple(word.written for place, word in enumerate(words) if place not in covered)
        return Reading(words, chunks, tuple(dict.fromkeys(unknown)))

    def _names_dimension(self, word: Word, dimension: str) -> bool:
        """Return whether a word is the name of a dimension: the “team” after “growth”."""
        meanings = self._lexicon.meanings((word.text,)) or ()
        return any(isinstance(each, By) and each.dimension == dimension for each in meanings)

    def _chosen(self, words: Sequence[Word]) -> Iterable[Chunk]:
        by_start: dict[int, list[tuple[int, int, Chunk]]] = {}
        for rank, chunks in enumerate(
            (
                self._times.chunks(words),
                self._lexicon.chunks(words),
                self._vocabulary.chunks(words),
                numbers_in(words),
            )
        ):
            for chunk in chunks:
                by_start.setdefault(chunk.start, []).append((chunk.length, -rank, chunk))
        place = 0
        while place < len(words):
            candidates = by_start.get(place, [])
            chosen = _best(candidates, words, self._names_dimension)
            if chosen is None:
                place += 1
                continue
            yield chosen
            place = chosen.end


def spelling_of(lexicon: Lexicon, vocabulary: Vocabulary) -> Spelling:
    """Return the correction of words by all that are known."""
    return Spelling({*lexicon.words, *vocabulary.words, *_TIME_WORDS})


def _best(
    candidates: list[tuple[int, int, Chunk]],
    words: Sequence[Word],
    names_dimension: Callable[[Word, str], bool],
) -> Chunk | None:
    """Return the longest chunk; a name that is also a common word counts as a name where it is written like one."""
    if not candidates:
        return None
    length = max(each[0] for each in candidates)
    longest = [
        each[2] for each in sorted(candidates, key=lambda each: each[:2], reverse=True) if each[0] == length
    ]
    named = next((chunk for chunk in longest if _is_name(chunk)), None)
    if named is not None and named is not longest[0]:
        followed = named.end < len(words) and names_dimension(words[named.end], _dimension(named))
        if followed or _written_as_name(named, words):
            return named
    return longest[0]


def _dimension(chunk: Chunk) -> str:
    first = chunk.meanings[0]
    return first.dimension if isinstance(first, Value) else ""


def _is_name(chunk: Chunk) -> bool:
    return _dimension(chunk) in {"person", "team"}


def _written_as_name(chunk: Chunk, words: Sequence[Word]) -> bool:
    first = words[chunk.start]
    return first.possessive or (first.capital and chunk.start > 0 and not all(word.capital for word in words))
