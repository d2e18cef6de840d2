"""`/api/v1/connections` and `/api/v1/syncs`: keys and the data that flows through them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from finora.api.access import AllReader, ConnectionKeeper, TheWorkspace, address_of
from finora.api.documents import (
    ConnectionDocument,
    NoticeDocument,
    ReconciliationDocument,
    RevisionDocument,
    SyncDocument,
)
from finora.api.shapes import (
    connection_document,
    notice_document,
    reconciliation_document,
    revision_document,
    sync_document,
)
from finora.errors import BadRequest
from finora.spend.request import moment
from finora.values.period import Span

if TYPE_CHECKING:
    from finora.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["Connections"])

_FARTHEST_BACK = timedelta(days=3650)
"""How far back a sync may be asked to read; each month is a request of an allowance shared with other tools."""


class NewConnection(BaseModel):
    """A provider account to connect."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    # Tighter than any provider's name has to be, so that a key put here by mistake is not repeated.
    provider: str = Field(pattern=r"^[a-z0-9_-]{1,40}$", examples=["cursor"])
    name: str = Field(default="", max_length=200, examples=["Acme"])
    credentials: dict[str, str] = Field(examples=[{"api_key": "…"}])
    confirm: bool = False


class ChangedConnection(BaseModel):
    """What to change: `credentials` rotates the key, `name` renames, `paused` stops or resumes refreshes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    credentials: dict[str, str] | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    paused: bool | None = None
    confirm: bool = False


class WantedSpan(BaseModel):
    """The span to read, RFC 3339; without it, whatever is due."""

    model_config = ConfigDict(extra="forbid")

    start: str | None = None
    end: str | None = None


@router.post("/connections", status_code=201)
def connect(
    body: NewConnection, request: Request, workspace: TheWorkspace, principal: ConnectionKeeper
) -> ConnectionDocument:
    """Check a key live and connect its account; the first sync starts by itself."""
    connection = workspace.connections.connect(
        body.provider, body.name, body.credentials, by=principal.email, confirm=body.confirm
    )
    details = {"provider": connection.provider, "key": f"…{connection.key_last4}"}
    workspace.accounts.record(
        principal, "connection.created", connection.name, details=details, address=address_of(request)
    )
    workspace.schedule.request(connection.id)
    return connection_document(workspace, connection)


@router.get("/connections")
def connections(workspace: TheWorkspace, _principal: AllReader) -> list[ConnectionDocument]:
    """List the connected provider accounts."""
    return [connection_document(workspace, connection) for connection in workspace.connections.all()]


@router.get("/connections/{connection_id}")
def connection(connection_id: str, workspace: TheWorkspace, _principal: AllReader) -> ConnectionDocument:
    """Return one connection."""
    return connection_document(workspace, workspace.connections.get(connection_id))


@router.patch("/connections/{connection_id}")
def change(
    connection_id: str,
    body: ChangedConnection,
    request: Request,
    workspace: TheWorkspace,
    principal: ConnectionKeeper,
) -> ConnectionDocument:
    """Rotate the key, rename, pause or resume."""
    connections = workspace.connections
    found = connections.get(connection_id)

    def record(act: str, **details: str) -> None:
        workspace.accounts.record(principal, act, found.name, details=details, address=address_of(request))

    # First what the provider may refuse, so that a change is made whole or not at all.
    if body.credentials is not None:
        found = connections.rotate(connection_id, body.credentials, confirm=body.confirm)
        workspace.schedule.request(connection_id)
        record("connection.key_rotated", key=f"…{found.key_last4}")
    if body.name is not None:
        found = connections.rename(connection_id, body.name)
        record("connection.renamed")
    if body.paused is not None:
        found = connections.pause(connection_id, paused=body.paused)
        record("connection.paused" if body.paused else "connection.resumed")
    return connection_document(workspace, found)


@router.delete("/connections/{connection_id}", status_code=204)
def remove(
    connection_id: str,
    request: Request,
    workspace: TheWorkspace,
    principal: ConnectionKeeper,
    *,
    delete_history: bool = False,
) -> Response:
    """Delete the credential at once and for good, and the history too if asked to."""
    removed = workspace.connections.remove(connection_id, delete_history=delete_history)
    workspace.notices.clear(connection_id)
    details = {"history": "deleted" if delete_history else "kept"}
    workspace.accounts.record(
        principal, "connection.removed", removed.name, details=details, address=address_of(request)
    )
    return Response(status_code=204)


@router.post("/connections/{connection_id}/sync", status_code=202)
def sync(
    connection_id: str, workspace: TheWorkspace, _principal: ConnectionKeeper, body: WantedSpan | None = None
) -> SyncDocument:
    """Start a sync now."""
    span = _span(body, workspace) if body else None
    return sync_document(workspace.schedule.request(connection_id, span))


@router.get("/connections/{connection_id}/syncs")
def syncs(connection_id: str, workspace: TheWorkspace, _principal: AllReader) -> list[SyncDocument]:
    """List a connection's latest sync runs, newest first."""
    return [sync_document(run) for run in workspace.runs.history(workspace.connections.get(connection_id).id)]


@router.get("/syncs/{sync_id}")
def sync_run(sync_id: str, workspace: TheWorkspace, _principal: AllReader) -> SyncDocument:
    """Return a sync run's progress."""
    return sync_document(workspace.runs.get(sync_id))


@router.get("/connections/{connection_id}/revisions")
def revisions(connection_id: str, workspace: TheWorkspace, _principal: AllReader) -> list[RevisionDocument]:
    """List the reads that changed windows read before, newest first."""
    number = workspace.connections.get(connection_id).number
    return [revision_document(each) for each in workspace.store.revisions(number)]


@router.get("/connections/{connection_id}/reconciliation")
def reconciliation(
    connection_id: str, workspace: TheWorkspace, _principal: AllReader
) -> list[ReconciliationDocument]:
    """Compare Finora's sums with the provider's own, by billing cycle and member."""
    cycles = workspace.reconciler.cycles(workspace.connections.get(connection_id).id)
    return [reconciliation_document(cycle) for cycle in cycles]


@router.get("/connections/{connection_id}/notices")
def notices(connection_id: str, workspace: TheWorkspace, _principal: AllReader) -> list[NoticeDocument]:
    """List what people should know about a connection's data, newest first, dismissed notices as well."""
    found = workspace.notices.of(workspace.connections.get(connection_id).id)
    return [notice_document(each) for each in found]


@router.post("/connections/{connection_id}/notices/{notice_id}/dismiss", status_code=204)
def dismiss(
    connection_id: str, notice_id: str, workspace: TheWorkspace, _principal: ConnectionKeeper
) -> Response:
    """Take a notice off the pages; it comes back only if there is more to tell."""
    workspace.notices.dismiss(connection_id, notice_id)
    return Response(status_code=204)


def _span(body: WantedSpan, workspace: Workspace) -> Span | None:
    if body.start is None and body.end is None:
        return None
    if body.start is None or body.end is None:
        raise BadRequest("A sync needs both start and end, or neither.")
    zone = workspace.settings.zone
    try:
        span = Span(moment(body.start, zone), moment(body.end, zone))
    except ValueError as problem:
        raise BadRequest(f"The span cannot be used: {problem}.") from None
    if span.start < workspace.clock.now() - _FARTHEST_BACK:
        raise BadRequest(f"A sync reads at most {_FARTHEST_BACK.days:,} days back. Let it start later.")
    return span
