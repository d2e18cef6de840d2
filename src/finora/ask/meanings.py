"""What words of a question can mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from finora.ask.stretch import Stretch
    from finora.values.interval import Interval


class Cue(Enum):
    """A word that says what is wanted, rather than of what."""

    MOST = auto()
    LEAST = auto()
    RANK = auto()
    BY = auto()
    EACH = auto()
    VERSUS = auto()
    SHARE = auto()
    CHANGE = auto()
    UP = auto()
    DOWN = auto()
    WHY = auto()
    TREND = auto()
    AVERAGE = auto()
    WHEN = auto()
    PEAK = auto()
    EVENTS = auto()
    NOT = auto()
    AND = auto()
    USE = auto()
    MINE = auto()
    HOW_MUCH = auto()
    HOW_MANY = auto()
    WHICH = auto()
    DID = auto()
    IS = auto()
    OF = auto()
    WHERE = auto()
    SUBSCRIPTION = auto()
    SEAT = auto()
    IDLE = auto()
    RENEWAL = auto()
    EVERYTHING = auto()
    BEFORE = auto()
    YEAR_BEFORE = auto()
    FUTURE = auto()
    OVER = auto()
    UNDER = auto()
    TOP = auto()
    ABOUT = auto()
    PRONOUN = auto()
    LATEST = auto()


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric, by its catalogue name."""

    metric: str


@dataclass(frozen=True, slots=True)
class By:
    """A dimension, by its catalogue name; `who` where a word such as “who” stands for it."""

    dimension: str
    who: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """Values that exist of a dimension, and what people call them together."""

    dimension: str
    keys: tuple[str, ...]
    label: str
    nickname: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """Words that may mean one of several; only whoever asks can say which."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of time as a unit: day, week, month, hour."""

    interval: Interval


@dataclass(frozen=True, slots=True)
class When:
    """A period."""

    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `money` where it was written as an amount, `place` where as a rank (second)."""

    value: int
    nano: int
    money: bool = False
    place: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Only what lies over (or under) a figure; `nano` where it is money, else `value`."""

    over: bool
    number: Number


@dataclass(frozen=True, slots=True)
class Filler:
    """A word that says nothing by itself."""


FILLER = Filler()

Meaning: TypeAlias = Cue | Measure | By | Value | OneOf | Unit | When | Number | Limit | Filler


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words of a question from one place up to another, and what they mean; several meanings stand in order."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]

    @property
    def length(self) -> int:
        """How many words."""
        return self.end - self.start
