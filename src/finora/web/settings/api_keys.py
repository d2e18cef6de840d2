"""Settings → API Keys: the connected providers, and the form that connects one."""

from collections.abc import Iterable

from fastapi import Request
from starlette.responses import Response

from finora.connections import AlreadyConnected, InvalidKeyText
from finora.errors import FinoraError
from finora.providers.errors import ProviderError
from finora.providers.registry import UnknownProvider
from finora.web.figures.explanation import explained
from finora.web.settings.keeping import API_KEYS, keeper, may_keep, reader, record, view_of
from finora.web.settings.tabs import settings_tabs
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.wire.forms import Fields, Sent


class ApiKeys:
    """The list of connections."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (
            Route("GET", API_KEYS, self.list),
            Route("POST", API_KEYS, self.connect),
            Route("GET", f"{API_KEYS}/{{connection_id}}/row", self.row),
            Route("POST", f"{API_KEYS}/{{connection_id}}/sync", self.sync),
        )

    def list(self, request: Request) -> Response:
        """Show what is connected."""
        return self._page(reader(self._site, request))

    def row(self, request: Request, connection_id: str) -> Response:
        """Show one connection anew, while it is read."""
        site, visit = self._site, reader(self._site, request)
        connected = site.workspace.connections.all()
        return site.rendered(
            request,
            "api_key_row.html",
            connection=view_of(site, site.workspace.connections.get(connection_id)),
            fresh=site.freshness(connected),
            may_manage=may_keep(visit),
            csrf=site.gate.csrf_token(request),
        )

    def connect(self, request: Request, form: Sent) -> Response:
        """Check a key live and keep it."""
        site, visit = self._site, keeper(self._site, request, form)
        try:
            made = site.workspace.connections.connect(
                form.text("provider"),
                form.text("name"),
                dict(form.pairs),
                by=visit.principal.email,
                confirm=form.is_on("confirm"),
            )
        except (InvalidKeyText, ProviderError, AlreadyConnected, UnknownProvider) as problem:
            return self._page(visit, form=form, problem=problem)
        record(
            site,
            visit,
            "connection.created",
            made,
            {"provider": made.provider, "key": f"…{made.key_last4}"},
        )
        site.workspace.schedule.request(made.id)
        return site.go(API_KEYS, "connected", made.name)

    def sync(self, request: Request, connection_id: str, form: Sent) -> Response:
        """Read a connection now."""
        keeper(self._site, request, form)
        self._site.workspace.schedule.request(connection_id)
        return self._site.go(API_KEYS)

    def _page(
        self, visit: Visit, *, form: Fields | None = None, problem: FinoraError | None = None
    ) -> Response:
        site, entered = self._site, form or Fields()
        connected = site.workspace.connections.all()
        providers = site.workspace.providers
        chosen = providers.get(entered.text("provider")) or next(iter(providers.values()))
        return site.page(
            visit,
            "api_keys.html",
            Heading(title="Settings", active="settings"),
            status=problem.status if problem else 200,
            connections=connected,
            rows=[view_of(site, each) for each in connected],
            tabs=settings_tabs(visit.principal, API_KEYS),
            may_manage=may_keep(visit),
            providers=[{"value": each.key, "label": each.label} for each in providers.values()],
            provider=chosen,
            name=entered.text("name"),
            problem=explained(problem),
            ask_to_confirm=isinstance(problem, AlreadyConnected),
        )
