"""A question as words: folded to plain lower case, contractions spelt out, hyphens apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_WORDS = 80
MOST_CHARACTERS = 600

_TOKEN = re.compile(
    r"""
    (?P<mail>[\w.+'-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{4,36})
    | (?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4})
    | (?P<money>[$€£]\s?\d[\d,]*(?:\.\d+)?(?:[km]\b)?)
    | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?)
    | (?P<word>\w+(?:['.]\w+)*'?)
    | (?P<sign>[<>]=?|[%,&])
    """,
    re.VERBOSE,
)
_DAYS = re.compile(
    r"(?<![\w.-])(\d{1,2})((?:st|nd|rd|th)?)\s?[-\u2013\u2014]\s?(\d{1,2})((?:st|nd|rd|th)?)(?![\w.-])"
)
_SPELT_OUT = {
    "what's": "what is",
    "whats": "what is",
    "who's": "who is",
    "whos": "who is",
    "where's": "where is",
    "when's": "when is",
    "how's": "how is",
    "why's": "why is",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "let's": "let us",
    "i'm": "i am",
    "i've": "i have",
    "i'd": "i would",
    "i'll": "i will",
    "we're": "we are",
    "we've": "we have",
    "we'll": "we will",
    "they've": "they have",
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "pls": "please",
    "plz": "please",
}
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "æ": "ae", "œ": "oe", "\u2019": "'", "\u2018": "'", "_": " "}
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: folded, and as it was written; `possessive` where it was a genitive."""

    text: str
    written: str
    possessive: bool = False

    @property
    def capital(self) -> bool:
        """Whether it was written with a capital, as names are."""
        return self.written[:1].isupper()


def folded(text: str) -> str:
    """Return text in lower case without accents, as people type names."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(each for each in plain if not unicodedata.combining(each))


def words_of(question: str) -> tuple[Word, ...]:
    """Return the words of a question; what is longer than anybody asks is cut off."""
    text = question[:MOST_CHARACTERS].replace("\u2019", "'").replace("\u2018", "'")
    text = _DAYS.sub(r"\1\2 to \3\4", text)
    found: list[Word] = []
    for match in _TOKEN.finditer(_folded_in_place(text)):
        written = text[match.start() : match.end()]
        found += _words(match.group(), written, match.lastgroup or "")
    return tuple(found[:MOST_WORDS])


def phrase_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a declared phrase, a name or a label."""
    return tuple(word.text for word in words_of(text))


def _folded_in_place(text: str) -> str:
    """Return text folded character by character, so that places stay the same."""
    return "".join((folded(each) or " ")[:1] for each in text)


def _words(token: str, written: str, kind: str) -> list[Word]:
    if kind != "word":
        return [Word(token.strip(), written)]
    token = folded(written).strip()
    spelt = _SPELT_OUT.get(token)
    if spelt is None and token.endswith("n't"):
        spelt = f"{token[:-3]} not"
    if spelt is not None:
        return [Word(each, written) for each in spelt.split()]
    if token.endswith("'s"):
        return [Word(token[:-2], written[:-2], possessive=True)]
    if token.endswith("s'"):
        return [Word(token[:-1], written[:-1], possessive=True)]
    parts = token.rstrip("'").split()
    return [Word(each, written) for each in parts]
