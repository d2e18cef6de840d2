"""Coming in by a real OpenID Connect provider: who may, who may not, and that nobody takes over an account."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from finora.accounts import OPERATOR, Role
from finora.gate import SESSION_COOKIE
from support.openid import CLIENT, CLIENT_SECRET, consent, provider
from support.pages import OWNER, PASSWORD, Page, Visitor, add_user, visited
from support.simulated import company, simulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FINORA = "http://finora.test"
BACK = f"{FINORA}/sign-in/openid/back"
ACCOUNT = "/settings/account"
ANA = "ana-1 ana@acme.test"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider(BACK) as found:
        yield found


@contextmanager
def finora(
    issuer: str, folder: Path, domains: tuple[str, ...] = ("acme.test",), secret: str = CLIENT_SECRET
) -> Iterator[Visitor]:
    now = datetime.now(UTC)
    with visited(
        simulation(company(now=now), now=now),
        folder,
        connected=False,
        base_url=FINORA,
        openid_issuer=issuer,
        openid_client_id=CLIENT,
        openid_client_secret=secret,
        openid_domains=domains,
    ) as owner:
        yield owner


@pytest.fixture
def owner(issuer: str, tmp_path: Path) -> Iterator[Visitor]:
    with finora(issuer, tmp_path) as visitor:
        yield visitor


def begin(visitor: Visitor, address: str = "/sign-in/openid") -> str:
    answer = visitor.http.get(address, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_in(visitor: Visitor, login: str, address: str = "/sign-in/openid") -> Page:
    return visitor.open(consent(begin(visitor, address), login).removeprefix(FINORA))


def test_somebody_of_an_allowed_domain_comes_in_to_where_they_wanted_to_be(owner: Visitor) -> None:
    ana = Visitor(owner.workspace)
    asked = ana.open("/explore?period=7d")
    (way,) = [link for link in asked.links if link.startswith("/sign-in/openid")]
    assert come_in(ana, ANA, way).path == "/explore?period=7d"
    found = owner.workspace.accounts.user_by_email("ana@acme.test")
    assert (found.role, found.name, found.has_password) == (Role.VIEWER, "Name of ana-1", False)
    come_in(Visitor(owner.workspace), ANA)
    assert len(owner.workspace.accounts.users()) == 2, "the same somebody the next time"


def test_the_request_carries_pkce_state_and_nonce_and_asks_for_a_code(owner: Visitor) -> None:
    first, second = (parse_qs(urlsplit(begin(Visitor(owner.workspace))).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == [BACK]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("ana-1 ana@acme.test unverified", "verified"),
        ("eve-1 eve@elsewhere.test", "another organisation"),
        ("eve-1 eve@acme.test.elsewhere.test", "another organisation"),
        (f"eve-1 {OWNER}", "as you did before"),
    ],
)
def test_who_may_not_come_in_is_told_why(owner: Visitor, login: str, words: str) -> None:
    stranger = Visitor(owner.workspace)
    page = come_in(stranger, login)
    assert page.status == 403
    assert words in page.text
    assert SESSION_COOKIE not in stranger.http.cookies
    assert len(owner.workspace.accounts.users()) == 1
    assert owner.workspace.accounts.audit_entries(OPERATOR)[0].act == "session.refused"


def test_without_allowed_domains_only_the_invited_come_in(issuer: str, tmp_path: Path) -> None:
    with finora(issuer, tmp_path, domains=()) as owner:
        assert come_in(Visitor(owner.workspace), ANA).status == 403
        owner.workspace.accounts.invite(OPERATOR, email="ana@acme.test", role=Role.MEMBER)
        assert come_in(Visitor(owner.workspace), ANA).path == "/"


def test_an_account_with_a_password_is_connected_by_whoever_is_signed_in_to_it(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(ACCOUNT), f"{ACCOUNT}/identity")
    (way,) = [link for link in page.links if link.startswith("http://127.0.0.1")]
    back = consent(way, f"boss {OWNER}")
    assert "You can come in by Single sign-on now" in owner.open(back.removeprefix(FINORA)).text
    elsewhere = Visitor(owner.workspace)
    come_in(elsewhere, f"boss {OWNER}")
    assert elsewhere.open("/settings/audit").status == 200, "as the owner they are"
    assert "no longer opens" in owner.fill_in(owner.open(ACCOUNT), f"{ACCOUNT}/identity/remove").text
    assert come_in(Visitor(owner.workspace), f"boss {OWNER}").status == 403


def test_an_answer_counts_in_the_browser_that_asked_and_once(owner: Visitor) -> None:
    """Else an attacker signs a victim in to the attacker's account, or replays what stood in a log."""
    ana, victim = Visitor(owner.workspace), Visitor(owner.workspace)
    back = consent(begin(ana), ANA).removeprefix(FINORA)
    assert victim.open(back).status == 502, "no browser that began"
    begin(victim)
    assert victim.open(back).status == 502, "another state"
    assert ana.open(back).path == "/"
    assert ana.open(back).status == 502
    assert SESSION_COOKIE not in victim.http.cookies


@pytest.mark.parametrize(
    "change", [{"state": "x"}, {"iss": "https://evil.test"}, {"code": "x"}, {"code": None}]
)
def test_an_answer_that_was_tampered_with_opens_nothing(
    owner: Visitor, change: dict[str, str | None]
) -> None:
    ana = Visitor(owner.workspace)
    parts = urlsplit(consent(begin(ana), ANA))
    given = {name: values[0] for name, values in parse_qs(parts.query).items()} | change
    query = urlencode({name: value for name, value in given.items() if value is not None})
    assert ana.open(f"{parts.path}?{query}").status in {403, 502}
    assert SESSION_COOKIE not in ana.http.cookies


def test_a_wrong_client_secret_is_told_without_repeating_it(issuer: str, tmp_path: Path) -> None:
    with finora(issuer, tmp_path, secret="not-the-secret") as owner:
        page = come_in(Visitor(owner.workspace), ANA)
        assert page.status == 502
        assert "answered 401" in page.text
        assert "not-the-secret" not in page.source + repr(owner.workspace.openid) + repr(
            owner.workspace.settings
        )


def test_an_issuer_that_is_away_is_told_and_passwords_work_on(tmp_path: Path) -> None:
    with finora("http://127.0.0.1:9", tmp_path) as owner:
        stranger = Visitor(owner.workspace)
        assert "cannot be reached" in stranger.open("/sign-in/openid").text
        assert stranger.sign_in().path == "/"


def test_an_issuer_written_otherwise_than_it_writes_itself_is_refused(issuer: str, tmp_path: Path) -> None:
    with finora(issuer + "/", tmp_path) as owner:
        assert "another issuer" in Visitor(owner.workspace).open("/sign-in/openid").text


def test_nobody_is_led_to_another_site_by_single_sign_on(owner: Visitor) -> None:
    assert come_in(Visitor(owner.workspace), ANA, "/sign-in/openid?next=https://evil.test/").path == "/"


def test_a_member_who_was_disabled_stays_out(owner: Visitor) -> None:
    come_in(Visitor(owner.workspace), ANA)
    owner.workspace.accounts.disable_user(
        OPERATOR, owner.workspace.accounts.user_by_email("ana@acme.test").id
    )
    assert "disabled" in come_in(Visitor(owner.workspace), ANA).text


def test_the_password_way_stays_open_beside_it(owner: Visitor) -> None:
    add_user(owner.workspace, "bo@acme.test", Role.MEMBER)
    assert Visitor(owner.workspace).send("/sign-in", email="bo@acme.test", password=PASSWORD).path == "/"
