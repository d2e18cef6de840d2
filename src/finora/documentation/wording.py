"""What a question is about: its telling words, and other words that mean the same."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_WORD: Final = re.compile(r"\w+", re.UNICODE)
_MOST: Final = 24
_SHORTEST_MISSPELT: Final = 4
_MOST_MEANT: Final = 4
_MEANING: Final = re.compile(
    r"^\W*what( is|'s| are)( an?| the)? [\w -]{1,25}\W*$|\b(define|definition|mean|means|meaning)\b",
    re.IGNORECASE,
)
_LONG: Final = 8
"""From so many letters on, two may be wrong, missing or swapped instead of one."""

_SILENT_WORDS: Final = """
a about after again all also always am an and any anything are aren as at be because been before being bit
but by can cannot cant could couldn did didn do does doesn doing don done each else ever everything finora
for from further get gets getting give given go goes going got had happen happened happens has hasn have
having he hello her here hers hi him his how i if in instead into is isn it its just know let like ll look
made make makes making many may me mean means might more most much must my myself need needs no nor not
nothing now of off on once one only or other our ours out over own please possible put re really s same say
says see shall she should so some somebody someone something still such t take tell than thank thanks that
the their them then there these they thing things this those though through to too try under until up us use
used uses using ve very want wants was way we well were what whatever when where whether which while who
whole whom whose why will with without won would wouldn yes you your yours
"""
"""Words that say nothing about what is asked; the product's own name stands on every page."""
_SILENT: Final = frozenset(_SILENT_WORDS.split())

_ALIKE_IN_MEANING: Final = (
    ("add", "create", "issue", "new"),
    ("back", "backup", "back up"),
    ("agree", "match", "reconcile", "tally"),
    ("appear", "show", "shows"),
    ("certificate", "ssl", "tls"),
    ("change", "replace", "rotate", "swap"),
    ("colleague", "coworker", "people", "teammate", "user"),
    ("cost", "price"),
    ("delete", "disconnect", "remove", "uninstall"),
    ("differ", "difference", "different", "discrepancy", "mismatch", "wrong"),
    ("doc", "docs", "documentation", "manual"),
    ("endpoint", "route", "url"),
    ("failed", "fails", "failing", "broken"),
    ("figure", "number"),
    ("install", "deploy", "setup", "set up"),
    ("keyboard", "shortcut", "hotkey"),
    ("login", "log in", "logon", "signin", "sign in"),
    ("machine", "server", "host", "computer"),
    ("mail", "email", "e mail"),
    ("postgres", "postgresql"),
    ("refresh", "sync"),
    ("renew", "renewal"),
    ("reset", "forgotten", "forgot"),
    ("sso", "single sign on", "oidc", "openid"),
    ("start", "boot", "launch"),
    ("timezone", "time zone"),
    ("upgrade", "update"),
)
"""Everyday words for the same; each finds all of its line."""


def telling_words(text: str) -> list[str]:
    """Return the words of a question that say what it is about, each once and in small letters."""
    words = [word.casefold() for word in _WORD.findall(text)]
    telling = [word for word in words if word not in _SILENT]
    return list(dict.fromkeys(telling or words))[:_MOST]


def meanings(word: str) -> tuple[str, ...]:
    """Return a word together with those that mean the same."""
    same = [other for group in _ALIKE_IN_MEANING if word in group for other in group]
    return tuple(dict.fromkeys((word, *same)))


def is_name(word: str) -> bool:
    """Return whether a word is the name of a setting, a metric or an error, and so says most of what is asked."""
    return "_" in word


def asks_for_meaning(question: str) -> bool:
    """Return whether somebody asks what a word means, and not how something is done."""
    return bool(_MEANING.search(question))


def spelt(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that were probably meant, all that are equally near; none where nothing is like it."""
    if len(word) < _SHORTEST_MISSPELT:
        return []
    allowed = 2 if len(word) >= _LONG else 1
    choices = sorted(each for each in known if abs(len(each) - len(word)) <= allowed)
    found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=_MOST_MEANT)
    return [each for each, distance, _place in found if distance == found[0][1]]
