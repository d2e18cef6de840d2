"""People: everybody with what they did and what they cost, and the same as files."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.people import Asked, Favourite, Figures, Line, Selection, State, people_of, sum_of
from finora.people.rendering import NAMED, listing_json, person_json, table_of
from finora.spend.catalog import NONE
from finora.values.interval import suited_interval
from finora.web.address.links import address
from finora.web.figures.formats import plural
from finora.web.people.address import PAGE, ListingAddress, parameters_of, read_address, write_address
from finora.web.people.parts import (
    Trends,
    amount_tiles,
    as_csv,
    as_json,
    comparing_of,
    file_name,
    time_controls,
)
from finora.web.people.person import own_page
from finora.web.people.table import PeopleTable, bar_of, lines_counted
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

PEOPLE = "/people"
_STATES = {
    None: "Everybody",
    State.ACTIVE: "Active",
    State.IDLE: "Idle for 30 days",
    State.REMOVED: "Removed",
}
_SLOW_SORT = "model"
_ALL_ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What an address asks for, found."""

    here: ListingAddress
    problems: tuple[str, ...]
    figures: Figures
    lines: list[Line]

    @property
    def page(self) -> list[Line]:
        """The lines of the page."""
        first = PAGE * (self.here.page - 1)
        return self.lines[first : first + PAGE]


class People:
    """The page of everybody, and its files."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._directory = site.workspace.directory

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", PEOPLE, self.show),
            Route("GET", f"{PEOPLE}.json", self.as_json),
            Route("GET", f"{PEOPLE}.csv", self.as_csv),
        )

    def show(self, request: Request) -> Response:
        """Show everybody; who may see their own usage only sees that."""
        site, visit = self._site, self._site.visit(request)
        if visit.own is not None:
            return own_page(site, visit)
        shown = self._found(visit)
        connections = site.workspace.connections.all()
        coverage = site.coverage(connections)
        here, figures = shown.here, shown.figures
        compare = comparing_of(here.period, here.compare, figures, coverage)
        ways = address("", parameters_of(site.links, replace(here, selection=Selection(), page=1)))
        keys = [line.who.key for line in shown.page if line.now.events]
        interval = suited_interval(figures.span)
        table = PeopleTable(
            here=here,
            href=self._href,
            compare=compare,
            favourites=self._directory.favourites(here.period, keys),
            trends=Trends.of(self._directory.trends(here.period, interval, keys), coverage, site)
            if keys
            else Trends({}),
            ways=ways,
            today=site.now().astimezone(site.zone).date(),
        )
        now, before = sum_of(shown.lines)
        return site.page(
            visit,
            "people.html",
            Heading(
                title="People", active="people", announce=f"People: {plural(len(shown.lines), 'line')} shown"
            ),
            notices=_not_understood(shown.problems),
            connections=connections,
            tiles=amount_tiles(now, before, compare, lambda name: self._href(here.having(sort=name))),
            columns=table.columns(),
            rows=table.rows(
                shown.page, max((bar_of(line, here.selection) for line in shown.lines), default=0)
            ),
            totals=table.totals(shown.lines),
            is_empty=not figures.lines,
            was_read=not coverage.is_empty,
            may_connect=visit.principal.may(Permission.MANAGE_CONNECTIONS),
            **self._around(shown),
            **time_controls(site, here, figures.span),
        )

    def as_json(self, request: Request) -> Response:
        """Return the page's lines as JSON, or with `rows=all` those of all its pages."""
        shown, rows = self._file(request)
        sums = sum_of(shown.lines)
        content = listing_json("people", rows, shown.figures, sums, len(shown.lines))
        return as_json(file_name("people", shown.here, shown.figures.span), content)

    def as_csv(self, request: Request) -> Response:
        """Return the page's lines as CSV, or with `rows=all` those of all its pages."""
        shown, rows = self._file(request)
        table = table_of(NAMED, rows, compared=shown.figures.compared is not None)
        return as_csv(file_name("people", shown.here, shown.figures.span), *table)

    def _file(self, request: Request) -> tuple[_Shown, list[dict[str, Any]]]:
        shown = self._found(self._site.visit(request))
        lines = shown.lines if request.query_params.get(_ALL_ROWS) == "all" else shown.page
        keys = [line.who.key for line in lines if line.now.events]
        favourites = self._directory.favourites(shown.here.period, keys)
        return shown, [person_json(line, favourites) for line in lines]

    def _found(self, visit: Visit) -> _Shown:
        given = [each for each in visit.request.query_params.multi_items() if each[0] != _ALL_ROWS]
        here, problems = read_address(self._site.links, PEOPLE, given)
        figures = self._directory.figures(Asked(period=here.period, compare=here.compare, own=visit.own))
        lines = people_of(figures.lines, here.selection, self._sorting(here, figures))
        last = max(1, -(-len(lines) // PAGE))
        return _Shown(
            here=replace(here, page=min(here.page, last)), problems=problems, figures=figures, lines=lines
        )

    def _sorting(self, here: ListingAddress, figures: Figures) -> dict[str, Favourite]:
        """Return what the lines are sorted by beyond their own figures."""
        if here.selection.sort != _SLOW_SORT:
            return {}
        keys = [line.who.key for line in figures.lines if line.now.events]
        return self._directory.favourites(here.period, keys)

    def _around(self, shown: _Shown) -> dict[str, Any]:
        """Return what stands around the table: search, states, teams, pages and files."""
        here, lines, links = shown.here, shown.lines, self._site.links
        first = PAGE * (here.page - 1)
        others = [each for each in parameters_of(links, here) if each[0] not in {"q", "page"}]
        counted = people_of(shown.figures.lines, replace(here.selection, state=None, sort="spend"))
        return {
            "here": here,
            "search": here.selection.search,
            "search_keep": others,
            "keep": [
                each
                for each in parameters_of(links, replace(here, page=1))
                if each[0] not in {"period", "from", "to"}
            ],
            "states": [
                {
                    "label": label,
                    "href": self._href(here.having(state=state)),
                    "current": here.selection.state is state,
                    "count": f"{sum(state in {None, line.who.state} for line in counted if line.who.is_somebody):,}",
                }
                for state, label in _STATES.items()
            ],
            "teams": self._teams(here),
            "teams_href": address(
                "/teams", parameters_of(links, replace(here, selection=Selection(), page=1))
            ),
            "page_text": f"{first + 1:,} to {first + len(shown.page):,} of {lines_counted(lines)}"
            if lines
            else "",
            "previous_href": self._href(replace(here, page=here.page - 1)) if here.page > 1 else None,
            "next_href": self._href(replace(here, page=here.page + 1)) if first + PAGE < len(lines) else None,
            "all_href": self._href(replace(here, selection=Selection(), page=1)),
            "files": {
                form: {
                    "page": write_address(links, here, f"{PEOPLE}.{form}"),
                    "all": write_address(
                        links, replace(here, page=1), f"{PEOPLE}.{form}", (_ALL_ROWS, "all")
                    ),
                }
                for form in ("csv", "json")
            },
            "has_pages": len(lines) > PAGE,
        }

    def _teams(self, here: ListingAddress) -> list[dict[str, Any]]:
        known = [(team.key, team.label) for team in self._site.workspace.teams.all()]
        return [
            {"label": label, "href": self._href(here.having(team=key)), "current": here.selection.team == key}
            for key, label in [("", "All teams"), *known, (NONE, "No team")]
        ]

    def _href(self, here: ListingAddress) -> str:
        return write_address(self._site.links, here)


def _not_understood(problems: tuple[str, ...]) -> tuple[Told, ...]:
    if not problems:
        return ()
    return (Told(title="Part of the address was left out", text=" ".join(problems), level="caution"),)
