"""One request of an assistant, and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import Response

from finora.mcp.server import new_server

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from finora.mcp.server import Answers


class Exchange(Response):
    """The response to one HTTP request, which may hold any message of the protocol.

    Each has a server of its own, which knows who asks; nothing is kept from one request to the next.

    Args:
        answers: What whoever asks gets.
        asked: The request's body.
    """

    def __init__(self, answers: Answers, asked: bytes) -> None:
        super().__init__()
        self._answers = answers
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        manager = StreamableHTTPSessionManager(new_server(self._answers), json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, self._again(receive), send)

    def _again(self, receive: Receive) -> Receive:
        """Return what gives the body, which was read already, once more."""
        pending: list[Message] = [{"type": "http.request", "body": self._asked, "more_body": False}]

        async def next_message() -> Message:
            return pending.pop() if pending else await receive()

        return next_message
