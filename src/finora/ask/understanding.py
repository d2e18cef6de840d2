"""What a question was understood as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finora.ask.draft import Intent
    from finora.ask.meanings import Limit, Value
    from finora.ask.stretch import Stretch
    from finora.spend.query import SpendQuery
    from finora.values.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """A question understood.

    Attributes:
        intent: What kind of answer is wanted.
        query: The query whose answer has the figures.
        stretch: Its period, with the words for it.
        sides: What is compared, or whose share is asked for; each may stand for several values.
        per: What a figure is divided by, and how many of it: one event, a million tokens.
        threshold: Only what lies over or under a figure.
        place: Which place of a ranking is asked for; the first where none is.
        counted: The dimension whose values are counted.
        events_by: What single events are sorted by, the most first: cost or tokens; newest first where empty.
        unit: Among which buckets a peak is looked for.
        least: Whether the least is asked for, rather than the most.
        ahead: The coming unit of the calendar that is asked about, as in “next month”; empty where none is.
        subscriptions: The ids of flat rates that are named; all where none is.
        corrected: Words that were read as others.
        sureness: From 0 to 1.
    """

    intent: Intent
    query: SpendQuery
    stretch: Stretch
    sides: tuple[Value, ...] = ()
    per: tuple[tuple[str, int], ...] = ()
    threshold: Limit | None = None
    place: int | None = None
    counted: str = ""
    events_by: str = ""
    unit: Interval | None = None
    least: bool = False
    ahead: str = ""
    subscriptions: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    sureness: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Puzzle:
    """A question that was not understood: why, and the words it fails on.

    `options` are what an ambiguous word may mean; `word` is that word.
    """

    message: str
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = field(default=())
    word: str = ""
