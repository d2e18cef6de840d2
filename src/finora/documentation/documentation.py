"""All of the documentation: looked through, and asked."""

from collections.abc import Sequence
from functools import cached_property

from finora.documentation.answer import Answer
from finora.documentation.index import Hit, Index
from finora.documentation.page import Page
from finora.documentation.shelf import pages

_MOST_HITS = 20
_MOST_EXCERPTS = 3
_WORTH_SHOWING = 0.55
"""How well further excerpts must fit, of what the best does."""
_ANSWERS = 0.5
"""The share of a question that a section must speak of to be taken for its answer."""


class Documentation:
    """The documentation. Its index is made when something is looked for the first time.

    Args:
        shelf: Its pages; all of Finora's where none are given.
    """

    def __init__(self, shelf: Sequence[Page] | None = None) -> None:
        self._shelf = shelf

    @cached_property
    def _index(self) -> Index:
        shelf = pages() if self._shelf is None else self._shelf
        return Index([section for page in shelf for section in page.sections])

    def search(self, words: str) -> list[Hit]:
        """Return the sections that have the words, best first; the last word may be unfinished."""
        return self._index.find(words, unfinished=not words.endswith(" "))[:_MOST_HITS]

    def ask(self, question: str, *, page: str = "") -> Answer:
        """Return what the documentation says to a question in plain words.

        Args:
            question: It, as one would write it.
            page: The page that is asked, whose sections go before those that fit about as well.
        """
        hits = self._index.find(question, first=page)
        answering = [hit for hit in hits if hit.covered >= _ANSWERS]
        if not answering:
            return Answer(question, (), tuple(hit.section for hit in hits[:_MOST_EXCERPTS]))
        chosen = [hit for hit in answering if hit.fit >= _WORTH_SHOWING * answering[0].fit]
        return Answer(question, tuple(chosen[:_MOST_EXCERPTS]), ())
