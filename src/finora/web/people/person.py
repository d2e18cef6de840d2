"""A page a person: what they did and what they cost, and for who may change it, their team."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.people import Asked, Kind, Somebody
from finora.spend.catalog import NONE
from finora.web.address.links import View, address, measured, person_path, regrouped, team_path
from finora.web.people.address import ListingAddress, parameters_of, read_address
from finora.web.people.parts import amount_tiles, comparing_of, time_controls
from finora.web.people.profile import EVENT_COLUMNS, Profile
from finora.web.people.table import day_text
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told
from finora.web.wire.forms import Sent

ONE = "/people/{key:path}"
AS_PROVIDED, IN_NONE = "as-provided", "no-team"

_STATES = {
    "active": ("Active", "good", "Caused an event within the last 30 days"),
    "idle": ("Idle", "caution", "Caused no event within the last 30 days"),
    "removed": ("Removed", "neutral", "The provider no longer lists them as a member"),
}


class Person:
    """The page of one person."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes. They stand after the files of the list, which a key would else be taken for."""
        return (Route("GET", ONE, self.show), Route("POST", ONE, self.move))

    def show(self, request: Request, key: str) -> Response:
        """Show a person; who may see their own usage only finds nobody else."""
        visit = self._site.visit(request)
        return person_page(self._site, visit, key)

    def move(self, request: Request, key: str, form: Sent) -> Response:
        """Put a person into the team that was chosen."""
        visit = self._site.visit_that_changes(request, form)
        visit.principal.require(Permission.MANAGE_TEAMS)
        who = self._site.workspace.directory.somebody(key)
        chosen = form.text("team")
        team = None if chosen == AS_PROVIDED else "" if chosen == IN_NONE else chosen
        self._site.workspace.teams.move(visit.principal, [who.key], team, address=visit.address)
        now = self._site.workspace.directory.somebody(who.key)
        return self._site.go(person_path(who.key), "person_moved", who.name, now.team_label)


def own_page(site: Site, visit: Visit) -> Response:
    """Return the page of a reader who may see their own usage only."""
    return person_page(site, visit, visit.principal.email)


def person_page(site: Site, visit: Visit, key: str) -> Response:
    """Return somebody's page.

    Raises:
        PersonNotFound: Nobody has that key, or somebody whom the reader may not see.
    """
    here, problems = read_address(site.links, person_path(key), visit.request.query_params.multi_items())
    asked = Asked(period=here.period, compare=here.compare, own=visit.own)
    who, figures = site.workspace.directory.line(key, asked)
    here = ListingAddress(path=person_path(who.key), period=here.period, compare=here.compare)
    (line,) = figures.lines
    connections = site.workspace.connections.all()
    coverage = site.coverage(connections)
    compare = comparing_of(here.period, here.compare, figures, coverage)
    profile = Profile(
        site=site, visit=visit, here=here, dimension="person", key=who.key, by="model", now=line.now
    )

    def measuring(name: str) -> str | None:
        if name in {"seats", "total"}:
            return None
        return site.links.explore(View(query=measured(regrouped(profile.query, "model"), name)))

    return site.page(
        visit,
        "people_person.html",
        Heading(title=who.name, active="people"),
        notices=tuple(Told(title="Part of the address was left out", text=each) for each in problems),
        connections=connections,
        who=who,
        facts=_facts(site, who, visit),
        state=_STATES.get(who.state.value) if who.state else None,
        is_account=who.kind is Kind.SERVICE_ACCOUNT,
        is_somebody=who.is_somebody,
        all_href=None if visit.own else f"/people{address('', parameters_of(site.links, here))}",
        tiles=amount_tiles(line.now, line.before, compare, measuring),
        keep=_kept(site, here),
        here=here,
        event_columns=[each for each in EVENT_COLUMNS if each["key"] != "person"],
        choices=_team_choices(site, who)
        if who.is_somebody and "@" in who.key and visit.principal.may(Permission.MANAGE_TEAMS)
        else [],
        **profile.content(figures.span, coverage),
        **time_controls(site, here, figures.span),
    )


def _kept(site: Site, here: ListingAddress) -> list[tuple[str, str]]:
    parameters = parameters_of(site.links, replace(here, page=1))
    return [each for each in parameters if each[0] not in {"period", "from", "to"}]


def _facts(site: Site, who: Somebody, visit: Visit) -> list[tuple[str, str, str]]:
    """Return name, text and address of what is known of somebody."""
    today = site.now().astimezone(site.zone).date()
    found = [("E-mail address", who.key if "@" in who.key else "", "")]
    team_href = team_path(who.team) if who.team != NONE and visit.own is None else ""
    team = who.team_label + (" (by hand)" if who.by_hand else "")
    found += [
        ("Team", team if who.is_somebody else "", team_href),
        ("Role", who.role.replace("-", " ").capitalize(), ""),
        ("Last active", day_text(who.last_active, today) if who.last_active else "Never", ""),
    ]
    return [each for each in found if each[1]]


def _team_choices(site: Site, who: Somebody) -> list[dict[str, Any]]:
    """Return the teams to choose from, the present one chosen."""
    chosen = AS_PROVIDED if not who.by_hand else IN_NONE if who.team == NONE else who.team
    choices = [
        {"value": AS_PROVIDED, "label": "As the provider says"},
        {"value": IN_NONE, "label": "No team"},
        *({"value": team.key, "label": team.label} for team in site.workspace.teams.all()),
    ]
    return [each | {"chosen": each["value"] == chosen} for each in choices]
