"""Changing a connection: its key, its name, whether it is refreshed, and its end."""

from collections.abc import Iterable

from fastapi import Request
from starlette.responses import Response

from finora.connections import DifferentTeam, InvalidKeyText
from finora.errors import FinoraError
from finora.providers.errors import ProviderError
from finora.providers.registry import provider_named
from finora.web.figures.explanation import explained
from finora.web.settings.keeping import API_KEYS, keeper, record, revoke_hint, view_of
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.wire.forms import Sent

_ONE = f"{API_KEYS}/{{connection_id}}"


class ApiKeyChanges:
    """What is done with one connection."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._connections = site.workspace.connections

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", f"{_ONE}/update", self.ask_for_key),
            Route("POST", f"{_ONE}/update", self.rotate),
            Route("GET", f"{_ONE}/remove", self.ask_to_remove),
            Route("POST", f"{_ONE}/remove", self.remove),
            Route("POST", f"{_ONE}/pause", self.pause),
            Route("POST", f"{_ONE}/name", self.rename),
        )

    def ask_for_key(self, request: Request, connection_id: str) -> Response:
        """Ask for a new key."""
        return self._key_page(keeper(self._site, request), connection_id)

    def rotate(self, request: Request, connection_id: str, form: Sent) -> Response:
        """Check a new key live and put it in the old one's place."""
        visit = keeper(self._site, request, form)
        try:
            found = self._connections.rotate(connection_id, dict(form.pairs), confirm=form.is_on("confirm"))
        except (InvalidKeyText, ProviderError, DifferentTeam) as problem:
            return self._key_page(visit, connection_id, problem)
        record(self._site, visit, "connection.key_rotated", found, {"key": f"…{found.key_last4}"})
        self._site.workspace.schedule.request(found.id)
        return self._site.go(API_KEYS, "rotated", found.name, revoke_hint(self._site, found))

    def ask_to_remove(self, request: Request, connection_id: str) -> Response:
        """Ask whether to remove a connection, and its history too."""
        visit = keeper(self._site, request)
        connection = view_of(self._site, self._connections.get(connection_id))
        heading = Heading(title="Remove a connection", active="settings")
        return self._site.page(visit, "api_key_remove.html", heading, connection=connection)

    def remove(self, request: Request, connection_id: str, form: Sent) -> Response:
        """Delete the credential at once and for good, and the history too if asked to."""
        visit = keeper(self._site, request, form)
        delete_history = form.is_on("delete_history")
        removed = self._connections.remove(connection_id, delete_history=delete_history)
        self._site.workspace.notices.clear(connection_id)
        history = "deleted" if delete_history else "kept"
        record(self._site, visit, "connection.removed", removed, {"history": history})
        return self._site.go(API_KEYS, f"removed_{history}", removed.name, revoke_hint(self._site, removed))

    def pause(self, request: Request, connection_id: str, form: Sent) -> Response:
        """Stop or resume the refreshes."""
        visit, paused = keeper(self._site, request, form), form.is_on("paused")
        found = self._connections.pause(connection_id, paused=paused)
        act = "paused" if paused else "resumed"
        record(self._site, visit, f"connection.{act}", found)
        return self._site.go(f"{API_KEYS}/{connection_id}", act, found.name)

    def rename(self, request: Request, connection_id: str, form: Sent) -> Response:
        """Give the connection another name."""
        visit = keeper(self._site, request, form)
        found = self._connections.rename(connection_id, form.text("name"))
        record(self._site, visit, "connection.renamed", found)
        return self._site.go(f"{API_KEYS}/{connection_id}", "renamed", found.name)

    def _key_page(self, visit: Visit, connection_id: str, problem: FinoraError | None = None) -> Response:
        connection = self._connections.get(connection_id)
        return self._site.page(
            visit,
            "api_key_update.html",
            Heading(title=f"Update the key of {connection.name}", active="settings"),
            status=problem.status if problem else 200,
            connection=view_of(self._site, connection),
            provider=provider_named(self._site.workspace.providers, connection.provider),
            problem=explained(problem),
            ask_to_confirm=isinstance(problem, DifferentTeam),
        )
