"""`finora mcp` holds the data directory for no longer than a question takes, whatever becomes of the question."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import pytest
from mcp import MCPError

from finora.mcp.relay import Relay, Unreachable
from support.running import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send


@dataclass
class Somewhere:
    """A place that counts how often it is reached and left."""

    url: str
    token: str = "any"
    told: list[str] = field(default_factory=list)

    @contextmanager
    def reached(self) -> Iterator[Somewhere]:
        self.told.append("reached")
        try:
            yield self
        finally:
            self.told.append("left")


def test_a_question_that_is_given_up_leaves_nothing_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = Somewhere(f"http://127.0.0.1:{silent.getsockname()[1]}")

        async def given_up() -> None:
            with anyio.move_on_after(0.5) as waiting:
                await Relay(place.reached).call("ask_finora", {"question": "spend"})
            assert waiting.cancelled_caught

        anyio.run(given_up)
    assert place.told == ["reached", "left"]


def test_where_nothing_answers_every_kind_of_request_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    place = Somewhere(url)
    relay = Relay(place.reached)
    for asking in (relay.tools, relay.resources, lambda: relay.read("finora://catalog")):
        with pytest.raises(Unreachable, match="Nothing answers at http"):
            anyio.run(asking)
    assert place.told == ["reached", "left"] * 3


def test_where_something_else_answers_the_assistant_is_told_and_gets_no_page() -> None:
    async def other(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"<h1>Welcome to nginx</h1>"})

    with served(other) as url:
        relay = Relay(Somewhere(url).reached)
        with pytest.raises(MCPError):
            anyio.run(relay.tools)
        result = anyio.run(relay.call, "ask_finora", {"question": "spend"})
    assert result.is_error
    assert "nginx" not in str(result.content)
    assert "FINORA_URL" in str(result.content)
