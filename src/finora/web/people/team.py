"""A page a team: what its people did and what they cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.people import Asked, Figures, KnownTeam, Line, Selection, people_of, sum_of
from finora.spend.catalog import NONE
from finora.values.interval import suited_interval
from finora.web.address.links import View, address, measured, regrouped, team_path
from finora.web.figures.coverage import Coverage
from finora.web.figures.formats import plural
from finora.web.figures.headline import Comparing
from finora.web.people.address import ListingAddress, parameters_of, read_address, write_address
from finora.web.people.parts import Trends, amount_tiles, comparing_of, time_controls
from finora.web.people.profile import EVENT_COLUMNS, Profile
from finora.web.people.table import PeopleTable, bar_of
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

ONE = "/teams/{key}"
_MOST = 25
"""People shown on a team's page; all others are one link away."""
_NOBODY = KnownTeam(key=NONE, label="No team", by_hand=False)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Team:
    """The page of one team."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", ONE, self.show),)

    def show(self, request: Request, key: str) -> Response:
        """Show a team."""
        return team_page(self._site, self._site.visit(request), key)


def team_page(
    site: Site,
    visit: Visit,
    key: str,
    *,
    errors: Mapping[str, str] = _NOTHING,
    entered: Mapping[str, str] = _NOTHING,
) -> Response:
    """Return a team's page, with its forms as they were refused where they were.

    Args:
        site: The workspace's pages.
        visit: Who looks.
        key: The team's; `none` for those in no team.
        errors: By field, why a form was refused.
        entered: By field, what was entered.

    Raises:
        TeamNotFound: There is none.
    """
    visit.principal.require(Permission.READ_ALL)
    team = _NOBODY if key == NONE else site.workspace.teams.get(key)
    given = visit.request.query_params.multi_items() if visit.request.method == "GET" else []
    asked_for, problems = read_address(site.links, team_path(key), given)
    here = ListingAddress(path=team_path(key), period=asked_for.period, compare=asked_for.compare)
    figures = site.workspace.directory.figures(Asked(period=here.period, compare=here.compare, team=key))
    coverage = site.coverage(site.workspace.connections.all())
    compare = comparing_of(here.period, here.compare, figures, coverage)
    found = _Found(site=site, here=here, figures=figures, coverage=coverage, compare=compare, key=key)
    now, before = sum_of(found.lines)
    profile = Profile(site=site, visit=visit, here=here, dimension="team", key=key, by="person", now=now)

    def measuring(name: str) -> str | None:
        if name in {"seats", "total"}:
            return None
        return site.links.explore(View(query=measured(regrouped(profile.query, "person"), name)))

    return site.page(
        visit,
        "teams_team.html",
        Heading(title=team.label, active="people"),
        status=422 if errors else 200,
        notices=tuple(Told(title="Part of the address was left out", text=each) for each in problems),
        team=team,
        here=here,
        tiles=amount_tiles(now, before if figures.compared else None, compare, measuring),
        keep=[each for each in parameters_of(site.links, here) if each[0] not in {"period", "from", "to"}],
        all_href=address("/teams", parameters_of(site.links, here)),
        members=found.members(),
        event_columns=list(EVENT_COLUMNS),
        may_edit=visit.principal.may(Permission.MANAGE_TEAMS) and key != NONE,
        errors=errors,
        entered=entered,
        **profile.content(figures.span, coverage),
        **time_controls(site, here, figures.span),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found of a team in a period."""

    site: Site
    here: ListingAddress
    figures: Figures
    coverage: Coverage
    compare: Comparing
    key: str

    @property
    def lines(self) -> list[Line]:
        """Its people, dearest first."""
        return people_of(self.figures.lines, Selection(sort="total"))

    def members(self) -> dict[str, Any]:
        """Return the table of its dearest people; its heads lead to the list of all of them."""
        links, directory = self.site.links, self.site.workspace.directory
        listing = replace(self.here, path="/people", selection=Selection(team=self.key, sort="total"), page=1)
        shown, lines = self.lines[:_MOST], self.lines
        keys = [line.who.key for line in shown if line.now.events]
        interval = suited_interval(self.figures.span)
        table = PeopleTable(
            here=listing,
            href=lambda wanted: write_address(links, wanted),
            compare=self.compare,
            favourites=directory.favourites(self.here.period, keys),
            trends=Trends.of(directory.trends(self.here.period, interval, keys), self.coverage, self.site)
            if keys
            else Trends({}),
            ways=address("", parameters_of(links, self.here)),
            today=self.site.now().astimezone(self.site.zone).date(),
            in_team=True,
        )
        count = sum(line.who.is_somebody for line in lines)
        largest = max((bar_of(line, listing.selection) for line in lines), default=0)
        return {
            "columns": table.columns(),
            "rows": table.rows(shown, largest),
            "totals": table.totals(lines),
            "href": write_address(links, listing),
            "text": plural(count, "person", "people")
            + (f", the {_MOST} dearest shown" if len(lines) > _MOST else ""),
        }
