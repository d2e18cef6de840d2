"""What a viewer sees of the API, what an admin may not do, and changes that nobody meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.accounts import Role
from finora.gate import CSRF_HEADER, SESSION_COOKIE
from support.access import CALLS, KEY, Json, filled_in
from support.running import CAST, Who

if TYPE_CHECKING:
    import httpx

    from support.running import Running


def test_an_admin_makes_no_owner_and_no_token_for_one(acme: Running) -> None:
    owner = {"email": "second@acme.test", "role": "owner", "password": "correct horse 7 battery"}
    assert acme.admin.post("/api/v1/users", json=owner).status_code == 403
    token = {"name": "mine", "email": CAST[Role.OWNER][0]}
    assert acme.admin.post("/api/v1/tokens", json=token).status_code == 403


def test_who_may_not_manage_users_cannot_find_out_which_there_are(acme: Running) -> None:
    answers = [
        acme.viewer.post("/api/v1/tokens", json={"name": "t", "email": email})
        for email in (CAST[Role.OWNER][0], "nobody@acme.test")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json() == answers[1].json()


# What a viewer sees


def test_a_viewer_s_figures_are_their_own_and_the_whole_of_them(acme: Running) -> None:
    vic = CAST[Role.VIEWER][0]
    wanted = {"metrics": ["spend", "usage_value", "events", "people"], "period": "all"}
    own = acme.ask(Who.VIEWER, **wanted)
    filtered = acme.ask(Who.MEMBER, **wanted, filters=[["is", "person", [vic]]])
    assert own["totals"] == filtered["totals"] == own["rows"][0]
    assert own["totals"]["people"] == 1
    assert own["totals"]["events"] == acme.simulated.truth.by_person()[vic].events


@pytest.mark.parametrize(
    "dimension", ["person", "team", "model", "vendor", "connection", "event_type", "hour"]
)
def test_a_viewer_cannot_group_their_way_to_other_people(acme: Running, dimension: str) -> None:
    vic = CAST[Role.VIEWER][0]
    wanted: Json = {"metrics": ["events", "people"], "dimensions": [dimension], "period": "all", "limit": 100}
    own = acme.ask(Who.VIEWER, **wanted)
    filtered = acme.ask(Who.MEMBER, **wanted, filters=[["is", "person", [vic]]])
    assert own["rows"] == filtered["rows"]


@pytest.mark.parametrize(
    "filters",
    [
        [["is", "person", ["mara.okafor@lumenworks.test"]]],
        [["is_not", "person", [CAST[Role.VIEWER][0]]]],
        [["contains", "person", ["mara"]]],
        [["is", "person", ["unattributed"]]],
    ],
)
def test_a_viewer_cannot_filter_their_way_to_other_people(acme: Running, filters: list[object]) -> None:
    answer = acme.ask(Who.VIEWER, metrics=["spend", "events"], filters=filters, period="all")
    assert answer["totals"] == {"spend": "0.00", "events": 0}


def test_a_viewer_lists_and_exports_their_own_events_only(acme: Running) -> None:
    vic = CAST[Role.VIEWER][0]
    listed = acme.viewer.get("/api/v1/events?period=all&limit=1000").json()["events"]
    assert {event["person"] for event in listed} == {vic}
    assert len(listed) == acme.simulated.truth.by_person()[vic].events
    exported = acme.viewer.get("/api/v1/export?period=all&format=csv").text.splitlines()
    assert len(exported) - 1 == len(listed)
    assert all(vic in line for line in exported[1:])


def test_a_viewer_does_not_learn_whether_another_s_event_exists(acme: Running) -> None:
    theirs = acme.member.get("/api/v1/events?period=all&f=is_not,person," + CAST[Role.VIEWER][0]).json()
    event_id = theirs["events"][0]["id"]
    assert acme.member.get(f"/api/v1/events/{event_id}").status_code == 200
    hidden = acme.viewer.get(f"/api/v1/events/{event_id}")
    missing = acme.viewer.get("/api/v1/events/1-1-0")
    assert (hidden.status_code, hidden.json()) == (404, missing.json())


def test_a_viewer_without_any_usage_sees_nothing_rather_than_everything(fresh: Running) -> None:
    assert fresh.ask(Who.VIEWER, metrics=["events"], period="all")["totals"] == {"events": 0}


# Changes that nobody meant


def change(browser: httpx.Client, **headers: str) -> httpx.Response:
    """Ask for a change that is refused at the latest because it cannot be a key."""
    body = KEY | {"credentials": {"api_key": ""}}
    return browser.post("/api/v1/connections", json=body, headers=headers)


def csrf(finora: Running, browser: httpx.Client) -> str:
    request = browser.build_request("GET", "/")
    token: str = finora.app.state.gate.csrf_token(_AsSeen(request.headers["cookie"]))
    return token


class _AsSeen:
    """What the gate reads of a request to tell the session's CSRF token."""

    def __init__(self, cookie: str) -> None:
        self.cookies = {SESSION_COOKIE: cookie.partition("=")[2]}


def test_a_change_by_cookie_needs_the_session_s_token_from_our_own_page(acme: Running) -> None:
    browser = acme.browser(Role.ADMIN)
    token, own = csrf(acme, browser), acme.url
    meant = change(browser, **{CSRF_HEADER: token, "origin": own})
    assert (meant.status_code, meant.json()["code"]) == (422, "invalid_credentials")
    without_origin = change(browser, **{CSRF_HEADER: token})
    assert without_origin.status_code == 422
    another = csrf(acme, acme.browser(Role.ADMIN))
    for headers in (
        {},
        {"origin": own},
        {CSRF_HEADER: "", "origin": own},
        {CSRF_HEADER: "wrong", "origin": own},
        {CSRF_HEADER: another, "origin": own},
        {CSRF_HEADER: token, "origin": "https://evil.example"},
        {CSRF_HEADER: token, "origin": "null"},
        {CSRF_HEADER: token, "sec-fetch-site": "cross-site"},
        {CSRF_HEADER: token, "sec-fetch-site": "same-site"},
    ):
        refused = change(browser, **headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign_request"), headers


def test_every_route_that_changes_something_is_guarded_against_other_sites(acme: Running) -> None:
    browser = acme.browser(Role.OWNER)
    for call in CALLS:
        if call.method != "GET":
            answer = browser.request(call.method, filled_in(acme, call), json=call.body)
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_request"), call


def test_looking_by_cookie_needs_no_token(acme: Running) -> None:
    assert acme.browser(Role.MEMBER).get("/api/v1/me").json()["how"] == "session"


def test_a_bearer_token_needs_neither(acme: Running) -> None:
    answer = acme.admin.post(
        "/api/v1/connections",
        json=KEY | {"credentials": {"api_key": ""}},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic b3duZXI6", "fnr_x", "bearer \u00e9"])
def test_a_token_that_is_none_is_not_helped_out_by_the_cookie_beside_it(acme: Running, header: str) -> None:
    """A script that sends a wrong token must learn so, and not act as whoever is signed in."""
    browser = acme.browser(Role.OWNER)
    answer = browser.get("/api/v1/me", headers={b"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Finora"'
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_made_up_cookie_opens_nothing(acme: Running) -> None:
    answer = acme.client(cookies={SESSION_COOKIE: "made-up"}).get("/api/v1/me")
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_each_is_who_they_are(acme: Running) -> None:
    found = {who: acme.as_(who).get("/api/v1/me").json().get("email") for who in Who}
    assert found == {
        Who.NOBODY: None,
        Who.VIEWER: CAST[Role.VIEWER][0],
        Who.MEMBER: CAST[Role.MEMBER][0],
        Who.ADMIN: CAST[Role.ADMIN][0],
        Who.OWNER: CAST[Role.OWNER][0],
        Who.READ_TOKEN: CAST[Role.OWNER][0],
        Who.WRITE_TOKEN: CAST[Role.OWNER][0],
        Who.OPERATOR: "operator",
    }
