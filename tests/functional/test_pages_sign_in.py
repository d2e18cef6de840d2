"""Coming in: the first owner's link, signing in and out, and nobody led astray on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.gate import SESSION_COOKIE
from support.pages import OWNER, PASSWORD, Page, Visitor, visited
from support.simulated import simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWNER_FORM = {
    "name": "Ada",
    "email": "ada@acme.test",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Visitor]:
    with workspace_for(simulation(), tmp_path) as workspace:
        yield Visitor(workspace)


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Visitor]:
    with visited(simulation(), tmp_path, connected=False) as visitor:
        yield visitor


def test_the_setup_link_leads_in_one_step_to_where_the_first_key_is_entered(stranger: Visitor) -> None:
    link = stranger.workspace.accounts.new_setup_link()
    page = stranger.fill_in(stranger.open(f"/setup/{link}"), f"/setup/{link}", **OWNER_FORM)
    assert page.path == "/settings/api-keys"
    assert "Admin API Key" in page.text
    assert stranger.open(f"/setup/{link}").status == 403, "the link works once"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short", "password_again": "short"}, "fewer than 12 characters"),
        ({"password_again": "something else 7"}, "The two passwords differ"),
        ({"email": "nobody"}, "e-mail"),
    ],
)
def test_what_is_wrong_with_the_first_owner_is_said_and_the_link_stays_good(
    stranger: Visitor, wrong: dict[str, str], words: str
) -> None:
    link = stranger.workspace.accounts.new_setup_link()
    page = stranger.send(f"/setup/{link}", **OWNER_FORM | wrong)
    assert page.status == 422
    assert words in page.text
    assert PASSWORD not in page.source
    assert stranger.send(f"/setup/{link}", **OWNER_FORM).path == "/settings/api-keys"


def test_a_wrong_setup_link_tells_where_to_find_the_right_one(stranger: Visitor) -> None:
    page = stranger.open("/setup/nonsense")
    assert page.status == 403
    assert "terminal" in page.text


def test_before_there_is_an_owner_the_sign_in_page_tells_of_the_link(stranger: Visitor) -> None:
    assert "one-time link" in stranger.open("/").text


def test_a_stranger_signs_in_and_is_where_they_wanted_to_be(owner: Visitor) -> None:
    wanted = "/settings/api-keys?done=1"
    owner.http.cookies.clear()
    page = owner.open(wanted)
    assert page.path.startswith("/sign-in?next=")
    after = owner.fill_in(page, "/sign-in", email=OWNER, password=PASSWORD)
    assert after.path == wanted


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "http:evil.test",
        " //evil.test",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(owner: Visitor, away: str) -> None:
    owner.http.cookies.clear()
    response = owner.http.post(
        "/sign-in", data={"email": OWNER, "password": PASSWORD, "next": away}, follow_redirects=False
    )
    assert response.headers["location"] == "/"


def test_a_wrong_password_is_told_without_saying_whether_the_address_exists(owner: Visitor) -> None:
    owner.http.cookies.clear()
    texts = {
        owner.send("/sign-in", email=email, password="wrong horse 7").text.replace(email, "")
        for email in (OWNER, "nobody@acme.test")
    }
    assert len(texts) == 1
    assert "not right" in texts.pop()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(owner: Visitor) -> None:
    owner.http.cookies.clear()
    response = owner.http.post(
        "/sign-in", data={"email": OWNER, "password": PASSWORD}, follow_redirects=False
    )
    (cookie,) = (each for each in response.headers.get_list("set-cookie") if SESSION_COOKIE in each)
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=604800"):
        assert part in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_never_travels_without_it(tmp_path: Path) -> None:
    with visited(simulation(), tmp_path, connected=False, base_url="https://finora.example.com") as visitor:
        response = visitor.http.post(
            "/sign-in", data={"email": OWNER, "password": PASSWORD}, follow_redirects=False
        )
        assert "Secure" in response.headers["set-cookie"]
        assert "max-age" in response.headers["strict-transport-security"]


def test_over_tls_no_neighbour_of_the_domain_can_plant_a_cookie(tmp_path: Path) -> None:
    """Another host of the same domain could else sign somebody in as the attacker, or fix their session."""
    with visited(simulation(), tmp_path, connected=False, base_url="https://finora.example.com") as visitor:
        visitor.send("/theme", theme="dark")
        set_by = [visitor.http.post("/sign-in", data={"email": OWNER, "password": PASSWORD})]
        set_by += [*set_by[0].history, visitor.http.get("/?period=7d"), visitor.http.get("/settings/account")]
        set_by += visitor.http.post("/sign-out", data={"csrf": visitor.csrf}).history
        cookies = [each for answer in set_by for each in answer.headers.get_list("set-cookie")]
        assert {each.partition("=")[0] for each in cookies} > {f"__Host-{SESSION_COOKIE}"}
        for cookie in cookies:
            name, *parts = cookie.split("; ")
            assert name.startswith("__Host-")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(parts)
            assert not any(part.startswith("Domain") for part in parts)
        visitor.sign_in()
        token = visitor.http.cookies[f"__Host-{SESSION_COOKIE}"]
        visitor.http.cookies.clear()
        planted = visitor.http.get(
            "/", headers={"cookie": f"{SESSION_COOKIE}={token}"}, follow_redirects=False
        )
        assert planted.headers["location"].startswith("/sign-in")
        said = visitor.http.get("/sign-in", headers={"cookie": "finora_word=sessions_ended~Call%20555"})
        assert "Call 555" not in said.text


def test_signing_out_ends_the_session_on_the_server(owner: Visitor) -> None:
    token = owner.http.cookies[SESSION_COOKIE]
    assert "signed out" in owner.send("/sign-out").text
    owner.http.cookies.set(SESSION_COOKIE, token)
    assert owner.open("/settings/api-keys").path.startswith("/sign-in")


def test_another_sites_page_can_neither_sign_in_nor_out_nor_change_anything(owner: Visitor) -> None:
    foreign = {"origin": "https://evil.test"}
    for address in ("/sign-in", "/sign-out", "/settings/api-keys", "/theme"):
        response = owner.http.post(address, data={"csrf": owner.csrf}, headers=foreign)
        assert response.status_code == 403, address
    assert owner.open("/settings/api-keys").status == 200


def test_a_change_without_the_sessions_token_is_refused(owner: Visitor) -> None:
    assert owner.http.post("/settings/api-keys", data={"provider": "cursor"}).status_code == 403


def test_the_theme_is_remembered_and_one_comes_back_to_the_page(owner: Visitor) -> None:
    response = owner.http.post(
        "/theme", data={"theme": "dark", "csrf": owner.csrf}, headers={"referer": "http://x/settings?a=1"},
        follow_redirects=False,
    )  # fmt: skip
    assert response.headers["location"] == "/settings?a=1"
    assert 'data-theme="dark"' in owner.open("/settings/api-keys").source


def test_every_answer_carries_the_policy_and_no_page_is_kept_by_caches(owner: Visitor) -> None:
    addresses = ("/settings/api-keys", "/sign-in", "/nowhere", "/static/nothing", "/api/v1/connections")
    for address in addresses:
        headers = owner.http.get(address).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), address
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store", address


def test_files_of_the_front_end_are_kept_for_ever_and_come_packed(owner: Visitor) -> None:
    source = owner.open("/settings/api-keys").source
    names = {part.split('"')[0] for part in source.split('"/static/')[1:]}
    for name in {each.split("#")[0] for each in names}:
        response = owner.http.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
        assert response.status_code == 200, name
        assert "immutable" in response.headers["cache-control"]
        assert response.headers.get("content-encoding") == (None if name.endswith("woff2") else "gzip")


def test_an_error_nobody_foresaw_shows_nothing_of_the_inside(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(type(owner.workspace.connections), "all", broken)
    response = owner.http.get("/settings/api-keys")
    assert response.status_code == 500
    assert "secret inside" not in response.text
    assert "Something went wrong" in Page(response).text
    assert "content-security-policy" in response.headers
