"""What the pages about connections share: who may look at them and change them, and what is written down of it."""

from collections.abc import Mapping

from fastapi import Request

from finora.accounts import Permission
from finora.connections import Connection
from finora.web.settings.connection_view import ConnectionView, connection_view
from finora.web.site.site import Site, Visit
from finora.web.wire.forms import Fields

API_KEYS = "/settings/api-keys"


def reader(site: Site, request: Request) -> Visit:
    """Return the visitor who looks at connections.

    Raises:
        NotPermitted: They may not.
    """
    visit = site.visit(request)
    visit.principal.require(Permission.READ_ALL)
    return visit


def keeper(site: Site, request: Request, form: Fields | None = None) -> Visit:
    """Return the visitor who changes connections, or is about to where there is no form yet.

    Raises:
        NotPermitted: They may not.
        ForeignRequest: The form did not come from our own page.
    """
    visit = site.visit(request) if form is None else site.visit_that_changes(request, form)
    visit.principal.require(Permission.MANAGE_CONNECTIONS)
    return visit


def may_keep(visit: Visit) -> bool:
    """Return whether a visitor may change connections."""
    return visit.principal.may(Permission.MANAGE_CONNECTIONS)


def record(
    site: Site, visit: Visit, act: str, connection: Connection, details: Mapping[str, object] | None = None
) -> None:
    """Write what was done with a connection into the audit log."""
    site.workspace.accounts.record(
        visit.principal, act, connection.name, details=details, address=visit.address
    )


def view_of(site: Site, connection: Connection) -> ConnectionView:
    """Return a connection's row."""
    workspace = site.workspace
    return connection_view(
        connection,
        provider=workspace.providers.get(connection.provider),
        run=workspace.runs.latest(connection.id),
        spans=site.coverages.spans(connection.number),
        tally=workspace.store.count(connection.number),
        now=site.now(),
        zone=site.zone,
    )


def revoke_hint(site: Site, connection: Connection) -> str:
    """Return where the customer revokes a key that is no longer needed."""
    provider = site.workspace.providers.get(connection.provider)
    return provider.revoke_hint if provider else ""
