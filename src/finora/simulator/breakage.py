"""Answers that break on the way: a connection closed without a word, a body that stops in the middle."""

import asyncio
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRANSPORT: Final = "finora.simulator.transport"
"""ASGI extension under which the server hands its connection to the application."""


class Dropped(Response):
    """No answer: the connection is reset.

    Without a server that hands over its connection, the application raises ConnectionResetError instead.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Reset the connection."""
        transport = scope.get("extensions", {}).get(TRANSPORT, {}).get("transport")
        if transport is None:
            raise ConnectionResetError("The simulated connection was dropped.")
        transport.abort()
        await asyncio.sleep(0.01)  # lets the server notice, which else would try to answer 500


class CutShort(Response):
    """JSON that stops half-way, with a promise of the whole length and a closed connection when `close`."""

    media_type = "application/json"

    def __init__(self, body: bytes, *, close: bool) -> None:
        super().__init__(body[: len(body) // 2])
        self.close = close
        if close:
            self.headers["content-length"] = str(len(body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the first half."""
        if not self.close:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        transport = scope.get("extensions", {}).get(TRANSPORT, {}).get("transport")
        if transport is None:
            raise ConnectionResetError("The simulated connection was closed half-way.")
        transport.close()
        await asyncio.sleep(0.01)
