"""The page of one connection: what its key can do, how it is read, what was revised, and whether it agrees with the bill."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.connections import Connection
from finora.sync import HeldEventRow
from finora.sync.errors import HeldEventNotFound, NoticeNotFound
from finora.web.figures.formats import day
from finora.web.settings import connection_tables as tables
from finora.web.settings import reconciliation
from finora.web.settings.keeping import API_KEYS, keeper, may_keep, reader, record, view_of
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site
from finora.web.wire.forms import Sent

_ONE = f"{API_KEYS}/{{connection_id}}"
_MOST_SYNCS = 15
_MOST_REVISIONS = 50


class ConnectionPage:
    """All about one connection."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", _ONE, self.show),
            Route("POST", f"{_ONE}/held/{{held_id}}", self.decide),
            Route("POST", f"{_ONE}/notices/{{notice_id}}/dismiss", self.dismiss),
        )

    def show(self, request: Request, connection_id: str) -> Response:
        """Show the page."""
        site, visit = self._site, reader(self._site, request)
        connection = site.workspace.connections.get(connection_id)
        view = view_of(site, connection)
        return site.page(
            visit,
            "connection.html",
            Heading(title=view.name, active="settings"),
            connection=view,
            may_manage=may_keep(visit),
            **self._content(connection, whole=request.query_params.get("members") == "all"),
        )

    def decide(self, request: Request, connection_id: str, held_id: str, form: Sent) -> Response:
        """Accept or reject an event held aside; the day of an accepted one is read once more."""
        site, visit = self._site, keeper(self._site, request, form)
        connection = site.workspace.connections.get(connection_id)
        held = self._held(connection_id, held_id)
        accept = form.is_on("accept")
        site.workspace.held.decide(held.id, accept=accept, by=visit.principal.email)
        act = "held_event.accepted" if accept else "held_event.rejected"
        record(site, visit, act, connection, {"reason": held.reason, "id": held.id})
        if not site.workspace.held.count_open(connection_id):
            site.workspace.notices.clear(connection_id, "held")
        word = "held_accepted" if accept else "held_rejected"
        return site.go(f"{API_KEYS}/{connection_id}", word)

    def dismiss(self, request: Request, connection_id: str, notice_id: str, form: Sent) -> Response:
        """Take a notice off the pages."""
        keeper(self._site, request, form)
        with suppress(NoticeNotFound):  # it was taken back while somebody looked at it, which is as well
            self._site.workspace.notices.dismiss(connection_id, notice_id)
        return self._site.go(f"{API_KEYS}/{connection_id}", "dismissed")

    def _held(self, connection_id: str, held_id: str) -> HeldEventRow:
        for held in self._site.workspace.held.open(connection_id):
            if held.id == held_id:
                return held
        raise HeldEventNotFound("This event was decided about already, or is of another connection.")

    def _content(self, connection: Connection, *, whole: bool) -> dict[str, Any]:
        site, workspace = self._site, self._site.workspace
        now, zone = site.now(), site.zone
        return {
            "reading": self._reading(connection),
            "findings": [each for each in workspace.notices.open() if each.connection_id == connection.id],
            "held": tables.held_rows(workspace.held.open(connection.id), zone),
            "capabilities": tables.capability_rows(connection.capabilities),
            "capability_columns": tables.CAPABILITY_COLUMNS,
            "syncs": tables.sync_rows(workspace.runs.history(connection.id, _MOST_SYNCS), now, zone),
            "sync_columns": tables.SYNC_COLUMNS,
            "revisions": tables.revision_rows(
                workspace.store.revisions(connection.number, _MOST_REVISIONS), now, zone
            ),
            "revision_columns": tables.REVISION_COLUMNS,
            "cycles": [
                reconciliation.cycle_panel(cycle, connection.id, self._site.links, zone, whole=whole)
                for cycle in workspace.reconciler.cycles(connection.id)
            ],
        }

    def _reading(self, connection: Connection) -> tuple[tuple[str, str], ...]:
        site = self._site
        settings, spans = site.workspace.settings, site.coverages.spans(connection.number)
        latest = site.workspace.runs.latest(connection.id)
        begins = connection.history_start
        pace = settings.cursor_requests_per_minute
        return (
            ("Read back to", day(spans[0].start, site.zone) if spans else "nothing yet"),
            ("History begins", day(begins, site.zone) if begins else "not before what was read"),
            ("Pace kept", f"{pace} requests a minute" if pace else "none"),
            ("Requests of the last sync", f"{latest.requests:,}" if latest else "none yet"),
        )
