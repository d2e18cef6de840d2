"""The table of people: a row each, told apart by what they are, with the ways on from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from finora.people import Favourite, Kind, Line, Selection, Somebody, State, sum_of
from finora.spend.catalog import NONE
from finora.web.address.links import person_path, team_path
from finora.web.figures.headline import Comparing
from finora.web.figures.panels import share_of
from finora.web.figures.sparkline import sparkline
from finora.web.people.address import ListingAddress
from finora.web.people.parts import AMOUNTS, DEFINITIONS, LABELS, Trends, amount_cells, change_cell

Json = dict[str, Any]
Sort = Callable[[ListingAddress], str]

_KINDS = {
    Kind.SERVICE_ACCOUNT: "Service account",
    Kind.UNATTRIBUTED: "Events that name nobody",
    Kind.UNASSIGNED: "Their share of the subscriptions",
}
_STATES = {State.IDLE: "Idle", State.REMOVED: "Removed"}
_HINTS = {
    "last_active": "The last day with an event, in the period or not",
    "model": "The model of most of their events in this period",
    "trend": "Usage value over the period",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTable:
    """Makes the table of a page of people.

    Attributes:
        here: The page's address.
        href: Writes addresses.
        compare: How figures are compared.
        favourites: The model of most events, by key.
        trends: Courses, by key.
        ways: The parameters that keep a person's page at this page's period.
        today: In the workspace's zone.
        in_team: Whether all are of one team, which then goes without saying.
    """

    here: ListingAddress
    href: Sort
    compare: Comparing
    favourites: Mapping[str, Favourite]
    trends: Trends
    ways: str
    today: date
    in_team: bool = False

    def columns(self) -> list[Json]:
        """Return the columns; on a phone, the name and what is sorted by stay."""
        chosen = self.here.selection.sort
        kept = chosen if chosen != "name" else "spend"
        columns = [self._column("name", "Person", numeric=False)]
        if not self.in_team:
            columns.append(self._column("team", "Team", numeric=False))
        for name in AMOUNTS:
            columns.append(self._column(name, LABELS[name]) | {"definition": DEFINITIONS[name]})
            if name == "spend":
                columns.append(self._column("change", "Change"))
        columns += [
            self._column("model", "Favourite model", numeric=False) | {"spare": True},
            self._column("last_active", "Last active", numeric=False),
            {"key": "trend", "label": "Trend", "hint": _HINTS["trend"]},
        ]
        return [column | {"keep": column["key"] == kept} for column in columns]

    def rows(self, lines: Sequence[Line], largest: int) -> list[Json]:
        """Return a row a line; `largest` is the value of the longest bar."""
        return [self._row(line, largest) for line in lines]

    def totals(self, lines: Sequence[Line]) -> Json:
        """Return the cells of all lines together."""
        now, before = sum_of(lines)
        return {"name": "Total"} | amount_cells(now) | {"change": change_cell(now, before, self.compare)}

    def _column(self, key: str, label: str, *, numeric: bool = True) -> Json:
        chosen = self.here.selection
        direction = ("desc" if chosen.descending else "asc") if chosen.sort == key else None
        sort = {"href": self.href(self.here.sorted_by(key)), "direction": direction}
        column: Json = {"key": key, "label": label, "numeric": numeric, "sort": sort}
        return column | ({"hint": _HINTS[key]} if key in _HINTS else {})

    def _row(self, line: Line, largest: int) -> Json:
        who = line.who
        row: Json = {
            "id": who.key,
            "share": share_of(bar_of(line, self.here.selection), largest),
            "cells": {"name": _name(who), "team": _team(who, self.ways)}
            | amount_cells(line.now)
            | {
                "change": change_cell(line.now, line.before, self.compare),
                "model": self._favourite(who.key),
                "last_active": _last_active(who, self.today),
                "trend": self._trend(who),
            },
        }
        if who.kind is Kind.UNASSIGNED:
            return row
        return row | {"href": person_path(who.key) + self.ways, "title": f"Look at {who.name}"}

    def _favourite(self, key: str) -> Json | None:
        found = self.favourites.get(key)
        return clipped(found.label) if found else None

    def _trend(self, who: Somebody) -> Json | None:
        values = self.trends.values.get(who.key)
        if not values:
            return None
        return {"markup": sparkline(values, f"Course of the usage value of {who.name}")}


def clipped(text: str) -> Json:
    """Return a cell that is cut short where it has no room; all of it is one hover away."""
    return {"markup": Markup('<span class="clipped" title="{0}">{0}</span>').format(text)}


def bar_of(line: Line, selection: Selection) -> int:
    """Return the amount that a line's bar shows: what is sorted by, or spend."""
    value: int = getattr(line.now, selection.sort if selection.sort in AMOUNTS else "spend")
    return value


def lines_counted(lines: Sequence[Line]) -> str:
    """Return how many lines there are, apart from those that are nobody's, which no state counts."""
    others = [f"“{line.who.name}”" for line in lines if not line.who.is_somebody]
    if not others:
        return f"{len(lines):,}"
    accounts = len(lines) - len(others)
    what = "people" if all(line.who.kind is not Kind.SERVICE_ACCOUNT for line in lines) else "accounts"
    return f"{len(lines):,} lines: {accounts:,} {what} and {' and '.join(others)}"


def day_text(day: date, today: date) -> str:
    """Return a day with no more of its date than it takes."""
    passed = (today - day).days
    if passed <= 1:
        return "Today" if passed <= 0 else "Yesterday"
    return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b %Y}"


def _name(who: Somebody) -> Json:
    kind = _KINDS.get(who.kind)
    address = who.key if who.is_somebody and who.key != who.name else ""
    return {"text": who.name, "note": " · ".join(each for each in (kind, address) if each)}


def _team(who: Somebody, ways: str) -> Json | None:
    if who.team == NONE:
        return None
    note = "by hand" if who.by_hand else ""
    return {"text": who.team_label, "href": team_path(who.team) + ways, "note": note}


def _last_active(who: Somebody, today: date) -> Json | None:
    note = _STATES.get(who.state) if who.state else None
    if who.last_active is None:
        return {"text": "Never", "note": note} if who.state else None
    return {
        "text": day_text(who.last_active, today),
        "exact": f"{who.last_active:%-d %b %Y}",
        "note": note,
    }
