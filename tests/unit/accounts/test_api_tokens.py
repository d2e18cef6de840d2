"""API tokens act for their user within their scopes until they are revoked."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from finora.accounts import OPERATOR, Accounts, How, Permission, Principal, Role, Scope
from finora.accounts.errors import (
    InvalidToken,
    LinkInvalid,
    NotPermitted,
    TokenInvalid,
    TokenNotFound,
    UserNotFound,
)
from finora.values.clock import Clock

Company = Callable[..., Principal]


@pytest.fixture
def ada(company: Company) -> Principal:
    return company(Role.ADMIN, "ada")


def test_a_token_acts_for_its_user_within_its_scopes(accounts: Accounts, ada: Principal) -> None:
    issued = accounts.issue_token(ada, name=" Nightly  export ", scopes=[Scope.READ])
    assert re.fullmatch(r"fin_[\w-]{43}", issued.token)
    assert (issued.record.name, issued.record.last4) == ("Nightly export", issued.token[-4:])
    assert issued.token not in repr(issued)
    principal = accounts.principal_for_token(issued.token)
    assert (principal.user_id, principal.how, principal.credential_id) == (
        ada.user_id,
        How.TOKEN,
        issued.record.id,
    )
    assert principal.may(Permission.READ_ALL)
    assert not principal.may(Permission.MANAGE_CONNECTIONS)


def test_a_token_follows_its_users_role(accounts: Accounts, ada: Principal) -> None:
    token = accounts.issue_token(ada, name="ci", scopes=[Scope.ADMIN]).token
    assert accounts.principal_for_token(token).may(Permission.MANAGE_CONNECTIONS)
    accounts.set_role(OPERATOR, ada.user_id or "", Role.VIEWER)
    assert not accounts.principal_for_token(token).may(Permission.MANAGE_CONNECTIONS)


def test_the_token_itself_is_not_stored(accounts: Accounts, ada: Principal, tmp_path: Path) -> None:
    token = accounts.issue_token(ada, name="ci").token
    assert token.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize("token", ["", "fin_", "fin_guess", "\ud800"])
def test_a_made_up_token_is_refused(accounts: Accounts, ada: Principal, token: str) -> None:
    accounts.issue_token(ada, name="ci")
    with pytest.raises(TokenInvalid):
        accounts.principal_for_token(token)


def test_a_revoked_token_is_refused_at_once(accounts: Accounts, ada: Principal) -> None:
    issued = accounts.issue_token(ada, name="ci")
    accounts.revoke_token(ada, issued.record.id)
    with pytest.raises(TokenInvalid, match="revoked"):
        accounts.principal_for_token(issued.token)
    with pytest.raises(TokenNotFound):
        accounts.revoke_token(ada, issued.record.id)
    assert [entry.act for entry in accounts.audit_entries(OPERATOR, limit=2)] == [
        "token.revoked",
        "token.issued",
    ]


def test_a_token_ends_on_its_day(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    issued = accounts.issue_token(ada, name="ci", expires_at=clock.now() + timedelta(days=1))
    clock.sleep(86_399)
    accounts.principal_for_token(issued.token)
    clock.sleep(1)
    with pytest.raises(TokenInvalid, match="expired on 2026-11-23"):
        accounts.principal_for_token(issued.token)


def test_the_list_shows_when_a_token_was_used(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    first = accounts.issue_token(ada, name="first")
    clock.sleep(1)
    second = accounts.issue_token(ada, name="second", scopes=[Scope.WRITE, Scope.READ])
    accounts.principal_for_token(second.token)
    used = clock.now()
    clock.sleep(299)
    accounts.principal_for_token(second.token)
    listed = accounts.tokens_of(ada.user_id or "")
    assert [(token.name, token.used_at) for token in listed] == [("second", used), ("first", None)]
    assert listed[0].scopes == {Scope.READ, Scope.WRITE}
    assert listed[1] == first.record


def test_a_token_without_sense_is_not_issued(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    with pytest.raises(InvalidToken, match="Give the token a name"):
        accounts.issue_token(ada, name=" ")
    with pytest.raises(InvalidToken, match="Give the token a scope: read, write, admin"):
        accounts.issue_token(ada, name="ci", scopes=[])
    with pytest.raises(InvalidToken, match="in the past"):
        accounts.issue_token(ada, name="ci", expires_at=clock.now())


def test_a_token_cannot_make_itself_more(accounts: Accounts, ada: Principal) -> None:
    """A leaked read token must not become a lasting admin token."""
    for scope in (Scope.READ, Scope.WRITE):
        token = accounts.principal_for_token(accounts.issue_token(ada, name="ci", scopes=[scope]).token)
        for wanted in Scope:
            with pytest.raises(NotPermitted):
                accounts.issue_token(token, name="more", scopes=[wanted])


def test_the_operator_issues_tokens_in_a_users_name(accounts: Accounts, ada: Principal) -> None:
    issued = accounts.issue_token(OPERATOR, name="ci", user_id=ada.user_id)
    assert accounts.principal_for_token(issued.token).email == "ada@example.com"
    with pytest.raises(UserNotFound):
        accounts.issue_token(OPERATOR, name="ci")


def test_nobody_acts_in_the_name_of_another(accounts: Accounts, ada: Principal, company: Company) -> None:
    """What an admin did with a peer's token would be told of the peer, and go on when the admin is gone."""
    others = [company(Role.OWNER), company(Role.ADMIN, "amy"), company(Role.MEMBER, "bob")]
    owner = others[0]
    for actor in (ada, owner):
        for other in others:
            if other != actor:
                with pytest.raises(NotPermitted, match="by themselves"):
                    accounts.issue_token(actor, name="x", user_id=other.user_id)
    assert all(accounts.tokens_of(other.user_id or "") == [] for other in others)


def test_nobody_revokes_or_lists_tokens_of_those_above(
    accounts: Accounts, ada: Principal, company: Company
) -> None:
    owner, bob = company(Role.OWNER), company(Role.MEMBER, "bob")
    issued = accounts.issue_token(owner, name="ci", scopes=[Scope.ADMIN])
    for actor, error in ((ada, NotPermitted), (bob, TokenNotFound)):
        with pytest.raises(error):
            accounts.revoke_token(actor, issued.record.id)
        with pytest.raises(NotPermitted):
            accounts.tokens(actor, "owner@example.com")
    bobs = accounts.issue_token(bob, name="ci")
    assert accounts.tokens(ada, "Bob@example.com") == accounts.tokens(bob) == [bobs.record]
    assert {each.email for each in accounts.tokens(OPERATOR)} == {"bob@example.com", "owner@example.com"}
    accounts.revoke_token(ada, bobs.record.id)


def test_a_disabled_user_s_tokens_are_gone_for_good(accounts: Accounts, company: Company) -> None:
    """Who is let in again some day must not bring along what somebody else may have kept since."""
    bob = company(Role.MEMBER, "bob")
    issued, link = accounts.issue_token(bob, name="ci"), accounts.issue_link(OPERATOR, bob.user_id or "")
    accounts.disable_user(OPERATOR, bob.user_id or "")
    accounts.enable_user(OPERATOR, bob.user_id or "")
    with pytest.raises(TokenInvalid):
        accounts.principal_for_token(issued.token)
    with pytest.raises(LinkInvalid):
        accounts.link(link.token)
    assert accounts.tokens_of(bob.user_id or "") == []


def test_what_a_token_issues_goes_with_it(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    """Who found a leaked token and revoked it must be rid of whatever it was used to issue meanwhile."""
    leaked = accounts.issue_token(
        ada, name="leaked", scopes=Scope, expires_at=clock.now() + timedelta(days=30)
    )
    thief = accounts.principal_for_token(leaked.token)
    with pytest.raises(InvalidToken, match="no later than the token"):
        accounts.issue_token(thief, name="later", expires_at=clock.now() + timedelta(days=31))
    child = accounts.issue_token(thief, name="child", scopes=Scope)
    assert child.record.expires_at == leaked.record.expires_at
    grandchild = accounts.issue_token(accounts.principal_for_token(child.token), name="grandchild")
    other = accounts.issue_token(ada, name="other")
    accounts.revoke_token(ada, leaked.record.id)
    for gone in (leaked, child, grandchild):
        with pytest.raises(TokenInvalid):
            accounts.principal_for_token(gone.token)
    assert accounts.tokens(ada) == [other.record]
