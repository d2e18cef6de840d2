"""A limit to how long a question is worked on: until its time is up, or until who asked has left.

A page that was clicked away, a closed tab and a query that would read for minutes must not keep the machine from
answering others.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from finora.errors import FinoraError
from finora.values.patience import Patience, waiting

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILES: Final = "/api/v1/export"
_QUESTIONS: Final = frozenset({"/api/v1/query", "/api/v1/ask", "/mcp"})
"""Asked with a body, and change nothing."""
_AGAIN_SECONDS: Final = 0.05


class TookTooLong(FinoraError):
    """A question was not answered in the time that the operator allows."""

    code = "took_too_long"
    status = 503
    title = "This takes too long"


class NobodyWaits(FinoraError):
    """Who asked has left; nobody reads this."""

    code = "nobody_waits"
    status = 503
    title = "The question was withdrawn"


class TimeLimit:
    """ASGI middleware that ends the work on questions. What changes something is never broken off.

    Args:
        app: The application.
        seconds: For a question.
        file_seconds: For a file of events.
    """

    def __init__(self, app: ASGIApp, *, seconds: int, file_seconds: int) -> None:
        self._app = app
        self._seconds = seconds
        self._file_seconds = file_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not _asks(scope):
            await self._app(scope, receive, send)
            return
        is_file = scope["path"] == _FILES
        question = _Question(receive, self._file_seconds if is_file else self._seconds, is_file=is_file)
        if scope["method"] != "POST":
            question.begin()
        try:
            with waiting(question.patience):
                await self._app(scope, question.receive, question.in_time(send) if is_file else send)
        finally:
            await question.close()


class _Question:
    """A request that is being answered: takes what comes from who asked, and notices when they leave.

    Its time begins when it is whole, or at once where it has no body to wait for.
    """

    def __init__(self, receive: Receive, seconds: int, *, is_file: bool) -> None:
        self.patience = Patience()
        self._receive = receive
        self._seconds = seconds
        self._ahead: asyncio.Task[Message] | None = None
        self._left = asyncio.Event()
        self._whole = False
        setting = "FINORA_EXPORT_SECONDS" if is_file else "FINORA_QUERY_SECONDS"
        self._over = TookTooLong(
            f"It was not done within {seconds} seconds, which {setting} allows. Ask for a shorter period, for fewer values "
            "or without words to search for."
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._end = asyncio.get_running_loop().time() + seconds

    def begin(self) -> None:
        """Let the time run, and read the one message ahead that a request without a body is made of."""
        self._tasks.append(asyncio.create_task(self._end_after(self._seconds, self._over)))
        self._ahead = asyncio.create_task(self._take())

    async def receive(self) -> Message:
        """Return the next message to the application."""
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            return await ahead
        if self._whole:
            await self._left.wait()
            return {"type": "http.disconnect"}
        return await self._take()

    def in_time(self, send: Send) -> Send:
        """Return what hands on the parts of a file until its time is up: who takes no more must not keep open what it is read from."""

        async def handed_on(message: Message) -> None:
            try:
                async with asyncio.timeout_at(self._end):
                    await send(message)
            except TimeoutError:
                raise self._over from None

        return handed_on

    async def close(self) -> None:
        """Watch no longer."""
        for task in (*self._tasks, self._ahead):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _take(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body") and not self._whole:
            self._whole = True
            if not self._tasks:
                self._tasks.append(asyncio.create_task(self._end_after(self._seconds, self._over)))
            self._tasks.append(asyncio.create_task(self._watch()))
        return message

    async def _watch(self) -> None:
        await self._receive()  # after a whole request there is but one message left: that they disconnected
        self._left.set()
        await self._end_after(0, NobodyWaits("Who asked has left."))

    async def _end_after(self, seconds: int, reason: FinoraError) -> None:
        await asyncio.sleep(seconds)
        self.patience.end(reason)
        # What had just begun may have missed it; what begins from now on sees it by itself.
        while self.patience.is_busy:
            await asyncio.sleep(_AGAIN_SECONDS)
            self.patience.end(reason)


def _asks(scope: Scope) -> bool:
    return scope["method"] in {"GET", "HEAD"} or (scope["method"] == "POST" and scope["path"] in _QUESTIONS)
