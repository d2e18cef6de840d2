"""Turns: whoever asks much at once waits for their own answers, not everybody else for theirs.

Answers are worked on by a number of threads that all share. Without turns one person's script, or a dashboard that asks for
forty things, would hold all of them.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.requests import HTTPConnection

from finora.gate import SESSION_COOKIE, cookie_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Receive, Scope, Send

AT_ONCE: Final = 6
"""How many requests of one asker are worked on at once; as many as a browser makes of one host."""
_FREE: Final = ("/static/", "/healthz", "/readyz", "/metrics")
"""Where no thread is held for long, and no turn is waited for."""


class FairTurns:
    """ASGI middleware that lets each asker have a few requests worked on at once, in the order in which they came."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turns: dict[int, _Turns] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        asker = _asker(scope)
        if asker is None:
            await self._app(scope, receive, send)
            return
        async with self._turn(asker):
            await self._app(scope, receive, send)

    @asynccontextmanager
    async def _turn(self, asker: int) -> AsyncIterator[None]:
        turns = self._turns.setdefault(asker, _Turns())
        turns.askers += 1
        try:
            async with turns.free:
                yield
        finally:
            turns.askers -= 1
            if not turns.askers:
                del self._turns[asker]


class _Turns:
    """One asker's turns, and how many requests hold one or wait for it."""

    def __init__(self) -> None:
        self.free = asyncio.Semaphore(AT_ONCE)
        self.askers = 0


def _asker(scope: Scope) -> int | None:
    """Return what tells who asks, by token or session; nothing secret is kept.

    Whoever has neither gets nothing that takes long, and has no turns: all behind one address would share them, and one who
    does not end a request would keep the others from signing in.
    """
    request = HTTPConnection(scope)
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    sessions = (request.cookies.get(cookie_name(SESSION_COOKIE, secure=secure)) for secure in (True, False))
    known = next(filter(None, (token, *sessions)), None)
    return None if known is None else hash(known)
