"""`/healthz`, `/readyz`, `/metrics` and the server's proof: for whoever runs Finora. Nothing names a person or an amount."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from finora.api.access import TheGate, TheWorkspace
from finora.api.documents import Document
from finora.api.shapes import connection_state
from finora.errors import FinoraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from finora.workspace import Workspace

_LOG = logging.getLogger(__name__)

Challenge = Annotated[str, Query(min_length=16, max_length=128, pattern="^[A-Za-z0-9_-]+$")]


class ProofDocument(Document):
    """What the server makes of a challenge; empty where it has no operator."""

    proof: str


router = APIRouter(tags=["Operating"])


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """Say that the process answers."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse)
async def readyz(request: Request, response: Response) -> str:
    """Say whether the databases answer.

    They are asked in a thread of another pool than that of questions, which may all be at work.
    """
    workspace: Workspace = request.app.state.workspace
    try:
        await asyncio.to_thread(_read_something, workspace)
    except FinoraError as problem:
        _LOG.warning("The databases do not answer: %s", problem.message)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is the same, and only the log says more
        _LOG.exception("The databases do not answer")
    else:
        return "ready"
    response.status_code = 503
    return "The databases do not answer."


def _read_something(workspace: Workspace) -> None:
    workspace.connections.all()
    workspace.store.revisions(0, limit=1)  # unlike most of what it says, never remembered, but read


@router.get("/api/v1/operator")
def operator(gate: TheGate, challenge: Challenge) -> ProofDocument:
    """Prove to a command on this machine that this is the server it means, before the command says anything."""
    return ProofDocument(proof=gate.proof(challenge))


@router.get("/metrics")
def metrics(workspace: TheWorkspace) -> Response:
    """Return figures about syncing for Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Syncing(workspace))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Syncing:
    """Figures about connections, read when asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        workspace = self._workspace
        events = GaugeMetricFamily("finora_events", "Events stored", labels=["connection"])
        through = GaugeMetricFamily(
            "finora_data_through_seconds", "How far data reaches, as epoch", labels=["connection"]
        )
        state = GaugeMetricFamily(
            "finora_connection_state", "1 for the state it is in", labels=["connection", "state"]
        )
        for connection in workspace.connections.all():
            events.add_metric([connection.id], workspace.store.count(connection.number).events)
            covered = workspace.store.covered(connection.number)
            if covered:
                through.add_metric([connection.id], covered[-1].end.timestamp())
            now, _reason = connection_state(connection, workspace.runs.latest(connection.id))
            state.add_metric([connection.id, now], 1)
        yield from (events, through, state)
