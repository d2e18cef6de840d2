"""Who comes by single sign-on is who they were before, and takes over nobody's account."""

from __future__ import annotations

import pytest

from finora.accounts import OPERATOR, Accounts, Role
from finora.accounts.errors import IdentityRefused, InvalidSignIn, SessionInvalid
from finora.openid import Person

PASSWORD = "correct horse 7 battery"
ANA = Person(issuer="https://id.example", subject="1", email="ana@example.com", name="Ana", may_join=True)


def person(
    subject: str = "1", *, email: str = ANA.email, issuer: str = ANA.issuer, may_join: bool = True
) -> Person:
    return Person(issuer=issuer, subject=subject, email=email, name="Ana", may_join=may_join)


def test_somebody_of_an_allowed_domain_joins_as_a_viewer_and_stays_the_same(accounts: Accounts) -> None:
    first, again = accounts.sign_in_as(ANA), accounts.sign_in_as(person(email="ana.new@example.com"))
    assert first.principal.role is Role.VIEWER
    assert first.principal.user_id == again.principal.user_id, "known by the subject, whatever the address"
    with pytest.raises(InvalidSignIn):
        accounts.sign_in(ANA.email, "")


def test_a_stranger_who_was_not_invited_stays_out(accounts: Accounts) -> None:
    with pytest.raises(IdentityRefused, match="invite"):
        accounts.sign_in_as(person(may_join=False))
    assert accounts.users() == []


def test_who_was_invited_may_come_by_single_sign_on_at_once(accounts: Accounts) -> None:
    accounts.invite(OPERATOR, email=ANA.email, role=Role.ADMIN)
    assert accounts.sign_in_as(person(may_join=False)).principal.role is Role.ADMIN


def test_an_address_alone_opens_no_account_that_has_a_password(accounts: Accounts) -> None:
    """Else whoever runs the issuer, or gets an old address there, takes over the owner's account."""
    accounts.create_user(OPERATOR, email=ANA.email, role=Role.OWNER, password=PASSWORD)
    with pytest.raises(IdentityRefused, match="as you did before"):
        accounts.sign_in_as(ANA)
    assert not accounts.has_identity(accounts.user_by_email(ANA.email).id)


def test_an_address_that_passed_to_somebody_else_opens_nothing(accounts: Accounts) -> None:
    accounts.sign_in_as(ANA)
    for other in (person("2"), person("1", issuer="https://other.example")):
        with pytest.raises(IdentityRefused):
            accounts.sign_in_as(other)


def test_who_is_signed_in_connects_an_identity_and_comes_by_it_then(accounts: Accounts) -> None:
    accounts.create_user(OPERATOR, email=ANA.email, role=Role.OWNER, password=PASSWORD)
    owner = accounts.sign_in(ANA.email, PASSWORD).principal
    accounts.link_identity(owner, person(email="private@elsewhere.example"))
    accounts.link_identity(owner, ANA)
    assert accounts.sign_in_as(ANA).principal.user_id == owner.user_id
    accounts.unlink_identities(owner)
    with pytest.raises(IdentityRefused):
        accounts.sign_in_as(ANA)


def test_an_identity_belongs_to_one_account(accounts: Accounts) -> None:
    accounts.sign_in_as(ANA)
    accounts.create_user(OPERATOR, email="bo@example.com", role=Role.MEMBER, password=PASSWORD)
    with pytest.raises(IdentityRefused):
        accounts.link_identity(accounts.sign_in("bo@example.com", PASSWORD).principal, ANA)


def test_nobody_takes_away_their_only_way_in(accounts: Accounts) -> None:
    ana = accounts.sign_in_as(ANA).principal
    with pytest.raises(IdentityRefused):
        accounts.unlink_identities(ana)


def test_a_disabled_user_stays_out_at_once_by_single_sign_on_too(accounts: Accounts) -> None:
    signed_in = accounts.sign_in_as(ANA)
    accounts.disable_user(OPERATOR, signed_in.principal.user_id or "")
    with pytest.raises(SessionInvalid):
        accounts.session_for(signed_in.token)
    with pytest.raises(IdentityRefused, match="disabled"):
        accounts.sign_in_as(ANA)
