"""One's account, the users and the audit log: who may do what, and that it is written down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from finora.accounts import OPERATOR, Role
from support.pages import OWNER, PASSWORD, Page, Visitor, add_user, visited
from support.simulated import simulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT, USERS, AUDIT = "/settings/account", "/settings/users", "/settings/audit"
NEW = "another horse 8 battery"


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Visitor]:
    with visited(simulation(), tmp_path, connected=False) as visitor:
        yield visitor


def another(visitor: Visitor, email: str = OWNER) -> Visitor:
    found = Visitor(visitor.workspace)
    found.sign_in(email)
    return found


def change_password(visitor: Visitor, present: str, new: str, again: str) -> Page:
    return visitor.fill_in(
        visitor.open(ACCOUNT), f"{ACCOUNT}/password",
        password=present, new_password=new, new_password_again=again,
    )  # fmt: skip


def test_a_changed_password_signs_out_everywhere_else(owner: Visitor) -> None:
    elsewhere = another(owner)
    assert "Your password was changed" in change_password(owner, PASSWORD, NEW, NEW).text
    assert owner.open(ACCOUNT).path == ACCOUNT
    assert elsewhere.open(ACCOUNT).path.startswith("/sign-in")


@pytest.mark.parametrize(
    ("present", "new", "again", "words"),
    [
        ("wrong horse 7", NEW, NEW, "present password is not right"),
        (PASSWORD, "2few", "2few", "fewer than 12 characters"),
        (PASSWORD, NEW, NEW + "x", "The two passwords differ"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_at_its_field(
    owner: Visitor, present: str, new: str, again: str, words: str
) -> None:
    page = change_password(owner, present, new, again)
    assert page.status == 422
    assert words in page.text
    assert new not in page.source


def test_sessions_are_listed_and_ended(owner: Visitor) -> None:
    elsewhere, third = another(owner), another(owner)
    page = owner.open(ACCOUNT)
    ends = [form.action for form in page.forms if form.action.endswith("/end")]
    assert len(ends) == 3, "two sessions and all others"
    assert "This browser" in page.text
    single = next(action for action in ends if "others" not in action)
    assert "The session was ended" in owner.send(single).text
    assert "1 session ended" in owner.send(f"{ACCOUNT}/sessions/others/end").text
    for visitor in (elsewhere, third):
        assert visitor.open("/").path.startswith("/sign-in")


def test_nobody_ends_sessions_that_are_not_theirs(owner: Visitor) -> None:
    add_user(owner.workspace, "member@acme.test", Role.MEMBER)
    member = another(owner, "member@acme.test")
    (session,) = owner.workspace.accounts.sessions_of(owner.workspace.accounts.user_by_email(OWNER).id)
    assert member.send(f"{ACCOUNT}/sessions/{session.id}/end").status == 404


def test_a_token_is_shown_once_works_and_can_be_revoked(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(ACCOUNT), ACCOUNT, name="Report", scope="read", days="30")
    token = page.source.split("fin_")[1].split("<")[0].split('"')[0]
    token = f"fin_{token}"
    bearer = {"authorization": f"Bearer {token}"}
    assert Visitor(owner.workspace).http.get("/api/v1/connections", headers=bearer).status_code == 200
    again = owner.open(ACCOUNT)
    assert token not in again.source
    assert "Report" in again.text
    revoke = next(form.action for form in again.forms if form.action.endswith("/revoke"))
    assert "“Report” was revoked" in owner.send(revoke).text
    assert Visitor(owner.workspace).http.get("/api/v1/connections", headers=bearer).status_code == 401


def test_a_token_without_a_name_is_refused_at_its_field(owner: Visitor) -> None:
    page = owner.send(ACCOUNT, name=" ", scope="read", days="30")
    assert page.status == 422
    assert "Give the token a name" in page.text


def link_on(page: Page) -> str:
    found = re.search(r"http://localhost:8000(/link/[\w-]+)", page.source)
    assert found, page.text
    return found[1]


def test_an_owner_invites_somebody_who_chooses_a_password_and_signs_in(owner: Visitor) -> None:
    page = owner.fill_in(owner.open(USERS), USERS, name="Bo", email="Bo@acme.test", role="member")
    link = link_on(page)
    assert "Invited" in page.text
    assert link not in owner.open(USERS).source, "shown once"
    bo = Visitor(owner.workspace)
    asked = bo.open(link)
    assert "bo@acme.test" in asked.text
    assert bo.fill_in(asked, link, password="short", password_again="short").status == 422
    assert "two passwords differ" in bo.fill_in(asked, link, password=NEW, password_again="x").text
    assert "Your password is set" in bo.fill_in(asked, link, password=NEW, password_again=NEW).text
    assert bo.send("/sign-in", email="bo@acme.test", password=NEW).path == "/"
    assert bo.open(link).status == 403
    assert "used already" in bo.send(link, password=PASSWORD, password_again=PASSWORD).text


def test_without_a_mail_server_who_forgot_a_password_is_told_whom_to_ask(owner: Visitor) -> None:
    page = Visitor(owner.workspace).open("/forgot")
    assert "Ask an admin" in page.text
    assert page.forms == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": OWNER}, "already a user"),
        ({"email": "x"}, "e-mail"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_said_at_its_field(
    owner: Visitor, wrong: dict[str, str], words: str
) -> None:
    entered = {"name": "Bo", "email": "bo@acme.test", "role": "member"} | wrong
    page = owner.fill_in(owner.open(USERS), USERS, **entered)
    assert page.status == 422
    assert words in page.text
    assert page.form(USERS).fields["name"] == "Bo", "what was entered stays"


def test_roles_passwords_and_access_are_changed(owner: Visitor) -> None:
    user = f"{USERS}/{add_user(owner.workspace, 'bo@acme.test', Role.MEMBER)}"
    bo = another(owner, "bo@acme.test")
    assert "is now viewer" in owner.fill_in(owner.open(user), f"{user}/role", role="viewer").text
    assert bo.open("/settings/api-keys").status == 403
    link = link_on(owner.fill_in(owner.open(user), f"{user}/link"))
    assert bo.open("/settings/account").status == 200, "nothing changes until the link is used"
    Visitor(owner.workspace).send(link, password=NEW, password_again=NEW)
    assert bo.open("/").path.startswith("/sign-in")
    assert "no longer sign in" in owner.fill_in(owner.open(user), f"{user}/disable").text
    assert "Disabled" in owner.open(USERS).text
    assert "can sign in again" in owner.fill_in(owner.open(user), f"{user}/enable").text


def test_the_last_owner_stays(owner: Visitor) -> None:
    user = f"{USERS}/{owner.workspace.accounts.user_by_email(OWNER).id}"
    page = owner.fill_in(owner.open(user), f"{user}/role", role="member")
    assert page.status == 409
    assert "only owner" in page.text


def test_admins_neither_make_nor_change_owners(owner: Visitor) -> None:
    add_user(owner.workspace, "admin@acme.test", Role.ADMIN)
    admin = another(owner, "admin@acme.test")
    page = admin.open(USERS)
    assert "Owner: may do everything" not in page.text
    boss = f"{USERS}/{owner.workspace.accounts.user_by_email(OWNER).id}"
    assert "Only an owner can change an owner" in admin.open(boss).text
    assert admin.send(f"{boss}/role", role="viewer").status == 403
    assert admin.send(USERS, email="x@acme.test", role="owner").status == 403
    assert admin.send(USERS, email="x@acme.test", role="nonsense").status == 400


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_see_neither_users_nor_the_audit_log(owner: Visitor, role: Role) -> None:
    add_user(owner.workspace, "bo@acme.test", role)
    bo = another(owner, "bo@acme.test")
    for address in (USERS, AUDIT):
        page = bo.open(address)
        assert page.status == 403
        assert "does not allow" in page.text
    assert USERS not in bo.open(ACCOUNT).links


def test_the_audit_log_tells_who_did_what_and_pages_on(owner: Visitor) -> None:
    for number in range(120):
        owner.workspace.accounts.record(
            OPERATOR, "connection.renamed", f"Team {number}", details={"key": "…1a2b"}, address="192.0.2.7"
        )
    page = owner.open(AUDIT)
    for words in ("Connection renamed", "Team 119", "key: …1a2b", "192.0.2.7", "operator", "100 entries"):
        assert words in page.text, words
    older = next(link for link in page.links if "before=" in link)
    assert "Team 19" in owner.open(older).text
    assert "Session started" in owner.open(older).text
    only = next(link for link in owner.open(AUDIT).links if "act=connection.renamed" in link)
    assert "Session started" not in owner.open(only).text


def test_an_audit_address_that_makes_no_sense_is_a_page_all_the_same(owner: Visitor) -> None:
    assert owner.open(f"{AUDIT}?before=x&act=nothing&actor=nobody").status == 200
