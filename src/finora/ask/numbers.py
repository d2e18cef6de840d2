"""Numbers, amounts, ranks and thresholds in a question."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from finora.ask.meanings import Chunk, Number
from finora.values.money import nano_from_usd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.ask.words import Word

_DIGITS = re.compile(r"([$])?\s?(\d[\d,]*(?:\.\d+)?)(k|m|bn|b)?")
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000}
_SCALES = {
    "thousand": 1_000,
    "grand": 1_000,
    "million": 1_000_000,
    "mil": 1_000_000,
    "billion": 1_000_000_000,
}
_SPELT = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
]
_TENS = {"twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}
_PLACES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_MONEY = {"dollar", "dollars", "usd", "bucks", "buck", "cents"}


def numbers_in(words: Sequence[Word]) -> list[Chunk]:
    """Return the numbers of a question: `5`, `five`, `$1,000`, `2k`, `10 million`, `3rd`, `100 dollars`."""
    found: list[Chunk] = []
    for start, word in enumerate(words):
        if found and found[-1].end > start:
            continue
        number = _number(word.text)
        if number is None:
            continue
        end = start + 1
        scale = _SCALES.get(words[end].text, 1) if end < len(words) else 1
        end += scale > 1
        money = number[1] or (end < len(words) and words[end].text in _MONEY)
        end += money and not number[1]
        found.append(Chunk(start, end, (_meaning(number[0] * scale, money=money, place=number[2]),)))
    return found


def _meaning(amount: Decimal, *, money: bool, place: bool) -> Number:
    return Number(value=int(amount), nano=nano_from_usd(amount), money=money, place=place)


def _number(text: str) -> tuple[Decimal, bool, bool] | None:
    """Return a number, whether it is money, and whether it is a rank."""
    if text in _SCALES:
        return Decimal(_SCALES[text]), False, False
    if match := _DIGITS.fullmatch(text):
        amount = Decimal(match[2].replace(",", "")) * _TIMES[match[3] or ""]
        return (amount, match[1] is not None, False) if amount < 10**12 else None
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", text):
        return Decimal(match[1]), False, True
    if text in _PLACES:
        return Decimal(_PLACES.index(text) + 1), False, True
    if text in _TENS:
        return Decimal(_TENS[text]), False, False
    return (Decimal(_SPELT.index(text)), False, False) if text in _SPELT else None
