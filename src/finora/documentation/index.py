"""The index of all sections: SQLite's full-text search, in memory.

SQLite is there already. Its FTS5 knows word stems (Porter), ranks by BM25 and indexes all sections within milliseconds; a
further library would be one more thing to install and keep, for no better answer.
"""

import math
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from finora.documentation.page import Section
from finora.documentation.wording import asks_for_meaning, is_name, meanings, spelt, telling_words

_WEIGHTS: Final = (2.0, 6.0, 1.0)
"""How much a word counts in the page's title, in headings, and in the text."""
_OWN_PAGE: Final = 1.15
"""By how much a section of the page that was asked goes before one that fits about as well."""
_HEADING: Final = 2.5
"""By how much more a section fits whose heading says just what was asked for."""
_NAME: Final = 3.0
"""How much the name of a setting or an error tells, compared with a word as rare."""
_UNKNOWN_AS: Final = 3
"""A word that stands nowhere tells as much as one that so many sections have: it may be a mere synonym."""
_GLOSSARY: Final = "glossary"
_DEFINES, _EXPLAINS = 1.3, 0.6
"""The glossary says what a word means, and not how something is done."""
_BEGIN, _END = "\x02", "\x03"
_EXCERPT_WORDS: Final = 32
_WORD: Final = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that fits.

    Attributes:
        section: It.
        fit: How well it fits, the higher the better; comparable within one search only.
        covered: The share of what was asked for that it speaks of, from 0 to 1; rare words weigh more.
        excerpt: Pieces of its text, and whether each is one of the words that were looked for.
    """

    section: Section
    fit: float
    covered: float
    excerpt: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class _Sought:
    """A word that is looked for: as FTS5 writes it, where it stands, and how much it tells."""

    expression: str
    places: frozenset[int]
    headings: frozenset[int]
    weight: float


class Index:
    """Finds sections by words.

    Args:
        sections: All there are.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._lock = Lock()
        self._known = {word for each in sections for word in _words(f"{each.name} {each.words}")}
        self._headings = [len(telling_words(_heading(each))) for each in sections]
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE section USING fts5(title, headings, words, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._database.executemany(
            "INSERT INTO section (rowid, title, headings, words) VALUES (?, ?, ?, ?)",
            ((place, each.title, _heading(each), each.words) for place, each in enumerate(sections)),
        )

    def find(self, asked: str, *, first: str = "", unfinished: bool = False) -> list[Hit]:
        """Return the sections that fit what was asked, best first.

        Args:
            asked: Words or a question.
            first: The page whose sections go before those that fit about as well.
            unfinished: Whether the last word may be the beginning of one.
        """
        with self._lock:
            sought = [self._sought(*each) for each in self._expressions(asked, unfinished=unfinished)]
            rows = self._ranked([each.expression for each in sought if each.places])
        glossary = _DEFINES if asks_for_meaning(asked) else _EXPLAINS
        everything = sum(each.weight for each in sought)
        hits = []
        for place, rank, excerpt in rows:
            section = self._sections[place]
            covered = sum(each.weight for each in sought if place in each.places) / everything
            fit = -rank * (0.1 + covered**2) * (1 + _HEADING * self._heading_fits(place, sought) / everything)
            fit *= _OWN_PAGE if section.page == first else 1.0
            fit *= glossary if section.page == _GLOSSARY else 1.0
            hits.append(Hit(section, fit, covered, tuple(_pieces(excerpt))))
        return sorted(hits, key=lambda hit: -hit.fit)

    def _heading_fits(self, place: int, sought: Sequence[_Sought]) -> float:
        """Return how much the words of a heading tell that were asked for; less, if it speaks of other things as well."""
        asked_for = [each.weight for each in sought if place in each.headings]
        return sum(asked_for) * min(len(asked_for) / self._headings[place], 1.0) if asked_for else 0.0

    def _expressions(self, asked: str, *, unfinished: bool) -> Iterator[tuple[str, str]]:
        """Yield each word that was asked for, and what to look for instead: it, what means the same, what was meant."""
        words = telling_words(asked)
        for word in words:
            same = [f'"{each}"' for each in meanings(word)]
            if unfinished and word == words[-1]:
                same.append(f'"{word}" *')
            elif word not in self._known and not self._having(same[0]):
                same += [f'"{each}"' for meant in spelt(word, self._known) for each in meanings(meant)]
            yield word, f"({' OR '.join(same)})"

    def _sought(self, word: str, expression: str) -> _Sought:
        places = self._having(expression)
        rarity = math.log(1 + len(self._sections) / (1 + (len(places) or _UNKNOWN_AS)))
        weight = rarity * (_NAME if is_name(word) else 1.0)
        return _Sought(expression, places, self._having(f"headings : {expression}"), weight)

    def _having(self, expression: str) -> frozenset[int]:
        rows = self._database.execute("SELECT rowid FROM section WHERE section MATCH ?", (expression,))
        return frozenset(row[0] for row in rows)

    def _ranked(self, expressions: Sequence[str]) -> list[tuple[int, float, str]]:
        if not expressions:
            return []
        return self._database.execute(
            "SELECT rowid, bm25(section, ?, ?, ?), snippet(section, 2, ?, ?, '…', ?) FROM section WHERE section MATCH ?",
            (*_WEIGHTS, _BEGIN, _END, _EXCERPT_WORDS, " OR ".join(expressions)),
        ).fetchall()


def _heading(section: Section) -> str:
    return " ".join(section.path) or section.title


def _words(text: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(text))


def _pieces(excerpt: str) -> Iterator[tuple[str, bool]]:
    for place, piece in enumerate(re.split(f"[{_BEGIN}{_END}]", excerpt)):
        if piece:
            yield piece, place % 2 == 1
