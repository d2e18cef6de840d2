"""Teams: making, renaming, deleting and filling them. Every form is answered with the page it came from."""

import re
from collections.abc import Iterable

from fastapi import Request
from starlette.responses import Response

from finora.errors import FinoraError
from finora.people.errors import InvalidMembers, InvalidTeamName, TeamNameTaken
from finora.web.address.links import team_path
from finora.web.figures.formats import plural
from finora.web.people.team import ONE, team_page
from finora.web.people.teams import TEAMS, teams_page
from finora.web.site.routing import Route
from finora.web.site.site import Site
from finora.web.wire.forms import Sent

_REFUSALS = (InvalidTeamName, TeamNameTaken, InvalidMembers)


class TeamChanges:
    """The forms that change teams."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._teams = site.workspace.teams

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("POST", TEAMS, self.make),
            Route("POST", f"{ONE}/rename", self.rename),
            Route("POST", f"{ONE}/delete", self.delete),
            Route("POST", f"{ONE}/restore", self.restore),
            Route("POST", f"{ONE}/people", self.move),
        )

    def make(self, request: Request, form: Sent) -> Response:
        """Make a team."""
        visit = self._site.visit_that_changes(request, form)
        name = form.text("name")
        try:
            made = self._teams.make(visit.principal, name, address=visit.address)
        except _REFUSALS as problem:
            return teams_page(self._site, visit, entered=name, error=problem.message)
        return self._site.go(team_path(made.key), "team_made", made.label)

    def rename(self, request: Request, key: str, form: Sent) -> Response:
        """Give a team another name."""
        visit = self._site.visit_that_changes(request, form)
        name = form.text("name")
        try:
            renamed = self._teams.rename(visit.principal, key, name, address=visit.address)
        except _REFUSALS as problem:
            return self._refused(request, form, key, "name", problem)
        return self._site.go(team_path(key), "team_renamed", renamed.label)

    def delete(self, request: Request, key: str, form: Sent) -> Response:
        """Delete a team, or dissolve one that a provider has."""
        visit = self._site.visit_that_changes(request, form)
        self._site.workspace.teams.delete(visit.principal, key, address=visit.address)
        return self._site.go(TEAMS, "team_deleted")

    def restore(self, request: Request, key: str, form: Sent) -> Response:
        """Bring a dissolved team back."""
        visit = self._site.visit_that_changes(request, form)
        try:
            restored = self._teams.restore(visit.principal, key, address=visit.address)
        except TeamNameTaken as problem:
            return teams_page(self._site, visit, error=problem.message)
        return self._site.go(team_path(key), "team_restored", restored.label)

    def move(self, request: Request, key: str, form: Sent) -> Response:
        """Put the people whose addresses were entered into a team."""
        visit = self._site.visit_that_changes(request, form)
        emails = [each for each in re.split(r"[\s,;]+", form.text("people")) if each]
        try:
            moved = self._teams.move(visit.principal, emails, key, address=visit.address)
        except _REFUSALS as problem:
            return self._refused(request, form, key, "people", problem)
        team = self._teams.get(key)
        return self._site.go(team_path(key), "people_moved", plural(moved, "person", "people"), team.label)

    def _refused(self, request: Request, form: Sent, key: str, field: str, problem: FinoraError) -> Response:
        visit = self._site.visit(request)
        entered = {field: form.text(field)}
        return team_page(self._site, visit, key, errors={field: problem.message}, entered=entered)
