"""One who asks much at once does not keep others from their answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from finora.api.fair_turns import AT_ONCE, FairTurns
from finora.errors import NotSignedIn

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send


class Busy:
    """An application whose answers take until they are let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.free = asyncio.Event()

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.begun.append(scope["path"])
        await self.free.wait()


def credential(request: Request) -> str:
    """Return the token or the session."""
    header = request.headers.get("authorization", "")
    return header.partition(" ")[2].strip() or request.cookies.get("finora_session", "")


def whose(request: Request) -> str:
    """Return who that is: a token's or session's text up to the first number."""
    name = credential(request).rstrip("0123456789")
    if name == "nobody":
        raise NotSignedIn("The token is unknown.")
    return name


def request(path: str, session: str = "", token: str = "", **cookies: str) -> Scope:
    named = {"finora_session": session, **cookies} if session else cookies
    headers = [(b"cookie", "; ".join(f"{name}={value}" for name, value in named.items()).encode())]
    headers += [(b"authorization", token.encode())] if token else []
    return {"type": "http", "path": path, "headers": headers, "client": ("127.0.0.1", 1)}


async def begun(*scopes: Scope) -> tuple[list[str], int]:
    """Return what is worked on of requests made at once, and how many were in the end."""
    busy = Busy()
    turns = FairTurns(busy, credential, whose)
    asked = [asyncio.create_task(turns(scope, None, None)) for scope in scopes]  # type: ignore[arg-type]
    await asyncio.sleep(0.3)  # whose a token is, is asked in a thread
    worked_on = list(busy.begun)
    busy.free.set()
    await asyncio.gather(*asked)
    assert turns._turns == {}, "whoever asks for nothing has no turns"
    assert all(isinstance(key, int) for key in turns._known), "no token is kept"
    return worked_on, len(busy.begun)


def test_whoever_asks_for_much_waits_and_others_do_not() -> None:
    greedy = [request(f"/explore/{number}", "greedy", finora_theme=f"{number}") for number in range(40)]
    worked_on, in_all = asyncio.run(begun(*greedy, request("/explore", "modest"), request("/")))
    assert len(worked_on) == AT_ONCE + 2
    assert {"/explore", "/"} <= {*worked_on}
    assert in_all == 42, "everything is answered in the end"


def test_turns_are_in_the_order_of_asking() -> None:
    paths = [f"/{number}" for number in range(AT_ONCE + 3)]
    worked_on, _ = asyncio.run(begun(*(request(path, "one") for path in paths)))
    assert worked_on == paths[:AT_ONCE]


def test_health_and_files_of_the_page_wait_for_nothing() -> None:
    many = [request("/explore", "one")] * AT_ONCE
    worked_on, _ = asyncio.run(
        begun(*many, request("/healthz", "one"), request("/static/app.js", "one"), request("/events", "one"))
    )
    assert sorted(worked_on) == ["/explore"] * AT_ONCE + ["/healthz", "/static/app.js"]


def test_a_token_is_one_asker_however_it_is_written() -> None:
    written = ["Bearer one", "bearer one", "BEARER  one"]
    many = [request(f"/api/{number}", token=written[number % 3]) for number in range(AT_ONCE + 3)]
    worked_on, _ = asyncio.run(begun(*many))
    assert len(worked_on) == AT_ONCE


def test_all_tokens_of_one_person_share_their_turns() -> None:
    """Somebody who makes forty tokens would else be worked for forty times as much as anybody."""
    many = [request(f"/api/{number}", token=f"Bearer greedy{number}") for number in range(40)]
    worked_on, _ = asyncio.run(begun(*many, request("/explore", "greedy7"), request("/api/x", "modest")))
    assert len(worked_on) == AT_ONCE + 1
    assert "/api/x" in worked_on


def test_a_planted_cookie_makes_nobody_another_asker() -> None:
    planted = [request("/explore", "one", **{"__Host-finora_session": f"x{n}"}) for n in range(AT_ONCE + 3)]
    assert len(asyncio.run(begun(*planted))[0]) == AT_ONCE


def test_an_unknown_token_is_answered_by_the_gate_without_a_turn() -> None:
    many = [request("/api/x", token="Bearer nobody") for _ in range(AT_ONCE + 3)]
    assert len(asyncio.run(begun(*many))[0]) == AT_ONCE + 3


def test_strangers_who_end_no_request_keep_nobody_from_signing_in() -> None:
    """Everybody behind one proxy has one address."""
    worked_on, _ = asyncio.run(begun(*[request("/sign-in")] * 40))
    assert len(worked_on) == 40
