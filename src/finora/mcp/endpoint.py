"""`POST /mcp`: the streamable HTTP transport, without sessions.

An assistant proves itself by an API token in each request, never by a browser's cookie. There is nothing to be told
unasked, so there is no stream to open with GET and no session to end with DELETE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from finora.errors import FinoraError, NotSignedIn

if TYPE_CHECKING:
    from starlette.requests import Request

    from finora.gate import Gate
    from finora.workspace import Workspace

PATH = "/mcp"

_REFUSED = -32001
"""Of the codes that JSON-RPC leaves to servers; MCP gives this one no meaning."""


class Mcp:
    """The address at which assistants ask.

    Args:
        workspace: What they ask.
        gate: Who may ask.

    Attributes:
        router: The one route.
    """

    def __init__(self, workspace: Workspace, gate: Gate) -> None:
        self._workspace = workspace
        self._gate = gate
        self.router = APIRouter(include_in_schema=False)
        self.router.add_route(PATH, self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(self._admit, request, body)
        except FinoraError as problem:
            return _refusal(problem)

    def _admit(self, request: Request, body: bytes) -> Response:
        """Return the answer to a request of somebody who may ask; runs in a thread, as the first import takes long."""
        self._gate.refuse_foreign(request)
        if not request.headers.get("authorization"):
            raise NotSignedIn(
                "Send an API token as “Authorization: Bearer …”. Issue one in Finora under Settings → Account."
            )
        principal = self._gate.principal(request)

        from finora.mcp.assistant import Assistant  # noqa: PLC0415 - see the room's own words
        from finora.mcp.exchange import Exchange  # noqa: PLC0415 - as above

        return Exchange(Assistant(self._workspace, principal), body)


def _refusal(problem: FinoraError) -> Response:
    """Return an error as assistants' programs read it: as one of JSON-RPC, with the status the API would give."""
    headers = {"WWW-Authenticate": 'Bearer realm="Finora"'} if problem.status == 401 else {}
    error = {
        "code": _REFUSED,
        "message": f"{problem.title}: {problem.message}",
        "data": {"code": problem.code},
    }
    body = msgspec.json.encode({"jsonrpc": "2.0", "id": None, "error": error})
    return Response(body, problem.status, headers, media_type="application/json")
