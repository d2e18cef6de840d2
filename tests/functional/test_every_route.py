"""Every route of Finora by every kind of asker, against one declared table; and what each role finds by following links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

from finora.accounts import Role
from finora.gate import CSRF_FIELD, CSRF_HEADER, SESSION_COOKIE
from support.access import CALLS, MOUNTED, PAGES, PROTOCOLS, Call, filled_in, served
from support.pages import Page
from support.running import CAST, Who

if TYPE_CHECKING:
    import httpx
    from starlette.requests import Request
    from starlette.responses import Response

    from support.running import Running

_MOST_PAGES = 60
_SAME_FOR_ALL = ("/docs", "/llms.txt")
_WITH_BROWSER = {Who(role) for role in CAST}


def test_no_route_is_without_a_line_in_the_table(acme: Running) -> None:
    declared = {(call.method, call.path) for call in (*CALLS, *PAGES, *PROTOCOLS, *MOUNTED)}
    assert set(served(acme.app)) == declared


async def anything(_request: Request) -> Response:
    return PlainTextResponse("anything")


@pytest.mark.parametrize(
    ("route", "path"),
    [
        (Route("/new", anything), "/new"),
        (Mount("/new", PlainTextResponse("anything")), "/new"),
        (Mount("/new", routes=[Route("/inside", anything)]), "/new"),
        (Host("other.test", PlainTextResponse("anything")), "None"),
        (WebSocketRoute("/new", anything), "/new"),
    ],
    ids=["route", "mount", "mounted routes", "host", "socket"],
)
def test_nothing_new_is_served_without_a_line_in_the_table(route: BaseRoute, path: str) -> None:
    """Whatever kind it is of, and however deep in routers it is put, it must be told who may."""
    outer, inner = APIRouter(), APIRouter(prefix="/below")
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.append(route)
    assert ("GET", path) in set(served(app))
    inner.routes.append(route)
    outer.include_router(inner)
    nested = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    nested.include_router(outer)
    assert len(set(served(nested))) > 0


@pytest.mark.parametrize(
    "call", [*CALLS, *PROTOCOLS, *MOUNTED], ids=lambda call: f"{call.method} {call.path}"
)
def test_each_route_of_the_api_lets_in_exactly_those_who_may(acme: Running, call: Call) -> None:
    url = filled_in(acme, call)
    found = {who: acme.as_(who).request(call.method, url, json=call.body).status_code for who in Who}
    assert found == {who: call.expected(who) for who in Who}


@pytest.mark.parametrize("call", PAGES, ids=lambda call: f"{call.method} {call.path}")
def test_each_page_lets_in_exactly_those_who_may(acme: Running, call: Call) -> None:
    """People come by session, tokens and the operator by header; which of the two must make no difference."""
    url = filled_in(acme, call)
    found = {who: visit(acme, who, call, url) for who in Who}
    expected = {who: call.expected(who) for who in Who}
    if call.path == "/sign-in" and call.method == "GET":
        expected = {who: 200 if who is Who.NOBODY else 303 for who in Who}
    assert {who: answer.status_code for who, answer in found.items()} == expected
    if Who.NOBODY not in call.allowed:
        assert found[Who.NOBODY].headers["location"].startswith("/sign-in")


def visit(finora: Running, who: Who, call: Call, url: str) -> httpx.Response:
    if who not in _WITH_BROWSER:
        return finora.as_(who).request(call.method, url, data=call.body)
    browser = finora.browser(Role(who))
    token = csrf(finora, browser)
    return browser.request(
        call.method, url, data=(call.body or {}) | {CSRF_FIELD: token} if call.body is not None else None
    )


def csrf(finora: Running, browser: httpx.Client) -> str:
    page = browser.get("/").text
    found = re.search(rf'name="{CSRF_FIELD}" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.mark.parametrize(
    "call", [call for call in (*CALLS, *PAGES) if call.method != "GET"], ids=lambda call: call.path
)
def test_no_change_by_cookie_is_made_without_the_session_s_token(acme: Running, call: Call) -> None:
    """Signing in, the first owner's link and the theme have no session yet; they go by where the form came from."""
    browser = acme.browser(Role.OWNER)
    foreign = {"origin": "https://evil.example"}
    answer = browser.request(call.method, filled_in(acme, call), json=call.body, headers=foreign)
    assert answer.status_code == 403, "from another site's page"
    if call.path not in {"/sign-in", "/theme", "/setup/{token}", "/link/{token}", "/forgot"}:
        wrong = {CSRF_HEADER: "wrong"}
        answer = browser.request(call.method, filled_in(acme, call), data=call.body or {}, headers=wrong)
        assert answer.status_code == 403, "without the token"


def crawl(browser: httpx.Client, beginning: str) -> dict[str, httpx.Response]:
    """Follow links from a page, the shortest address of each kind first, until a bounded number was seen."""
    seen: dict[str, httpx.Response] = {}
    waiting = [beginning]
    while waiting and len(seen) < _MOST_PAGES:
        link = waiting.pop(0)
        answer = browser.get(link)
        seen[link] = answer
        if "text/html" in answer.headers.get("content-type", ""):
            found = {each.split("#")[0] for each in Page(answer).links if each.startswith("/")}
            # Text that is the same for everybody would only take the place of pages that are not.
            found = {each for each in found if not each.startswith(_SAME_FOR_ALL)}
            waiting = sorted(
                {*waiting, *found} - set(seen), key=lambda each: (kinds(seen, each), len(each), each)
            )
    return seen


def kinds(seen: dict[str, httpx.Response], link: str) -> int:
    """Return how many addresses of a link's path were seen."""
    return sum(each.partition("?")[0] == link.partition("?")[0] for each in seen)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_follows_links_meets_no_error_and_nothing_that_is_not_theirs(
    acme: Running, role: Role
) -> None:
    browser = acme.browser(role)
    seen = crawl(browser, "/")
    assert len(seen) > 20
    for link, answer in seen.items():
        assert answer.status_code in {200, 303}, link
        assert SESSION_COOKIE not in answer.text, link
    if role is Role.VIEWER:
        own = CAST[role][0]
        others = [email for email in acme.simulated.truth.by_person() if email and email != own]
        rows = acme.ask(Who.MEMBER, metrics=["events"], dimensions=["person"], period="all", limit=100)[
            "rows"
        ]
        others += [row["person_label"] for row in rows if row["person"] in others]
        assert len(set(others)) > 4
        for link, answer in seen.items():
            assert not [email for email in others if email in answer.text], link
