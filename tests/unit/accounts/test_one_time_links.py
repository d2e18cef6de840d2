"""A link to set a password works once, for half an hour, for one user, and shuts whatever the old password had opened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from finora.accounts import OPERATOR, Accounts, LinkKind, Role, Scope
from finora.accounts.errors import (
    EmailTaken,
    InvalidEmail,
    InvalidSignIn,
    LinkInvalid,
    NotPermitted,
    SessionInvalid,
    TokenInvalid,
    TooManyAttempts,
    WeakPassword,
)
from finora.accounts.models import OneTimeLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.accounts import Principal
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

OLD, NEW = "correct horse 7 battery", "another horse 8 battery"
BO = "bo@example.com"


@pytest.fixture
def bo(accounts: Accounts) -> str:
    return accounts.create_user(OPERATOR, email=BO, role=Role.MEMBER, password=OLD).id


def test_who_is_invited_cannot_sign_in_before_they_set_a_password(accounts: Accounts) -> None:
    issued = accounts.invite(OPERATOR, email="Eve@Example.com", role=Role.VIEWER)
    assert issued.record.kind is LinkKind.INVITATION
    assert not accounts.user_by_email("eve@example.com").has_password
    for password in ("", NEW):
        with pytest.raises(InvalidSignIn):
            accounts.sign_in("eve@example.com", password)
    accounts.use_link(issued.token, NEW)
    assert accounts.sign_in("eve@example.com", NEW).principal.role is Role.VIEWER


def test_a_link_works_once(accounts: Accounts, bo: str) -> None:
    token = accounts.issue_link(OPERATOR, bo).token
    assert accounts.link(token).email == BO
    accounts.use_link(token, NEW)
    with pytest.raises(LinkInvalid):
        accounts.link(token)
    with pytest.raises(LinkInvalid):
        accounts.use_link(token, OLD)


def test_of_many_who_use_a_link_at_once_one_sets_the_password(accounts: Accounts, bo: str) -> None:
    token = accounts.issue_link(OPERATOR, bo).token

    def use(number: int) -> bool:
        try:
            accounts.use_link(token, f"{NEW} {number}")
        except LinkInvalid:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


def test_a_link_is_good_for_half_an_hour(accounts: Accounts, bo: str, clock: Clock) -> None:
    token = accounts.issue_link(OPERATOR, bo).token
    clock.sleep(timedelta(minutes=29, seconds=59).total_seconds())
    assert accounts.link(token).email == BO
    clock.sleep(timedelta(seconds=1).total_seconds())
    with pytest.raises(LinkInvalid):
        accounts.use_link(token, NEW)


def test_only_the_newest_link_of_a_user_works(accounts: Accounts, bo: str) -> None:
    first, second = (accounts.issue_link(OPERATOR, bo).token for _ in range(2))
    with pytest.raises(LinkInvalid):
        accounts.link(first)
    assert accounts.link(second).kind is LinkKind.RESET


def test_a_weak_password_does_not_use_the_link_up(accounts: Accounts, bo: str) -> None:
    token = accounts.issue_link(OPERATOR, bo).token
    with pytest.raises(WeakPassword):
        accounts.use_link(token, "short")
    accounts.use_link(token, NEW)


@pytest.mark.parametrize("how", ["link", "admin"])
def test_a_reset_ends_sessions_and_revokes_tokens(accounts: Accounts, bo: str, how: str) -> None:
    """Whoever stole the old password may have made a token with it."""
    session = accounts.sign_in(BO, OLD).token
    token = accounts.issue_token(OPERATOR, name="t", scopes=[Scope.ADMIN], user_id=bo).token
    if how == "link":
        accounts.use_link(accounts.issue_link(OPERATOR, bo).token, NEW)
    else:
        accounts.reset_password(OPERATOR, bo, NEW)
    with pytest.raises(SessionInvalid):
        accounts.session_for(session)
    with pytest.raises(TokenInvalid):
        accounts.principal_for_token(token)
    with pytest.raises(InvalidSignIn):
        accounts.sign_in(BO, OLD)


def test_a_changed_password_ends_a_link_that_waits_in_a_mailbox(accounts: Accounts, bo: str) -> None:
    token = accounts.issue_link(OPERATOR, bo).token
    accounts.change_password(accounts.sign_in(BO, OLD).principal, OLD, NEW)
    with pytest.raises(LinkInvalid):
        accounts.link(token)


def test_a_disabled_user_s_link_is_no_way_in(accounts: Accounts, bo: str) -> None:
    token = accounts.issue_link(OPERATOR, bo).token
    accounts.disable_user(OPERATOR, bo)
    with pytest.raises(LinkInvalid):
        accounts.use_link(token, NEW)
    assert accounts.request_reset(BO) is None


def test_only_who_manages_a_user_makes_links_for_them(
    accounts: Accounts, bo: str, company: Callable[..., Principal]
) -> None:
    owner, admin, member = (company(role) for role in (Role.OWNER, Role.ADMIN, Role.MEMBER))
    accounts.issue_link(admin, bo)
    for actor, user_id in ((admin, owner.user_id), (member, bo), (member, "none")):
        with pytest.raises(NotPermitted):
            accounts.issue_link(actor, user_id or "")
    for actor, role in ((admin, Role.OWNER), (member, Role.VIEWER)):
        with pytest.raises(NotPermitted):
            accounts.invite(actor, email="new@example.com", role=role)


def test_an_address_is_invited_once_and_must_be_one(accounts: Accounts, bo: str) -> None:
    with pytest.raises(EmailTaken):
        accounts.invite(OPERATOR, email=BO.upper(), role=Role.MEMBER)
    for email in ("x", "a@b\r\nBcc: c@d"):
        with pytest.raises(InvalidEmail):
            accounts.invite(OPERATOR, email=email, role=Role.MEMBER)


def test_asking_again_and_again_does_not_fill_a_mailbox(accounts: Accounts, bo: str, clock: Clock) -> None:
    first = accounts.request_reset(BO, address="192.0.2.1")
    assert first is not None
    assert accounts.request_reset(BO, address="192.0.2.2") is None
    assert accounts.link(first.token).email == BO, "the one that was sent stays good"
    clock.sleep(timedelta(minutes=5).total_seconds())
    assert accounts.request_reset(BO, address="192.0.2.3") is not None


def test_asking_for_many_addresses_from_one_place_is_slowed_down(accounts: Accounts) -> None:
    def ask() -> None:
        for number in range(100):
            accounts.may_request_reset(f"{number}@example.com", address="192.0.2.9")

    with pytest.raises(TooManyAttempts):
        ask()


def test_no_token_of_a_link_is_kept_or_shown(accounts: Accounts, bo: str, ledger: Ledger) -> None:
    issued = accounts.issue_link(OPERATOR, bo)
    assert issued.token not in repr(issued)
    with ledger.reading() as session:
        (row,) = session.query(OneTimeLink).all()
    assert issued.token not in repr(vars(row))


def test_each_step_is_in_the_audit_log(accounts: Accounts, bo: str) -> None:
    accounts.use_link(accounts.invite(OPERATOR, email="eve@example.com", role=Role.VIEWER).token, NEW)
    accounts.use_link(accounts.issue_link(OPERATOR, bo).token, NEW)
    accounts.request_reset(BO)
    acts = [(entry.act, entry.subject) for entry in accounts.audit_entries(OPERATOR)]
    assert acts[:5] == [
        ("link.requested", BO),
        ("user.password_reset", BO),
        ("link.issued", BO),
        ("invitation.accepted", "eve@example.com"),
        ("user.invited", "eve@example.com"),
    ]
