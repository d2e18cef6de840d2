"""Users are made, changed and kept out by those who may, and every act is in the audit log."""

from collections.abc import Callable

import pytest

from finora.accounts import OPERATOR, Accounts, Principal, Role
from finora.accounts.errors import (
    EmailTaken,
    InvalidSignIn,
    LastOwner,
    NotPermitted,
    SessionInvalid,
    TokenInvalid,
    TooManyAttempts,
    UserNotFound,
    WeakPassword,
    WrongPassword,
)
from finora.values.clock import Clock
from finora.vault import Secret

PASSWORD = "correct horse 7 battery"
OTHER = "stapled horse 8 battery"

Company = Callable[..., Principal]


def test_an_admin_makes_users_but_no_owners(accounts: Accounts, company: Company) -> None:
    admin = company(Role.ADMIN)
    made = accounts.create_user(admin, email="Bob@example.com", role=Role.MEMBER, password=PASSWORD)
    assert (made.email, made.name, made.role) == ("bob@example.com", "bob", Role.MEMBER)
    with pytest.raises(NotPermitted):
        accounts.create_user(admin, email="eve@example.com", role=Role.OWNER, password=PASSWORD)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_members_and_viewers_make_no_users(accounts: Accounts, company: Company, role: Role) -> None:
    with pytest.raises(NotPermitted):
        accounts.create_user(company(role), email="eve@example.com", role=Role.VIEWER, password=PASSWORD)


def test_an_address_belongs_to_one_user_in_any_spelling(accounts: Accounts, company: Company) -> None:
    company(Role.MEMBER, "ada")
    with pytest.raises(EmailTaken, match="ada@"):
        accounts.create_user(OPERATOR, email="ADA@example.com", role=Role.VIEWER, password=PASSWORD)


def test_users_are_found_by_address_and_id(accounts: Accounts, company: Company) -> None:
    ada = company(Role.MEMBER, "ada")
    company(Role.VIEWER, "bob")
    assert [user.email for user in accounts.users()] == ["ada@example.com", "bob@example.com"]
    found = accounts.user_by_email(" ADA@example.com")
    assert found.id == ada.user_id
    assert found == accounts.user(found.id)
    assert "$argon2" not in repr(found)
    with pytest.raises(UserNotFound, match="eve@"):
        accounts.user_by_email("eve@example.com")
    with pytest.raises(UserNotFound):
        accounts.user("nobody")


def test_a_new_role_applies_to_open_sessions_at_once(accounts: Accounts, company: Company) -> None:
    owner = company(Role.OWNER)
    bob = company(Role.ADMIN, "bob")
    token = accounts.sign_in("bob@example.com", PASSWORD).token
    assert bob.user_id
    accounts.set_role(owner, bob.user_id, Role.VIEWER)
    assert accounts.session_for(token).role is Role.VIEWER


def test_an_admin_has_no_power_over_owners(accounts: Accounts, company: Company) -> None:
    owner, admin = company(Role.OWNER), company(Role.ADMIN)
    company(Role.OWNER, "second")
    assert owner.user_id
    assert admin.user_id
    attempts: list[Callable[[], object]] = [
        lambda: accounts.set_role(admin, owner.user_id or "", Role.VIEWER),
        lambda: accounts.set_role(admin, admin.user_id or "", Role.OWNER),
        lambda: accounts.disable_user(admin, owner.user_id or ""),
        lambda: accounts.enable_user(admin, owner.user_id or ""),
        lambda: accounts.reset_password(admin, owner.user_id or "", OTHER),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()
    assert accounts.user(owner.user_id).role is Role.OWNER


def test_the_last_owner_stays(accounts: Accounts, company: Company) -> None:
    ada, bob = company(Role.OWNER, "ada"), company(Role.OWNER, "bob")
    assert ada.user_id
    assert bob.user_id
    accounts.disable_user(ada, bob.user_id)
    with pytest.raises(LastOwner, match="Make somebody else an owner first"):
        accounts.disable_user(ada, ada.user_id)
    with pytest.raises(LastOwner):
        accounts.set_role(OPERATOR, ada.user_id, Role.ADMIN)
    accounts.enable_user(ada, bob.user_id)
    assert accounts.set_role(ada, ada.user_id, Role.ADMIN).role is Role.ADMIN


def test_a_disabled_user_is_out_until_enabled(accounts: Accounts, company: Company) -> None:
    bob = company(Role.MEMBER, "bob")
    session = accounts.sign_in("bob@example.com", PASSWORD).token
    token = accounts.issue_token(bob, name="ci").token
    assert bob.user_id
    assert accounts.disable_user(OPERATOR, bob.user_id).disabled_at is not None
    with pytest.raises(InvalidSignIn):
        accounts.sign_in("bob@example.com", PASSWORD)
    assert accounts.audit_entries(OPERATOR, act="session.refused")[0].subject == "bob@example.com"
    with pytest.raises(SessionInvalid):
        accounts.session_for(session)
    with pytest.raises(TokenInvalid):
        accounts.principal_for_token(token)
    assert accounts.enable_user(OPERATOR, bob.user_id).disabled_at is None
    accounts.sign_in("bob@example.com", PASSWORD)
    with pytest.raises(TokenInvalid):
        accounts.principal_for_token(token)
    with pytest.raises(SessionInvalid):
        accounts.session_for(session)


def test_changing_ones_password_signs_out_everywhere_else(accounts: Accounts, company: Company) -> None:
    company(Role.VIEWER, "ada")
    here = accounts.sign_in("ada@example.com", PASSWORD)
    there = accounts.sign_in("ada@example.com", PASSWORD)
    accounts.change_password(here.principal, PASSWORD, OTHER)
    assert accounts.session_for(here.token) == here.principal
    with pytest.raises(SessionInvalid):
        accounts.session_for(there.token)
    with pytest.raises(InvalidSignIn):
        accounts.sign_in("ada@example.com", PASSWORD)
    accounts.sign_in("ada@example.com", OTHER)


def test_a_password_is_only_changed_by_who_knows_it(accounts: Accounts, company: Company) -> None:
    """Somebody at an unlocked computer must not take the account over, nor guess on."""
    ada = company(Role.VIEWER, "ada")
    for _ in range(8):
        with pytest.raises(WrongPassword):
            accounts.change_password(ada, "guess", OTHER)
    with pytest.raises(TooManyAttempts):
        accounts.change_password(ada, PASSWORD, OTHER)


def test_a_changed_password_follows_the_rule(accounts: Accounts, company: Company) -> None:
    ada = company(Role.VIEWER, "ada")
    with pytest.raises(WeakPassword):
        accounts.change_password(ada, PASSWORD, "short")
    accounts.sign_in("ada@example.com", PASSWORD)


def test_a_reset_password_signs_out_everywhere(accounts: Accounts, company: Company) -> None:
    admin, bob = company(Role.ADMIN), company(Role.MEMBER, "bob")
    there = accounts.sign_in("bob@example.com", PASSWORD)
    assert bob.user_id
    accounts.reset_password(admin, bob.user_id, OTHER)
    with pytest.raises(SessionInvalid):
        accounts.session_for(there.token)
    accounts.sign_in("bob@example.com", OTHER)


def test_every_act_is_in_the_audit_log_newest_first(
    accounts: Accounts, clock: Clock, company: Company
) -> None:
    owner = company(Role.OWNER, "ada")
    bob = accounts.create_user(
        owner, email="bob@example.com", role=Role.MEMBER, password=PASSWORD, address="192.0.2.1"
    )
    clock.sleep(1)
    accounts.set_role(owner, bob.id, Role.VIEWER, address="192.0.2.1")
    accounts.disable_user(owner, bob.id)
    entries = accounts.audit_entries(owner, by=owner.user_id)
    assert [entry.act for entry in entries] == [
        "user.disabled",
        "user.role_set",
        "user.created",
        "session.started",
    ]
    role_set = entries[1]
    assert (role_set.actor, role_set.subject, role_set.address) == (
        "ada@example.com",
        "bob@example.com",
        "192.0.2.1",
    )
    assert role_set.details == {"from": "member", "to": "viewer"}
    assert role_set.at == clock.now()


def test_the_audit_log_is_read_page_by_page_by_those_who_may(accounts: Accounts, company: Company) -> None:
    for number in range(5):
        accounts.record(OPERATOR, "connection.removed", str(number))
    first = accounts.audit_entries(OPERATOR, limit=3)
    second = accounts.audit_entries(OPERATOR, limit=3, before=first[-1].id)
    assert [entry.subject for entry in (*first, *second)] == ["4", "3", "2", "1", "0"]
    assert {entry.actor for entry in first} == {"operator"}
    with pytest.raises(NotPermitted):
        accounts.audit_entries(company(Role.MEMBER))


def test_an_act_is_recorded_in_its_own_transaction(accounts: Accounts) -> None:
    def fail_midway() -> None:
        with accounts._ledger.session() as session:
            accounts.record(OPERATOR, "connection.removed", "Acme", session=session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert accounts.audit_entries(OPERATOR) == []


def test_a_secret_does_not_get_into_the_audit_log(accounts: Accounts) -> None:
    with pytest.raises(Exception, match="not JSON serializable"):
        accounts.record(
            OPERATOR, "connection.created", "Acme", details={"key": Secret("crsr_0123456789abcdef")}
        )
    assert accounts.audit_entries(OPERATOR) == []
