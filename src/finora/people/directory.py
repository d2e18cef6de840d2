"""The directory: everybody with what they did and what they cost in a period, in few questions however many they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from finora.people.errors import PersonNotFound
from finora.people.figures import Amounts, Figures, Line, TeamLine, sum_of
from finora.people.roster import NOBODYS_SEATS, Kind, Somebody, State, make_roster
from finora.spend.catalog import NONE
from finora.spend.query import MAX_ROWS, Comparison, Filter, Operator, SpendQuery
from finora.values.period import Period, Span, midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from finora.people.service import People
    from finora.spend.result import SpendResult
    from finora.spend.service import Spend
    from finora.spend.store import EventStore
    from finora.values.clock import Clock
    from finora.values.interval import Interval

_MEASURES = ("spend", "usage_value", "events")
_AT_A_TIME = 250
"""People whose models are asked for together: few enough that all of them fit one answer."""


class SeatShares(Protocol):
    """What subscriptions cost in a period, by who held the seats, in nano-USD."""

    @property
    def by_person(self) -> Mapping[str, int]:
        """The share of each holder."""

    @property
    def unassigned(self) -> int:
        """What falls on seats that nobody held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the directory.

    Attributes:
        period: When.
        compare: What it is compared with.
        team: The key of the team whose people are asked for; empty for everybody.
        own: The e-mail of a reader who may see their own figures only.
    """

    period: Period
    compare: Comparison | None = None
    team: str = ""
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Favourite:
    """The model of most of somebody's events."""

    key: str
    label: str


class Directory:
    """Knows everybody, and what they cost.

    Every figure is an answer of `Spend` or a share of the subscriptions; nothing is counted here in another way. A day's
    seats count in full, as subscriptions accrue by the day.

    Args:
        people: Who belongs where.
        spend: Answers what they did.
        store: Whom events name.
        shares: Returns what the seats cost from a day up to, and without, another.
        clock: The present.
        zone: The workspace's.
    """

    def __init__(
        self,
        *,
        people: People,
        spend: Spend,
        store: EventStore,
        shares: Callable[[date, date], SeatShares],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._people = people
        self._spend = spend
        self._store = store
        self._shares = shares
        self._clock = clock
        self._zone = zone
        self._known: tuple[tuple[int, tuple[int, int], date], dict[str, Somebody]] | None = None

    def roster(self) -> dict[str, Somebody]:
        """Return everybody by key, remembered until the data, who belongs where or the day changes."""
        today = self._clock.now().astimezone(self._zone).date()
        state = (self._store.version(), self._people.revision, today)
        if self._known is None or self._known[0] != state:
            was_read = bool(self._store.connections())
            roster = make_roster(self._store.actors(), self._people.belonging(), today, was_read=was_read)
            self._known = (state, roster)
        return dict(self._known[1])

    def somebody(self, key: str, own: str | None = None) -> Somebody:
        """Return who has a key.

        Args:
            key: As in the dimension `person`; case does not matter.
            own: The e-mail of a reader who may see themselves only.

        Raises:
            PersonNotFound: Nobody has it, or somebody whom the reader may not see.
        """
        wanted = key.lower()
        found = self.roster().get(wanted)
        if own is not None and wanted == own and found is None:
            return Somebody(key=own, name=own)
        if found is None or (own is not None and wanted != own):
            raise PersonNotFound(
                f"Nobody is known by “{key[:100]}”, or you may not see them. People are named by e-mail address."
            )
        return found

    def figures(self, asked: Asked) -> Figures:
        """Return everybody's figures, in no order."""
        query = self._query(asked)
        plan = self._spend.plan(query, own=asked.own)
        spans = [plan.span, *([plan.compared] if plan.compared else [])]
        amounts, unassigned = zip(
            *(self._amounts(replace(query), span, asked) for span in spans), strict=True
        )
        whose = self._asked_for(asked, {key for each in amounts for key in each})
        lines = [
            Line(
                who=who,
                now=amounts[0].get(key, Amounts()),
                before=amounts[1].get(key, Amounts()) if plan.compared else None,
            )
            for key, who in whose.items()
        ]
        if any(unassigned) and asked.own is None and asked.team in {"", NONE}:
            seats = [Amounts(seats=each) for each in unassigned]
            lines.append(Line(who=NOBODYS_SEATS, now=seats[0], before=seats[1] if plan.compared else None))
        return Figures(span=plan.span, compared=plan.compared, lines=tuple(lines))

    def line(self, key: str, asked: Asked) -> tuple[Somebody, Figures]:
        """Return who has a key, and their figures alone.

        Raises:
            PersonNotFound: Nobody has it, or somebody whom the reader may not see.
        """
        who = self.somebody(key, asked.own)
        return who, self.figures(replace(asked, own=who.key))

    def teams(self, asked: Asked) -> tuple[Figures, list[TeamLine]]:
        """Return every team's figures with those of its people, and of those who are in no team, in no order."""
        figures = self.figures(asked)
        by_team: dict[str, list[Line]] = {}
        for line in figures.lines:
            by_team.setdefault(line.who.team, []).append(line)
        living = {key: team for key, team in self._people.belonging().teams().items() if not team.dissolved}
        wanted = [*living, *(key for key in by_team if key not in living)]
        return figures, [
            _team_line(key, by_team.get(key, []), figures)
            if key not in living
            else replace(
                _team_line(key, by_team.get(key, []), figures), team=living[key], label=living[key].label
            )
            for key in wanted
        ]

    def favourites(
        self, period: Period, keys: Sequence[str], dimension: str = "person"
    ) -> dict[str, Favourite]:
        """Return the model of most events of each person or team that had any, by key.

        Args:
            period: When.
            keys: Whose.
            dimension: `person` or `team`.
        """
        found: dict[str, Favourite] = {}
        for first in range(0, len(keys), _AT_A_TIME):
            query = SpendQuery(
                metrics=("events",),
                dimensions=(dimension, "model"),
                filters=_only(dimension, keys[first : first + _AT_A_TIME]),
                period=period,
                timezone=self._zone.key,
                limit=MAX_ROWS,
            )
            for result in self._pages(query):
                for group in result.groups:  # most events first
                    found.setdefault(group.keys[0], Favourite(group.keys[1], group.labels[1]))
        return found

    def trends(
        self, period: Period, interval: Interval, keys: Sequence[str], dimension: str = "person"
    ) -> SpendResult:
        """Return the usage value of some people or teams, at least one, bucket by bucket."""
        return self._spend.answer(
            SpendQuery(
                metrics=("usage_value",),
                dimensions=(dimension,),
                filters=_only(dimension, keys),
                period=period,
                interval=interval,
                timezone=self._zone.key,
                limit=len(keys),
            )
        )

    def _query(self, asked: Asked) -> SpendQuery:
        return SpendQuery(
            metrics=_MEASURES,
            dimensions=("person",),
            filters=(Filter(Operator.IS, "team", (asked.team,)),) if asked.team else (),
            period=asked.period,
            compare=asked.compare,
            timezone=self._zone.key,
            limit=MAX_ROWS,
        )

    def _amounts(self, query: SpendQuery, span: Span, asked: Asked) -> tuple[dict[str, Amounts], int]:
        """Return the figures of a span by person, and what falls on seats that nobody held.

        The span compared with is asked for by itself: that takes one statement, however many people there are.
        """
        alone = replace(query, period=Period.what_counts_of(span.start, span.end), compare=None)
        shares = self._shares(*self._days(span))
        seats = dict(shares.by_person)
        found = {
            group.keys[0]: Amounts(
                spend=group.values[0],
                usage_value=group.values[1],
                events=group.values[2],
                seats=seats.pop(group.keys[0], 0),
            )
            for result in self._pages(alone, asked.own)
            for group in result.groups
        }
        found.update((person, Amounts(seats=share)) for person, share in seats.items())
        return found, shares.unassigned

    def _asked_for(self, asked: Asked, with_figures: set[str]) -> dict[str, Somebody]:
        """Return those whose lines are asked for; holders of seats may be known from nothing else."""
        if asked.own is not None:
            return {asked.own: self.somebody(asked.own, asked.own)}
        roster = self.roster()
        for key in with_figures - roster.keys():
            roster[key] = Somebody(key=key, name=key, kind=Kind.PERSON, state=State.IDLE)
        if not asked.team:
            return roster
        return {key: who for key, who in roster.items() if who.team == asked.team}

    def _pages(self, query: SpendQuery, own: str | None = None) -> Iterator[SpendResult]:
        """Yield the pages of a query until every group was there."""
        while True:
            result = self._spend.answer(query, own=own)
            yield result
            query = replace(query, offset=query.offset + query.limit)
            if query.offset >= result.group_count:
                return

    def _days(self, span: Span) -> tuple[date, date]:
        """Return the days that a span touches: the first, and the one after the last."""
        first, last = span.start.astimezone(self._zone).date(), span.end.astimezone(self._zone).date()
        whole = midnight(last, self._zone) == span.end
        return first, last if whole else last + timedelta(days=1)


def _only(dimension: str, keys: Sequence[str]) -> tuple[Filter, ...]:
    return (Filter(Operator.IS, dimension, tuple(keys)),)


def _team_line(key: str, lines: Sequence[Line], figures: Figures) -> TeamLine:
    now, before = sum_of(lines)
    first = lines[0].who if lines else None
    return TeamLine(
        key=key,
        label=first.team_label if first else key,
        team=None,
        people=tuple(sorted(lines, key=lambda line: (-line.now.total, line.who.key))),
        now=now,
        before=before if figures.compared else None,
    )
