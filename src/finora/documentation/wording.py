"""What a question is about: its telling words, and other words that mean the same."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD: Final = re.compile(r"\w+", re.UNICODE)
_MOST: Final = 24
_SHORTEST_MISSPELT: Final = 4
_LONG: Final = 8
"""From so many letters on, two may be wrong, missing or swapped instead of one."""

_SILENT_WORDS: Final = """
a about after again all also always am an and any anything are aren as at be because been before being but
by can cannot cant could couldn did didn do does doesn doing don done each else ever for from further get
gets getting give given go goes going got had has hasn have having he her here hers him his how i if in
instead into is isn it its just know let like ll look made make makes making many may me mean means might
more most much must my myself need needs no nor not now of off on once one only or other our ours out over
own please possible put re really s same say says see shall she should so some somebody someone something
still such t take tell than that the their them then there these they thing things this those though through
to too try under until up us use used uses using ve very want wants was way we well were what whatever when
where whether which while who whom whose why will with without won would wouldn yes you your yours finora
"""
"""Words that say nothing about what is asked; the product's own name stands on every page."""
_SILENT: Final = frozenset(_SILENT_WORDS.split())

_ALIKE_IN_MEANING: Final = (("login", "log in", "logon", "signin", "sign in"),)


def telling_words(text: str) -> list[str]:
    """Return the words of a question that say what it is about, each once and in small letters."""
    words = [word.casefold() for word in _WORD.findall(text)]
    telling = [word for word in words if word not in _SILENT]
    return list(dict.fromkeys(telling or words))[:_MOST]


def meanings(word: str) -> tuple[str, ...]:
    """Return a word together with those that mean the same."""
    same = [other for group in _ALIKE_IN_MEANING if word in group for other in group]
    return tuple(dict.fromkeys((word, *same)))


def spelt(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant; none where nothing is like it."""
    if len(word) < _SHORTEST_MISSPELT:
        return None
    allowed = 2 if len(word) >= _LONG else 1
    choices = sorted(each for each in known if abs(len(each) - len(word)) <= allowed)
    found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=allowed)
    return None if found is None else found[0]
