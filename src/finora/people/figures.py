"""What people and teams cost, as values. Amounts are nano-USD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.people.belonging import KnownTeam
    from finora.people.roster import Somebody
    from finora.values.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Figures of a period.

    Attributes:
        spend: What is billed on top of the seats.
        usage_value: What all events are worth.
        seats: The share of subscriptions.
        events: How many.
    """

    spend: int = 0
    usage_value: int = 0
    seats: int = 0
    events: int = 0

    @property
    def total(self) -> int:
        """The true cost: spend and seats together."""
        return self.spend + self.seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Somebody's figures, and those of the span compared with; none without a comparison."""

    who: Somebody
    now: Amounts
    before: Amounts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team's figures; `team` is none for those in no team. `people` are its lines, dearest first."""

    key: str
    label: str
    team: KnownTeam | None
    people: tuple[Line, ...]
    now: Amounts
    before: Amounts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everybody's figures of a period.

    Attributes:
        span: The period.
        compared: The span compared with.
        lines: One for everybody who was asked for, whether anything happened or not.
    """

    span: Span
    compared: Span | None
    lines: tuple[Line, ...]


def sum_of(lines: Iterable[Line]) -> tuple[Amounts, Amounts | None]:
    """Return the figures of all lines together, and of the span compared with; none where one of them has none."""
    found = list(lines)
    before = [line.before for line in found if line.before is not None]
    now = _together(line.now for line in found)
    return now, _together(before) if len(before) == len(found) else None


def _together(parts: Iterable[Amounts]) -> Amounts:
    spend = usage_value = seats = events = 0
    for part in parts:
        spend += part.spend
        usage_value += part.usage_value
        seats += part.seats
        events += part.events
    return Amounts(spend=spend, usage_value=usage_value, seats=seats, events=events)
