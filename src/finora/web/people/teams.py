"""Teams: each with what its people did and cost, and the same as files."""

from collections.abc import Iterable
from dataclasses import replace

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.people import TEAM_SORTS, Asked, Favourite, Figures, Selection, TeamLine, sum_of, teams_of
from finora.people.rendering import TEAM_NAMED, listing_json, table_of, team_line_json
from finora.values.interval import suited_interval
from finora.web.address.links import address
from finora.web.figures.formats import plural
from finora.web.people.address import ListingAddress, parameters_of, read_address, write_address
from finora.web.people.parts import (
    Trends,
    amount_cells,
    amount_tiles,
    as_csv,
    as_json,
    change_cell,
    comparing_of,
    file_name,
    time_controls,
)
from finora.web.people.teams_table import TeamsTable
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

TEAMS = "/teams"


class Teams:
    """The page of all teams, and its files."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._directory = site.workspace.directory

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", TEAMS, self.show),
            Route("GET", f"{TEAMS}.json", self.as_json),
            Route("GET", f"{TEAMS}.csv", self.as_csv),
        )

    def show(self, request: Request) -> Response:
        """Show all teams."""
        visit = self._site.visit(request)
        return teams_page(self._site, visit)

    def as_json(self, request: Request) -> Response:
        """Return the page's lines as JSON."""
        here, figures, lines, favourites = self._file(request)
        rows = [team_line_json(line, favourites) for line in lines]
        sums = sum_of(each for line in lines for each in line.people)
        content = listing_json("teams", rows, figures, sums, len(lines))
        return as_json(file_name("teams", here, figures.span), content)

    def as_csv(self, request: Request) -> Response:
        """Return the page's lines as CSV."""
        here, figures, lines, favourites = self._file(request)
        rows = [team_line_json(line, favourites) for line in lines]
        table = table_of(TEAM_NAMED, rows, compared=figures.compared is not None)
        return as_csv(file_name("teams", here, figures.span), *table)

    def _file(self, request: Request) -> tuple[ListingAddress, Figures, list[TeamLine], dict[str, Favourite]]:
        visit = self._site.visit(request)
        visit.principal.require(Permission.READ_ALL)
        here, _ = read_address(self._site.links, TEAMS, request.query_params.multi_items(), TEAM_SORTS)
        figures, lines = self._directory.teams(Asked(period=here.period, compare=here.compare))
        favourites = self._directory.favourites(
            here.period, [line.key for line in lines if line.now.events], "team"
        )
        return here, figures, teams_of(lines, here.selection, favourites), favourites


def teams_page(
    site: Site,
    visit: Visit,
    *,
    entered: str = "",
    error: str = "",
) -> Response:
    """Return the page of all teams, with the form for a new one as it was refused where it was.

    Args:
        site: The workspace's pages.
        visit: Who looks.
        entered: The name that was refused.
        error: Why.
    """
    visit.principal.require(Permission.READ_ALL)
    links, directory = site.links, site.workspace.directory
    here, problems = read_address(links, TEAMS, visit.request.query_params.multi_items(), TEAM_SORTS)
    figures, found = directory.teams(Asked(period=here.period, compare=here.compare))
    connections = site.workspace.connections.all()
    coverage = site.coverage(connections)
    compare = comparing_of(here.period, here.compare, figures, coverage)
    keys = [line.key for line in found if line.now.events]
    favourites = directory.favourites(here.period, keys, "team")
    lines = teams_of(found, here.selection, favourites)
    interval = suited_interval(figures.span)
    table = TeamsTable(
        here=here,
        href=lambda wanted: write_address(links, wanted),
        compare=compare,
        favourites=favourites,
        trends=Trends.of(directory.trends(here.period, interval, keys, "team"), coverage, site)
        if keys
        else Trends({}),
        ways=address("", parameters_of(links, replace(here, selection=Selection()))),
    )
    now, before = sum_of(each for line in lines for each in line.people)
    may_edit = visit.principal.may(Permission.MANAGE_TEAMS)
    return site.page(
        visit,
        "teams.html",
        Heading(title="Teams", active="people", announce=f"{plural(len(lines), 'team')} shown"),
        status=422 if error else 200,
        notices=tuple(Told(title="Part of the address was left out", text=each) for each in problems),
        connections=connections,
        here=here,
        tiles=amount_tiles(now, before, compare, lambda name: write_address(links, here.having(sort=name))),
        columns=table.columns(),
        rows=table.rows(lines),
        totals={"name": "Total"} | amount_cells(now) | {"change": change_cell(now, before, compare)},
        is_empty=not found,
        search=here.selection.search,
        search_keep=[each for each in parameters_of(links, here) if each[0] != "q"],
        keep=[each for each in parameters_of(links, here) if each[0] not in {"period", "from", "to"}],
        all_href=write_address(links, here.having(search="")),
        dissolved=site.workspace.teams.all(dissolved=True) if may_edit else [],
        may_edit=may_edit,
        entered=entered,
        error=error,
        files={form: {"page": write_address(links, here, f"{TEAMS}.{form}")} for form in ("csv", "json")},
        people_href=address("/people", parameters_of(links, replace(here, selection=Selection()))),
        **time_controls(site, here, figures.span),
    )
