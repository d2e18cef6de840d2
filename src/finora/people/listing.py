"""Which of all lines are shown, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from finora.people.figures import Amounts, Line, TeamLine
from finora.people.roster import Kind, State
from finora.spend.catalog import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from finora.people.directory import Favourite

_T = TypeVar("_T", Line, TeamLine)

PEOPLE_SORTS = (
    "name",
    "team",
    "spend",
    "change",
    "usage_value",
    "seats",
    "total",
    "events",
    "model",
    "last_active",
)
TEAM_SORTS = ("name", "people", "spend", "change", "usage_value", "seats", "total", "events", "model")
TEXTS = frozenset({"name", "team", "model"})
"""Sorted from A to Z unless told otherwise; all else from the largest."""

_LAST = {Kind.UNATTRIBUTED: 1, Kind.UNASSIGNED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is shown of a listing.

    Attributes:
        search: Words that name or address (or a team's name) must hold, in any order; case does not matter.
        team: The key of a team.
        state: Of people.
        sort: One of `PEOPLE_SORTS` or `TEAM_SORTS`.
        descending: Largest first.
    """

    search: str = ""
    team: str = ""
    state: State | None = None
    sort: str = "spend"
    descending: bool = True

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.search.split() or self.team or self.state)


def people_of(
    lines: Iterable[Line], selection: Selection, favourites: Mapping[str, Favourite] = MappingProxyType({})
) -> list[Line]:
    """Return the lines of people that a selection shows, in its order; what is nobody comes last.

    Args:
        lines: All there are.
        selection: Which, and how sorted.
        favourites: Everybody's favourite model, where that is what is sorted by.
    """
    words = selection.search.casefold().split()
    found = [
        line
        for line in lines
        if (not selection.team or line.who.team == selection.team)
        and (selection.state is None or line.who.state is selection.state)
        and _holds(f"{line.who.name} {line.who.key}", words)
    ]
    found = _sorted(found, lambda line: line.who.key, _PEOPLE[selection.sort], selection, favourites)
    return sorted(found, key=lambda line: _LAST.get(line.who.kind, 0))


def teams_of(
    lines: Iterable[TeamLine],
    selection: Selection,
    favourites: Mapping[str, Favourite] = MappingProxyType({}),
) -> list[TeamLine]:
    """Return the lines of teams that a selection shows, in its order; those without a team come last."""
    words = selection.search.casefold().split()
    found = [line for line in lines if _holds(line.label, words)]
    found = _sorted(found, lambda line: line.key, _TEAMS[selection.sort], selection, favourites)
    return sorted(found, key=lambda line: line.key == NONE)


def _sorted(
    lines: list[_T],
    key: Callable[[_T], str],
    by: Callable[[_T, Mapping[str, Favourite]], Any],
    selection: Selection,
    favourites: Mapping[str, Favourite],
) -> list[_T]:
    """Return lines by what is sorted by, equal ones always in the same order."""
    return sorted(sorted(lines, key=key), key=lambda line: by(line, favourites), reverse=selection.descending)


def _holds(text: str, words: Iterable[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _model(key: str, favourites: Mapping[str, Favourite]) -> str:
    return favourites[key].label.casefold() if key in favourites else ""


def _change(now: Amounts, before: Amounts | None) -> int:
    return now.spend - (before.spend if before else 0)


_PEOPLE: Mapping[str, Callable[[Line, Mapping[str, Favourite]], Any]] = MappingProxyType(
    {
        "name": lambda line, _: line.who.name.casefold(),
        "team": lambda line, _: (line.who.team == NONE, line.who.team_label.casefold()),
        "spend": lambda line, _: line.now.spend,
        "change": lambda line, _: _change(line.now, line.before),
        "usage_value": lambda line, _: line.now.usage_value,
        "seats": lambda line, _: line.now.seats,
        "total": lambda line, _: line.now.total,
        "events": lambda line, _: line.now.events,
        "model": lambda line, favourites: _model(line.who.key, favourites),
        "last_active": lambda line, _: line.who.last_active or date.min,
    }
)
_TEAMS: Mapping[str, Callable[[TeamLine, Mapping[str, Favourite]], Any]] = MappingProxyType(
    {
        "name": lambda line, _: line.label.casefold(),
        "people": lambda line, _: sum(each.who.is_somebody for each in line.people),
        "spend": lambda line, _: line.now.spend,
        "change": lambda line, _: _change(line.now, line.before),
        "usage_value": lambda line, _: line.now.usage_value,
        "seats": lambda line, _: line.now.seats,
        "total": lambda line, _: line.now.total,
        "events": lambda line, _: line.now.events,
        "model": lambda line, favourites: _model(line.key, favourites),
    }
)
