"""A limit to what a request may carry, so that nobody can fill the memory of a small machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 1_000_000
"""Bytes; the largest body that makes sense is a query with many filters."""


class BodyLimit:
    """ASGI middleware that lets nobody read more of a body than the limit.

    Reading on raises status 413, which is then answered like every other refusal. What never reads the body, such as
    the answer that an address does not exist, is not concerned.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        size = int(announced) if announced.isdecimal() else 0
        arrived = 0

        async def within_limit() -> Message:
            nonlocal arrived
            _refuse_above_limit(size)
            message = await receive()
            arrived += len(message.get("body", b""))
            _refuse_above_limit(arrived)
            return message

        await self._app(scope, within_limit, send)


def _refuse_above_limit(size: int) -> None:
    if size > LARGEST:
        raise HTTPException(413, f"A request carries at most {LARGEST:,} bytes.")
