"""A provider that answers rubbish: told in plain words, nothing is kept of it, and nothing that was kept is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from finora.simulator import create_app, small
from support.running import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from finora.simulator import Simulation
    from support.running import Running

CONNECTIONS = "/api/v1/connections"
KEY = {"provider": "cursor", "credentials": {"api_key": "crsr_0123456789abcdef"}}


class Turncoat:
    """A simulated Cursor that from some moment on gives the same answer to whatever is asked."""

    def __init__(self, simulated: Simulation) -> None:
        self._cursor = create_app(simulated)
        self.rubbish: tuple[int, bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self.rubbish is None:
            await self._cursor(scope, receive, send)
            return
        status, content = self.rubbish
        headers = {"location": "https://evil.example/", "content-type": "application/json"}
        await Response(content, status, headers=headers)(scope, receive, send)


PAGE: dict[str, Any] = {
    "totalUsageEventsCount": 1,
    "pagination": {
        "numPages": 1,
        "currentPage": 1,
        "pageSize": 100,
        "hasNextPage": False,
        "hasPreviousPage": False,
    },
    "usageEvents": [],
}
CODES = {
    "provider_unexpected_answer",
    "provider_fault",
    "provider_refused_request",
    "inconsistent_read",
}
RUBBISH = {
    "a page of HTML": (200, b"<html><title>Sign in to the Wi-Fi</title></html>"),
    "nothing": (200, b""),
    "half of JSON": (200, b'{"usageEvents": [{"timest'),
    "no object": (200, b"[]"),
    "null": (200, b"null"),
    "an empty object": (200, b"{}"),
    "events that are none": (200, json.dumps(PAGE | {"usageEvents": 5}).encode()),
    "a total that is none": (200, json.dumps(PAGE | {"totalUsageEventsCount": "many"}).encode()),
    "binary": (200, bytes(range(256))),
    "deep nesting": (200, b"[" * 200_000),
    "a redirection": (302, b""),
    "no content": (204, b""),
    "a teapot": (418, b"short and stout"),
    "a fault in HTML": (500, b"<html>oops</html>"),
    "an odd status": (599, b"{}"),
}


def test_rubbish_at_connecting_is_told_and_nothing_is_kept(serve: Callable[..., Running]) -> None:
    cursor = Turncoat(small())
    with served(cursor) as url:
        finora = serve(cursor_base_url=url)
        refuse_rubbish(finora, cursor)


def refuse_rubbish(finora: Running, cursor: Turncoat) -> None:
    for case, cursor.rubbish in RUBBISH.items():
        answer = finora.admin.post(CONNECTIONS, json=KEY)
        assert answer.status_code == 502, (case, answer.text)
        told = answer.json()
        assert told["code"] in CODES, case
        assert "Cursor" in told["detail"]
        assert "crsr_" not in answer.text
        assert "<" not in told["detail"]
    assert finora.admin.get(CONNECTIONS).json() == []


def test_rubbish_while_syncing_fails_the_run_and_keeps_what_is_there(serve: Callable[..., Running]) -> None:
    simulated = small()
    cursor = Turncoat(simulated)
    with served(cursor) as url:
        finora = serve(simulated, cursor_base_url=url)
        connection = finora.connect()
        before = finora.ask(metrics=["usage_value", "events"], period="all")["totals"]
        for case in ("a page of HTML", "an empty object", "half of JSON", "deep nesting"):
            cursor.rubbish = RUBBISH[case]
            run = finora.admin.post(f"{CONNECTIONS}/{connection['id']}/sync").json()
            finora.workspace.schedule.run_due()
            ended = finora.admin.get(f"/api/v1/syncs/{run['id']}").json()
            assert ended["state"] == "failed"
            assert ended["error"]["code"] in CODES, case
            now = finora.admin.get(f"{CONNECTIONS}/{connection['id']}").json()
            assert (now["state"], now["events"]) == ("failing", connection["events"])
            assert finora.ask(metrics=["usage_value", "events"], period="all")["totals"] == before
        cursor.rubbish = None
        finora.admin.post(f"{CONNECTIONS}/{connection['id']}/sync")
        finora.sync()
        assert finora.admin.get(f"{CONNECTIONS}/{connection['id']}").json()["state"] == "connected"
