"""A draft: the meaningful words of a question in order, each waiting to be used by a rule.

A rule that makes something of a word marks it used. What is left at the end was not understood, however well each word
by itself is known; so no part of a question is passed over in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from finora.ask.meanings import By, Cue, Filler, Limit, Measure, Number, OneOf, Unit, Value, When
from finora.ask.stretch import Stretch  # noqa: TC001 - dataclasses with slots read it in tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.ask.meanings import Meaning
    from finora.ask.reader import Reading
    from finora.spend.query import Comparison, Filter
    from finora.values.interval import Interval

T = TypeVar("T", By, Limit, Measure, Number, OneOf, Unit, Value, When)

HARMLESS = frozenset(
    {Cue.DID, Cue.IS, Cue.OF, Cue.AND, Cue.WHICH, Cue.HOW_MUCH, Cue.USE, Cue.ABOUT, Cue.RANK, Cue.TREND}
)
"""Cues that an answer loses nothing by leaving out when no rule asked for them."""


class Intent(StrEnum):
    """What kind of answer is wanted."""

    TOTAL = "total"
    RANK = "rank"
    COMPARE = "compare"
    TREND = "trend"
    SHARE = "share"
    CHANGE = "change"
    WHY = "why"
    MOVED = "moved"
    AVERAGE = "average"
    COUNT = "count"
    PEAK = "peak"
    EVENTS = "events"
    SUBSCRIPTIONS = "subscriptions"
    RENEWALS = "renewals"
    SEATS = "seats"
    ACTIVITY = "activity"
    EVERYTHING = "everything"


@dataclass(slots=True)
class Item:
    """One meaning, the words it came from, and whether a rule made something of it."""

    meaning: Meaning
    words: str
    used: bool = False


class NotUnderstood(Exception):
    """The question cannot be answered as it stands; the message says why, and `options` what could be meant."""

    def __init__(self, message: str, options: tuple[str, ...] = (), word: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.options = options
        self.word = word


@dataclass(slots=True)
class Draft:
    """A question on its way to a query; rules fill it in."""

    items: list[Item]
    intent: Intent | None = None
    metrics: list[str] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    grouped_by_default: bool = False
    filters: list[Filter] = field(default_factory=list)
    sides: list[Value] = field(default_factory=list)
    stretch: Stretch | None = None
    base: Stretch | None = None
    interval: Interval | None = None
    compare: Comparison | None = None
    descending: bool = True
    ordered: bool = False
    most: int | None = None
    place: int | None = None
    per: list[tuple[str, int]] = field(default_factory=list)
    threshold: Limit | None = None
    counted: str = ""
    events_by: str = ""
    unit: Interval | None = None
    subscriptions: list[str] = field(default_factory=list)
    ahead: str = ""
    guesses: int = 0

    @classmethod
    def of(cls, reading: Reading) -> Draft:
        """Return the draft of a reading, without the words that say nothing."""
        return cls(
            [
                Item(meaning, reading.written(chunk.start, chunk.end))
                for chunk in reading.chunks
                for meaning in chunk.meanings
                if not isinstance(meaning, Filler)
            ]
        )

    def has(self, *cues: Cue) -> bool:
        """Return whether one of the cues is there, used or not."""
        return any(item.meaning in cues for item in self.items)

    def waits(self, *cues: Cue) -> bool:
        """Return whether one of the cues is there and not used yet."""
        return any(item.meaning in cues and not item.used for item in self.items)

    def one_of(self, *cues: Cue) -> Cue | None:
        """Return the one of the cues that is there; none where several are, or none is."""
        found = {cue for cue in cues if self.has(cue)}
        return found.pop() if len(found) == 1 else None

    def take(self, *cues: Cue) -> bool:
        """Use all of the cues that are there; return whether one was."""
        found = [item for item in self.items if item.meaning in cues]
        for item in found:
            item.used = True
        return bool(found)

    def of_kind(self, kind: type[T], *, unused: bool = True) -> Iterator[tuple[int, Item, T]]:
        """Yield place, item and meaning of every item of a kind."""
        for place, item in enumerate(self.items):
            if isinstance(item.meaning, kind) and not (unused and item.used):
                yield place, item, item.meaning

    def at(self, place: int) -> Meaning | None:
        """Return the meaning at a place; none beyond the ends."""
        return self.items[place].meaning if 0 <= place < len(self.items) else None

    def use(self, *places: int) -> None:
        """Mark items as used."""
        for place in places:
            self.items[place].used = True

    def group_by_default(self) -> None:
        """Group by model where no word says by what."""
        if not self.dimensions:
            self.dimensions, self.grouped_by_default = ["model"], True

    def left_over(self) -> list[str]:
        """Return the words that no rule made anything of."""
        return [item.words for item in self.items if not item.used and item.meaning not in HARMLESS]
