"""An assistant on standard streams, whose requests are passed on to a Finora that is served over HTTP.

The event store is held by one process, so this one opens none. Where the server is, is found anew for each request: it
may have been started again meanwhile, with another token for this machine's commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio
import httpx2
from anyio import to_thread
from mcp import MCPError, types
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.stdio import stdio_server
from mcp.types import CallToolRequest, CallToolRequestParams, CallToolResult

from finora.errors import FinoraError, NotFound
from finora.mcp.endpoint import PATH
from finora.mcp.server import new_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager

_REVISION = "2026-07-28"
"""Of the protocol, in which a request needs no handshake before it; both ends are of one Finora or near it."""

_T = TypeVar("_T")

_TIMEOUT = httpx2.Timeout(120.0, connect=5.0)


class Unreachable(FinoraError):
    """There is no Finora where it was sought."""

    code = "unreachable"
    status = 502
    title = "Finora cannot be reached"


class Place(Protocol):
    """Where a Finora is, and a token of it."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def token(self) -> str:
        """What to prove oneself with."""
        ...


async def serve_streams(reached: Callable[[], AbstractContextManager[Place]]) -> None:
    """Answer an assistant on the standard streams until it closes them.

    Args:
        reached: Gives the Finora to ask, for as long as one request takes.
    """
    server = new_server(Relay(reached))
    async with stdio_server() as (asked, answered):
        await server.run(asked, answered, server.create_initialization_options())


class Relay:
    """Answers with what another Finora answers.

    One request is passed on at a time, as a data directory that no server holds can be opened once only.

    Args:
        reached: Gives the Finora to ask, for as long as one request takes.
    """

    def __init__(self, reached: Callable[[], AbstractContextManager[Place]]) -> None:
        self._reached = reached
        self._turn = anyio.Lock()

    async def tools(self) -> list[types.Tool]:
        """Return the tools of whoever the token is of."""
        return (await self._passed_on(lambda client: client.list_tools())).tools

    async def call(self, name: str, arguments: Mapping[str, object]) -> CallToolResult:
        """Return a tool's answer; why Finora cannot be asked is one as well, so that the assistant reads it."""
        asked = CallToolRequest(params=CallToolRequestParams(name=name, arguments=dict(arguments)))
        try:
            return await self._passed_on(lambda client: client.session.send_request(asked, CallToolResult))
        except FinoraError as problem:
            return _in_vain(f"{problem.title}: {problem.message}")
        except MCPError as problem:
            why = problem.message.rstrip(".")
            return _in_vain(f"{why}. Look whether FINORA_URL and FINORA_TOKEN are right.")

    async def resources(self) -> list[types.Resource]:
        """Return what can be read."""
        return (await self._passed_on(lambda client: client.list_resources())).resources

    async def read(self, uri: str) -> types.TextResourceContents:
        """Return the contents of a resource."""
        (found,) = (await self._passed_on(lambda client: client.read_resource(uri))).contents
        if not isinstance(found, types.TextResourceContents):
            raise NotFound("This resource is not text.")
        return found

    async def _passed_on(self, ask: Callable[[Client], Awaitable[_T]]) -> _T:
        """Return what Finora answers.

        Raises:
            FinoraError: It cannot be reached.
            MCPError: It refuses.
        """
        async with self._turn:
            context = self._reached()
            # An assistant may give up at any moment; what was opened is closed even so.
            with anyio.CancelScope(shield=True):
                place = await to_thread.run_sync(context.__enter__)
            try:
                return await _asked(place, ask)
            finally:
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(context.__exit__, None, None, None)


async def _asked(place: Place, ask: Callable[[Client], Awaitable[_T]]) -> _T:
    """Return what a Finora answers.

    Errors come out of the connection in groups, which nobody who asks should have to take apart.

    Raises:
        Unreachable: Nothing answers.
        MCPError: It refuses.
    """
    answers: list[_T] = []
    refusals: list[Exception] = []
    headers = {"Authorization": f"Bearer {place.token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=_TIMEOUT, trust_env=False) as http:
        transport = streamable_http_client(f"{place.url}{PATH}", http_client=http)
        try:
            async with Client(transport, mode=_REVISION, cache=None) as client:
                answers.append(await ask(client))
        except* MCPError as problems:
            refusals.append(_first(problems))
        except* httpx2.HTTPError:
            refusals.append(
                Unreachable(
                    f"Nothing answers at {place.url}. Look whether Finora runs there; FINORA_URL says where it is sought."
                )
            )
    for refusal in refusals:
        raise refusal from None
    return answers[0]


def _first(problems: BaseExceptionGroup[BaseException]) -> Exception:
    """Return the first of errors, however they are grouped."""
    found: BaseException = problems
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, Exception) else Unreachable("It was interrupted.")


def _in_vain(why: str) -> CallToolResult:
    return CallToolResult(content=[types.TextContent(text=why)], is_error=True)
