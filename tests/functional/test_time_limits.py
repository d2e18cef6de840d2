"""A question is not worked on longer than allowed, nor for somebody who has left; what changes something is never broken off."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from finora.api.time_limit import TimeLimit
from finora.errors import FinoraError
from finora.simulator import small
from finora.storage.events.duckdb.reader import Snapshot
from finora.storage.events.duckdb.store import DuckDBEventStore
from finora.values.patience import Patience, present_patience, waiting
from support.running import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send

    from support.running import Running

FOREVER = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE hash(a.range + b.range) = 1"
QUESTION = {"metrics": ["spend"], "dimensions": ["model"], "period": "all"}


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("limits") / "data"
    with running(small(), folder, query_seconds=1, export_seconds=1) as served:
        served.connect("Acme")
        yield served


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("patient") / "data"
    with running(small(), folder, query_seconds=3600) as served:
        served.connect("Acme")
        yield served


class Slowly:
    """Makes every statement about events one that does not end, and tells what became of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ends: list[BaseException | None] = []
        self.began = threading.Event()
        self.ended = threading.Event()
        execute = Snapshot.fetch

        def fetch(snapshot: Snapshot, statement: Any) -> list[tuple[object, ...]]:  # noqa: ANN401 - as it is
            self.began.set()
            try:
                found = execute(snapshot, type(statement)(FOREVER))
            except BaseException as problem:
                self.ends.append(problem)
                raise
            finally:
                self.ended.set()
            return found

        monkeypatch.setattr(Snapshot, "fetch", fetch)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Slowly:
    return Slowly(monkeypatch)


def test_a_question_that_takes_too_long_is_ended_with_what_to_do(finora: Running, slowly: Slowly) -> None:
    """Else a few such questions keep everybody else waiting."""
    begun = time.monotonic()
    answer = finora.admin.post("/api/v1/query", json=QUESTION)
    assert time.monotonic() - begun < 10
    assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
    assert "FINORA_QUERY_SECONDS" in answer.json()["detail"]
    assert "shorter period" in answer.json()["detail"]
    assert slowly.ended.is_set()


def test_an_assistant_s_question_that_takes_too_long_is_ended_with_what_to_do(
    finora: Running, slowly: Slowly
) -> None:
    call = {"name": "query_spend", "arguments": QUESTION}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    begun = time.monotonic()
    result = finora.admin.post("/mcp", json=body).json()["result"]
    assert time.monotonic() - begun < 10
    assert result["isError"]
    assert "FINORA_QUERY_SECONDS" in result["content"][0]["text"]
    assert slowly.ended.is_set()


def test_a_page_that_takes_too_long_says_so(finora: Running, slowly: Slowly) -> None:
    answer = finora.admin.get("/explore?period=all&by=person")
    assert answer.status_code == 503
    assert "1 seconds" in answer.text
    assert slowly.ends


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_work_ends_when_who_asked_has_left(patient: Running, slowly: Slowly, method: str) -> None:
    """Else every page that somebody clicks away keeps a processor busy until its answer is thrown away."""
    body = b'{"metrics": ["spend"], "period": "7d"}' if method == "POST" else b""
    path = {"GET": "/explore?period=7d", "POST": "/api/v1/query"}[method]
    headers = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: {patient.admin.headers['authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(patient.url).port or 0)) as client:
        client.sendall(headers.encode() + body)
        assert slowly.began.wait(10)
        assert not slowly.ended.wait(0.3)
    assert slowly.ended.wait(10)
    assert slowly.ends


def test_what_answers_in_time_is_not_touched(finora: Running) -> None:
    assert finora.admin.post("/api/v1/query", json=QUESTION).status_code == 200
    assert finora.admin.get("/explore").status_code == 200
    assert len(finora.admin.get("/api/v1/export?format=csv&period=all").content) > 10_000


def test_a_body_that_never_comes_costs_nothing_and_keeps_nobody_waiting() -> None:
    """Else a thousand such connections, which anybody may open, keep a processor busy for as long as they like."""
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, _send: Send) -> None:
        asked.append(scope["method"])
        if scope["method"] == "POST":
            await receive()

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(_message: Message) -> None: ...

    async def story() -> None:
        limit = TimeLimit(app, seconds=0, file_seconds=0)
        await asyncio.wait_for(
            limit({"type": "http", "method": "GET", "path": "/healthz", "headers": []}, never, send), 5
        )
        waiting = asyncio.create_task(
            limit({"type": "http", "method": "POST", "path": "/mcp", "headers": []}, never, send)
        )
        await asyncio.sleep(0.3)
        others = [task for task in asyncio.all_tasks() if task not in {waiting, asyncio.current_task()}]
        assert others == []
        waiting.cancel()

    asyncio.run(story())
    assert asked == ["GET", "POST"]


@pytest.mark.parametrize(
    ("method", "path", "ends"),
    [("POST", "/api/v1/connections", False), ("DELETE", "/people/x", False), ("GET", "/events", True)],
)
def test_what_changes_something_is_never_broken_off(method: str, path: str, *, ends: bool) -> None:
    """Else a key is stored and its connection is not, because somebody closed a tab."""
    ended: list[bool] = []

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0.2)
        try:
            present_patience().check()
        except FinoraError:
            ended.append(True)

    async def asked() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(_message: Message) -> None: ...

        scope = {"type": "http", "method": method, "path": path, "headers": []}
        await TimeLimit(app, seconds=0, file_seconds=0)(scope, receive, send)

    asyncio.run(asyncio.wait_for(asked(), 10))
    assert ended == [True] * ends


@pytest.mark.parametrize(("path", "ends"), [("/api/v1/export", True), ("/explore", False)])
def test_a_file_that_nobody_takes_is_broken_off_as_well(path: str, *, ends: bool) -> None:
    """Else whoever stops reading keeps a state of the event store open for as long as they like; pages hold none by then."""
    told: list[str] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        except FinoraError as problem:
            told.append(problem.code)

    async def asked() -> None:
        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def stalled(_message: Message) -> None:
            await asyncio.sleep(0.5)

        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        await TimeLimit(app, seconds=0, file_seconds=0)(scope, receive, stalled)

    asyncio.run(asyncio.wait_for(asked(), 10))
    assert told == ["took_too_long"] * ends


def test_a_file_is_broken_off_where_it_takes_too_long(tmp_path: Path) -> None:
    """The engine stops between two batches as well, where nothing is under way."""
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    patience = Patience()
    with waiting(patience), store.snapshot() as reader:
        from finora.spend.statement import Statement

        batches = reader.stream(Statement("SELECT range FROM range(1000000)"), 1000)
        assert next(batches).num_rows > 0
        patience.end(TimeoutError("too long"))
        with pytest.raises(TimeoutError, match="too long"):
            list(batches)
    store.close()
