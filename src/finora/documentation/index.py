"""The index of all sections: SQLite's full-text search, in memory.

SQLite is there already; its FTS5 knows word stems (Porter) and ranks by BM25, is as old as it is reliable, and a
hundred sections take it milliseconds. Other kept libraries would be one more thing to install for no better answer.
"""

import math
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from finora.documentation.page import Section
from finora.documentation.wording import meanings, spelt, telling_words

_WEIGHTS: Final = (2.0, 6.0, 1.0)
"""How much a word counts in the page's title, in headings, and in the text."""
_BEGIN, _END = "\x02", "\x03"
_EXCERPT_WORDS: Final = 32
_WORD: Final = re.compile(r"\w+", re.UNICODE)
_OWN_PAGE: Final = 1.15
"""A section of the page that was asked goes before one that fits about as well."""


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


class Index:
    """Finds sections by words.

    Args:
        sections: All there are.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._lock = Lock()
        self._known = {
            word.casefold() for each in sections for word in _WORD.findall(f"{each.name} {each.words}")
        }
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE section USING fts5(title, headings, words, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._database.executemany(
            "INSERT INTO section (rowid, title, headings, words) VALUES (?, ?, ?, ?)",
            ((place, each.title, " ".join(each.path), each.words) for place, each in enumerate(sections)),
        )

    def find(self, asked: str, *, first: str = "", unfinished: bool = False) -> list[Hit]:
        """Return the sections that fit what was asked, best first.

        Args:
            asked: Words or a question.
            first: The page whose sections go before those that fit about as well.
            unfinished: Whether the last word may be the beginning of one.
        """
        with self._lock:
            wanted = list(self._wanted(asked, unfinished=unfinished))
            having = {each: self._having(each) for each in wanted}
            weights = {each: math.log(1 + len(self._sections) / (1 + len(having[each]))) for each in wanted}
            known = [each for each in wanted if having[each]]
            found = self._ranked(" OR ".join(known)) if known else []
        all_of_it = sum(weights.values())
        hits = []
        for place, rank, excerpt in found:
            covered = sum(weights[each] for each in known if place in having[each]) / all_of_it
            section = self._sections[place]
            fit = -rank * (0.25 + covered) * (_OWN_PAGE if section.page == first else 1.0)
            hits.append(Hit(section, fit, covered, tuple(_pieces(excerpt))))
        return sorted(hits, key=lambda hit: -hit.fit)

    def _wanted(self, asked: str, *, unfinished: bool) -> Iterator[str]:
        """Yield what to look for, as FTS5 writes it: each word or what means the same."""
        words = telling_words(asked)
        for word in words:
            same = [f'"{each}"' for each in meanings(word)]
            if unfinished and word == words[-1]:
                same.append(f'"{word}" *')
            elif word not in self._known and not self._having(f'"{word}"'):
                corrected = spelt(word, self._known)
                same += [f'"{each}"' for each in meanings(corrected)] if corrected else []
            yield f"({' OR '.join(same)})"

    def _having(self, expression: str) -> frozenset[int]:
        rows = self._database.execute("SELECT rowid FROM section WHERE section MATCH ?", (expression,))
        return frozenset(row[0] for row in rows)

    def _ranked(self, expression: str) -> list[tuple[int, float, str]]:
        return self._database.execute(
            "SELECT rowid, bm25(section, ?, ?, ?), snippet(section, 2, ?, ?, '…', ?) FROM section WHERE section MATCH ? "
            "ORDER BY 2",
            (*_WEIGHTS, _BEGIN, _END, _EXCERPT_WORDS, expression),
        ).fetchall()


def _pieces(excerpt: str) -> Iterator[tuple[str, bool]]:
    for place, piece in enumerate(re.split(f"[{_BEGIN}{_END}]", excerpt)):
        if piece:
            yield piece, place % 2 == 1
