"""The table of teams: a row each, with the ways on from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finora.people import Favourite, Selection, TeamLine
from finora.spend.catalog import NONE
from finora.web.address.links import team_path
from finora.web.figures.formats import plural
from finora.web.figures.headline import Comparing
from finora.web.figures.panels import share_of
from finora.web.figures.sparkline import sparkline
from finora.web.people.address import ListingAddress
from finora.web.people.parts import AMOUNTS, DEFINITIONS, LABELS, Trends, amount_cells, change_cell
from finora.web.people.table import clipped

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsTable:
    """Makes the table of teams.

    Attributes:
        here: The page's address.
        href: Writes addresses.
        compare: How figures are compared.
        favourites: The model of most events, by key.
        trends: Courses, by key.
        ways: The parameters that keep a team's page at this page's period.
    """

    here: ListingAddress
    href: Callable[[ListingAddress], str]
    compare: Comparing
    favourites: Mapping[str, Favourite]
    trends: Trends
    ways: str

    def columns(self) -> list[Json]:
        """Return the columns; on a phone, the name and what is sorted by stay."""
        chosen = self.here.selection.sort
        kept = chosen if chosen != "name" else "spend"
        columns = [self._column("name", "Team", numeric=False), self._column("people", "People")]
        for name in AMOUNTS:
            columns.append(self._column(name, LABELS[name]) | {"definition": DEFINITIONS[name]})
            if name == "spend":
                columns.append(self._column("change", "Change"))
        columns += [
            self._column("model", "Favourite model", numeric=False),
            {"key": "trend", "label": "Trend", "hint": "Usage value over the period"},
        ]
        return [column | {"keep": column["key"] == kept} for column in columns]

    def rows(self, lines: Sequence[TeamLine]) -> list[Json]:
        """Return a row a line."""
        largest = max((_bar(line, self.here.selection) for line in lines), default=0)
        return [self._row(line, largest) for line in lines]

    def _column(self, key: str, label: str, *, numeric: bool = True) -> Json:
        chosen = self.here.selection
        direction = ("desc" if chosen.descending else "asc") if chosen.sort == key else None
        sort = {"href": self.href(self.here.sorted_by(key)), "direction": direction}
        return {"key": key, "label": label, "numeric": numeric, "sort": sort}

    def _row(self, line: TeamLine, largest: int) -> Json:
        favourite, trend = self.favourites.get(line.key), self.trends.values.get(line.key)
        people = [each.who for each in line.people if each.who.is_somebody]
        active = sum(each.state == "active" for each in people)
        return {
            "id": line.key,
            "href": team_path(line.key) + self.ways,
            "title": f"Look at {line.label}",
            "share": share_of(_bar(line, self.here.selection), largest),
            "cells": {
                "name": {"text": line.label, "note": _origin(line)},
                "people": {
                    "text": f"{len(people):,}",
                    "exact": f"{plural(active, 'person', 'people')} active",
                },
                "change": change_cell(line.now, line.before, self.compare),
                "model": clipped(favourite.label) if favourite else None,
                "trend": {"markup": sparkline(trend, f"Course of the usage value of {line.label}")}
                if trend
                else None,
            }
            | amount_cells(line.now),
        }


def _bar(line: TeamLine, selection: Selection) -> int:
    value: int = getattr(line.now, selection.sort if selection.sort in AMOUNTS else "spend")
    return value


def _origin(line: TeamLine) -> str:
    """Return where a team comes from, where that is not its provider."""
    if line.key == NONE:
        return "With what nobody can be named for"
    if line.team and line.team.by_hand:
        return "Made here"
    if line.team and line.team.provider_label not in {"", line.label}:
        return f"The provider calls it {line.team.provider_label}"
    return ""
