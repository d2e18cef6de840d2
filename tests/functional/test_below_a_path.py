"""Finora below a path of somebody else's host: nothing leads to the root, and both kinds of proxy do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.accounts import Role
from finora.simulator import small
from finora.web.wire.below_path import put_before
from support.running import CAST, PASSWORD, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.running import Running

BELOW = "/tools/finora"
LEADS = re.compile(
    r'\b(href|action|formaction|src|hx-get|hx-post|data-toggle|data-source|data-icons)="(/[^"]*)"'
)
IN_CHART = re.compile(r'"(?:href|events|zoom|reset|only|toggle)": ?"(/[^"]*)"')
PAGES = (
    "/",
    "/explore?by=person",
    "/explore?filter=model&table=periods",
    "/events",
    "/people",
    "/people/mara.okafor%40lumenworks.test",
    "/teams",
    "/patterns",
    "/subscriptions",
    "/subscriptions/new",
    "/settings/api-keys",
    "/settings/users",
    "/settings/audit",
    "/settings/account",
    "/ask?q=who+spent+the+most+last+month",
    "/palette?q=a",
    "/shortcuts",
    "/docs",
    "/nothing-is-here",
)


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("below") / "data"
    with running(small(), folder, base_url=f"http://127.0.0.1{BELOW}") as finora:
        finora.connect("Acme")
        yield finora


@pytest.mark.parametrize("page", PAGES)
def test_all_that_a_page_leads_to_lies_below_the_path(below: Running, page: str) -> None:
    """Else a click, a form or a script ends at whatever else the host serves."""
    answer = below.admin.get(f"{BELOW}{page}", follow_redirects=True)
    assert answer.headers["content-type"].startswith("text/html")
    assert int(answer.headers["content-length"]) == len(answer.content)
    found = [match[1] for match in LEADS.findall(answer.text)]
    found += [href.encode().decode("unicode_escape") for href in IN_CHART.findall(answer.text)]
    assert len(found) > 10
    assert [each for each in found if not each.startswith(f"{BELOW}/")] == []


def test_links_and_files_of_pages_are_answered_there(below: Running) -> None:
    source = below.admin.get(f"{BELOW}/").text
    wanted = {match[1].replace("&amp;", "&").partition("#")[0] for match in LEADS.findall(source)}
    for address in sorted(wanted - {f"{BELOW}/sign-out"}):
        answer = below.admin.get(address, follow_redirects=True)
        assert answer.status_code in {200, 405}, address


def test_one_signs_in_and_comes_back_to_what_was_asked_for(below: Running) -> None:
    asked = below.client().get(f"{BELOW}/explore?by=person")
    assert asked.status_code == 303
    door = asked.headers["location"]
    assert door.startswith(f"{BELOW}/sign-in?next=/explore")
    form = {"email": CAST[Role.MEMBER][0], "password": PASSWORD, "next": "/explore?by=person"}
    answer = below.client().post(f"{BELOW}/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BELOW}/explore?by=person")


def test_a_proxy_that_takes_the_path_off_is_served_as_well(below: Running) -> None:
    stripped, whole = below.admin.get("/explore"), below.admin.get(f"{BELOW}/explore")
    assert stripped.text == whole.text


def test_the_palette_leads_below_the_path_and_the_api_speaks_as_always(below: Running) -> None:
    headers = {"accept": "application/json", "referer": f"{below.url}{BELOW}/people?period=7d"}
    found = below.admin.get(f"{BELOW}/palette?q=last+month", headers=headers).json()["results"]
    assert found[0]["href"] == f"{BELOW}/people?period=last_month"
    body = {"metrics": ["spend"], "dimensions": ["model"], "filters": [["is", "model", ["/"]]]}
    assert (
        below.admin.post(f"{BELOW}/api/v1/query", json=body).json()
        == below.admin.post("/api/v1/query", json=body).json()
    )
    assert f"]({BELOW}/docs/" in below.client().get(f"{BELOW}/llms.txt").text


@pytest.mark.parametrize("address", ["/api/v1/me/", "/mcp/", "/explore/", "/docs/"])
def test_a_slash_too_many_sends_nobody_elsewhere_with_their_token(below: Running, address: str) -> None:
    for prefix in (BELOW, ""):
        answer = below.admin.post(f"{prefix}{address}", json={})
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_a_part_of_a_page_whose_session_ended_leads_to_our_own_door(below: Running) -> None:
    answer = below.client({"hx-request-type": "partial"}).get(f"{BELOW}/explore")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, f"{BELOW}/sign-in")


def test_another_path_that_begins_alike_is_not_ours(below: Running) -> None:
    assert below.admin.get(f"{BELOW}x/explore").status_code == 404


def test_words_that_look_like_addresses_are_left_alone() -> None:
    page = b'<a href="/x">&#34;href&#34;: &#34;/y&#34; src=&#34;/z&#34;</a><a href="//other.test/">'
    chart = rb"""<i data-chart='{"label": "\"href\": \"/w\"", "href": "/v"}'>"""
    assert put_before("/f", page) == page.replace(b'href="/x"', b'href="/f/x"')
    assert put_before("/f", chart) == chart.replace(b'"/v"', b'"/f/v"')


def test_an_unforeseen_error_s_page_leads_below_the_path_too(
    below: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(below.workspace.connections, "all", fail)
    headers = {name: value for name, value in below.admin.headers.items() if name == "authorization"}
    with httpx.Client(base_url=below.url, headers=headers, trust_env=False) as client:
        answer = client.get(f"{BELOW}/explore")
    assert answer.status_code == 500
    assert LEADS.findall(answer.text)
    assert all(match[1].startswith(BELOW) for match in LEADS.findall(answer.text))
