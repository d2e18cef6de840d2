"""Turns: whoever asks much at once waits for their own answers, not everybody else for theirs.

Answers are worked on by a number of threads that all share. Without turns one person's script, or a dashboard that asks for
forty things, would hold all of them.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from finora.values.asker import asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

AT_ONCE: Final = 6
"""How many requests of one asker are worked on at once; as many as a browser makes of one host."""
_FREE: Final = ("/static/", "/healthz", "/readyz", "/metrics")
"""Where no thread is held for long, and no turn is waited for."""
_MOST_KNOWN: Final = 10_000
"""Of how many tokens and sessions it is remembered whose they are."""


class FairTurns:
    """ASGI middleware that lets each person have a few requests worked on at once, in the order in which they came.

    Args:
        app: What is asked.
        credential: Returns what a request proves itself with; empty where it does not.
        whose: Returns who that is, or raises where it is nobody; asked in a thread, once a credential.
    """

    def __init__(
        self, app: ASGIApp, credential: Callable[[Request], str], whose: Callable[[Request], str]
    ) -> None:
        self._app = app
        self._credential = credential
        self._whose = whose
        self._known: dict[int, str] = {}
        self._asking: dict[int, asyncio.Task[str | None]] = {}
        self._turns: dict[str, _Turns] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        asker = await self._asker(Request(scope))
        if asker is None:
            await self._app(scope, receive, send)
            return
        async with self._turn(asker):
            with asking(asker):
                await self._app(scope, receive, send)

    async def _asker(self, request: Request) -> str | None:
        """Return who asks, with whichever of their tokens and sessions; nothing secret is kept.

        Whoever is nobody gets nothing that takes long, and has no turns: all behind one address would share them, and one who
        does not end a request would keep the others from signing in.
        """
        credential = self._credential(request)
        if not credential:
            return None
        key = hash(credential)
        if key not in self._known:
            # Once for all that come at the same time, who then go on in their order.
            if key not in self._asking:
                self._asking[key] = asyncio.create_task(self._ask(key, request))
            return await asyncio.shield(self._asking[key])
        return self._known[key]

    async def _ask(self, key: int, request: Request) -> str | None:
        try:
            asker = await asyncio.to_thread(self._whose, request)
        except Exception:  # noqa: BLE001 - nobody, or nobody knows; the gate says which, where errors are answered
            return None
        finally:
            del self._asking[key]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = asker
        return asker

    @asynccontextmanager
    async def _turn(self, asker: str) -> AsyncIterator[None]:
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
