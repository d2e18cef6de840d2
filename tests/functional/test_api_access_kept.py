"""API tokens and sessions over the API and in a terminal: listed, issued, ended, and written down with where from."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from finora.accounts import OPERATOR, Role
from finora.gate import CSRF_HEADER
from support.running import CAST, PASSWORD, Who
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.running import Running

TOKENS, SESSIONS = "/api/v1/tokens", "/api/v1/sessions"


@pytest.fixture
def finora(serve: Callable[..., Running]) -> Running:
    return serve()


def newest(finora: Running, act: str) -> tuple[str, str, str]:
    entry, *_ = finora.workspace.accounts.audit_entries(OPERATOR, act=act)
    return entry.actor, entry.subject, entry.address


def test_a_token_is_issued_listed_and_revoked(finora: Running) -> None:
    end = finora.workspace.clock.now() + timedelta(days=30)
    body = {"name": "report", "scopes": ["read"], "expires_at": end.isoformat()}
    made = finora.member.post(TOKENS, json=body)
    assert made.status_code == 201
    assert newest(finora, "token.issued") == ("mia@acme.test", "report", "127.0.0.1")
    known, token = made.json(), made.json()["token"]
    assert known["expires_at"] == end.isoformat().replace("+00:00", "Z")
    assert (known["scopes"], known["email"], known["last4"]) == (["read"], "mia@acme.test", token[-4:])
    reader = finora.client({"Authorization": f"Bearer {token}"})
    assert reader.get("/api/v1/me").json()["email"] == "mia@acme.test"
    assert reader.get(TOKENS).status_code == 403, "what is for reading figures learns of no other token"
    listed = finora.member.get(TOKENS)
    assert {each["name"] for each in listed.json()} == {"report", "tests"}
    assert token not in listed.text
    assert finora.viewer.delete(f"{TOKENS}/{known['id']}").status_code == 404
    assert finora.member.delete(f"{TOKENS}/{known['id']}").status_code == 204
    assert newest(finora, "token.revoked") == ("mia@acme.test", "report", "127.0.0.1")
    assert reader.get("/api/v1/me").status_code == 401
    assert finora.member.delete(f"{TOKENS}/{known['id']}").status_code == 404


def test_tokens_of_others_are_seen_and_revoked_by_admins_but_not_those_of_owners(finora: Running) -> None:
    (mias,) = finora.admin.get(TOKENS, params={"email": "mia@acme.test"}).json()
    assert finora.admin.get(TOKENS, params={"email": "olivia@acme.test"}).status_code == 403
    assert finora.admin.get(TOKENS, params={"email": "nobody@acme.test"}).status_code == 404
    assert finora.member.get(TOKENS, params={"email": "adam@acme.test"}).status_code == 403
    assert {each["email"] for each in finora.as_(Who.OPERATOR).get(TOKENS).json()} == {
        email for email, _name in CAST.values()
    }
    assert finora.admin.delete(f"{TOKENS}/{mias['id']}").status_code == 204
    assert finora.member.get("/api/v1/me").status_code == 401


def test_no_admin_gets_a_token_in_a_peer_s_name(finora: Running) -> None:
    """With one they would act as the peer, and go on doing so when they are an admin no more."""
    peer = {"email": "amy@acme.test", "role": "admin", "password": PASSWORD}
    assert finora.admin.post("/api/v1/users", json=peer).status_code == 201
    for email in ("amy@acme.test", "mia@acme.test", "nobody@acme.test"):
        refused = finora.admin.post(TOKENS, json={"name": "x", "email": email})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert finora.admin.post(TOKENS, json={"name": "x", "email": "Adam@acme.test"}).status_code == 201


def test_what_is_changed_over_the_api_is_written_down_with_where_it_came_from(finora: Running) -> None:
    peer = {"email": "amy@acme.test", "role": "admin", "password": PASSWORD}
    finora.admin.post("/api/v1/users", json=peer)
    assert newest(finora, "user.created") == ("adam@acme.test", "amy@acme.test", "127.0.0.1")
    finora.admin.post("/api/v1/users/links", json={"email": "amy@acme.test"})
    assert newest(finora, "link.issued") == ("adam@acme.test", "amy@acme.test", "127.0.0.1")
    connection = finora.connect()
    assert newest(finora, "connection.created")[2] == "127.0.0.1"
    url = f"/api/v1/connections/{connection['id']}"
    key = {"credentials": {"api_key": finora.simulated.keys[0].spare}}
    assert finora.admin.patch(url, json=key).status_code == 200
    assert finora.admin.delete(url).status_code == 204
    flat = {
        "name": "Seats",
        "sku": "cursor-business",
        "seats": 2,
        "price_per_seat": "40",
        "billing_cycle": "monthly",
    }
    flat |= {"start_date": "2026-01-01"}
    assert finora.admin.post("/api/v1/subscriptions", json=flat).status_code == 201
    assert finora.admin.post("/api/v1/teams", json={"name": "Night shift"}).status_code == 201
    by_adam = finora.workspace.accounts.audit_entries(OPERATOR, by="adam@acme.test")
    assert len({entry.act for entry in by_adam}) >= 7
    assert {entry.address for entry in by_adam} == {"127.0.0.1"}


def test_sessions_are_listed_and_ended(finora: Running) -> None:
    browser, elsewhere = finora.browser(Role.MEMBER), finora.browser(Role.MEMBER)
    own = browser.get(SESSIONS).json()
    assert sorted(each["present"] for each in own) == [False, True]
    (other,) = (each["id"] for each in own if not each["present"])
    assert finora.viewer.delete(f"{SESSIONS}/{other}").status_code == 404
    assert finora.member.delete(f"{SESSIONS}/{other}").status_code == 204
    assert newest(finora, "session.revoked") == ("mia@acme.test", "mia@acme.test", "127.0.0.1")
    assert elsewhere.get(SESSIONS).status_code == 401
    assert browser.get(SESSIONS).status_code == 200


def test_all_other_sessions_are_ended_at_once(finora: Running) -> None:
    browser, elsewhere = finora.browser(Role.MEMBER), finora.browser(Role.MEMBER)
    csrf = finora.app.state.gate.csrf_token(_Seen({name: browser.cookies[name] for name in browser.cookies}))
    assert browser.delete(SESSIONS).status_code == 403, "without the session's CSRF token"
    assert browser.delete(SESSIONS, headers={CSRF_HEADER: csrf}).json() == {"ended": 1}
    assert (browser.get(SESSIONS).status_code, elsewhere.get(SESSIONS).status_code) == (200, 401)
    assert finora.viewer.delete(SESSIONS, params={"email": "mia@acme.test"}).status_code == 403
    assert finora.admin.delete(SESSIONS, params={"email": "mia@acme.test"}).json() == {"ended": 1}
    assert newest(finora, "session.others_revoked") == ("adam@acme.test", "mia@acme.test", "127.0.0.1")
    assert browser.get(SESSIONS).status_code == 401


class _Seen:
    """What the gate reads of a request to tell the session's CSRF token."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self.cookies = cookies


def test_a_terminal_keeps_tokens_and_sessions(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.well(
        "users", "create", "--email", "ana@acme.test", "--role", "owner", "--password-stdin",
        given=f"{PASSWORD}\n",
    )  # fmt: skip
    create = ("tokens", "create", "--name", "nightly", "--email", "ana@acme.test", "--scope", "read")
    made = json.loads(terminal.well(*create, "--days", "90", "--json"))
    assert made["expires_at"] is not None
    assert "ana@acme.test" in terminal.well("tokens", "list")
    (listed,) = json.loads(terminal.well("tokens", "list", "--email", "ana@acme.test", "--json"))
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert "revoked" in terminal.well("tokens", "revoke", made["id"])
    assert json.loads(terminal.well("tokens", "list", "--json")) == []
    assert terminal("tokens", "revoke", made["id"]).code == 1
    missing = terminal("tokens", "create", "--name", "nightly")
    assert (missing.code, "Say whose token it is" in missing.said) == (1, True)
    assert json.loads(terminal.well("sessions", "list", "--json")) == []
    assert terminal("sessions", "revoke", "../users").code == 1
    ended = terminal.well("sessions", "revoke-others", "--email", "ana@acme.test", "--json")
    assert json.loads(ended) == {"ended": 0}
    assert terminal("sessions", "revoke-others").code == 1
