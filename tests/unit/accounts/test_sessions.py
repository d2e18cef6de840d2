"""Sessions begin with the right password, last seven days and end at will."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from finora.accounts import OPERATOR, Accounts, How, Principal, Role
from finora.accounts.errors import (
    InvalidSignIn,
    NotPermitted,
    SessionInvalid,
    SessionNotFound,
    TooManyAttempts,
    UserNotFound,
)
from finora.accounts.models import User, UserSession
from finora.accounts.passwords import Passwords
from finora.accounts.throttle import PER_ACCOUNT
from finora.storage.ledger import Ledger
from finora.values.clock import Clock

PASSWORD = "correct horse 7 battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DAY = 86_400

Company = Callable[..., Principal]


@pytest.fixture
def ada(company: Company) -> Principal:
    return company(Role.MEMBER, "ada")


def test_the_right_password_starts_a_session(accounts: Accounts, ada: Principal) -> None:
    signed_in = accounts.sign_in(" Ada@example.com", PASSWORD, address="192.0.2.7", user_agent="Firefox")
    principal = accounts.session_for(signed_in.token)
    assert principal == signed_in.principal
    assert (principal.user_id, principal.email, principal.how) == (
        ada.user_id,
        "ada@example.com",
        How.SESSION,
    )
    assert signed_in.token not in repr(signed_in)
    assert accounts.user(ada.user_id or "").signed_in_at is not None


@pytest.mark.parametrize(
    ("email", "password"), [("ada@example.com", "wrong"), ("eve@example.com", PASSWORD), ("", "")]
)
def test_all_that_is_wrong_is_answered_alike(
    accounts: Accounts, ada: Principal, email: str, password: str
) -> None:
    with pytest.raises(InvalidSignIn, match=r"^The e-mail address or the password is not right\.$"):
        accounts.sign_in(email, password)


def test_an_unknown_user_costs_a_hash_as_well(
    accounts: Accounts, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that came sooner would tell which addresses have an account."""
    verified: list[str] = []
    verify = accounts._passwords._hasher.verify

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's name
            verified.append(str(hash)[:10])
            return verify(hash, password)

    monkeypatch.setattr(accounts._passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for email in ("eve@example.com", "ada@example.com"):
        with pytest.raises(InvalidSignIn):
            accounts.sign_in(email, "wrong")
    assert verified == ["$argon2id$", "$argon2id$"]


def test_a_refused_sign_in_is_recorded_without_what_was_typed(accounts: Accounts, ada: Principal) -> None:
    """People type their password into the field of the address."""
    for email in ("ada@example.com", "correct horse"):
        with pytest.raises(InvalidSignIn):
            accounts.sign_in(email, "wrong", address="192.0.2.9")
    unknown, known = accounts.audit_entries(OPERATOR, act="session.refused")
    assert (known.subject, known.address) == ("ada@example.com", "192.0.2.9")
    assert "correct" not in repr(unknown)


def test_guessing_stops_and_waiting_helps(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    for _ in range(8):
        with pytest.raises(InvalidSignIn):
            accounts.sign_in("ada@example.com", "wrong", address="198.51.100.1")
    with pytest.raises(TooManyAttempts) as refusal:
        accounts.sign_in("ada@example.com", PASSWORD, address="198.51.100.1")
    accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.7")
    clock.sleep(refusal.value.retry_after)
    accounts.sign_in("ada@example.com", PASSWORD, address="198.51.100.1")


def test_a_botnet_does_not_lock_a_user_out_of_where_they_signed_in_before(
    accounts: Accounts, ada: Principal, clock: Clock
) -> None:
    clock.sleep(30 * DAY)
    for number in range(PER_ACCOUNT):
        with pytest.raises(InvalidSignIn):
            accounts.sign_in("ada@example.com", "wrong", address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("ada@example.com", PASSWORD, address="203.0.113.1")
    accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.7")


def test_a_session_lasts_seven_days_however_much_it_is_used(
    accounts: Accounts, ada: Principal, clock: Clock
) -> None:
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    for _ in range(27):
        clock.sleep(DAY / 4)
        accounts.session_for(token)
    clock.sleep(DAY / 4 - 1)
    accounts.session_for(token)
    clock.sleep(1)
    with pytest.raises(SessionInvalid, match="Sign in again"):
        accounts.session_for(token)
    assert accounts.sessions_of(ada.user_id or "") == []


def test_a_session_that_nobody_uses_ends(
    ledger: Ledger, accounts: Accounts, ada: Principal, clock: Clock
) -> None:
    """A browser left open in a meeting room must not stay signed in for a week."""
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    clock.sleep(DAY - 1)
    accounts.session_for(token)
    clock.sleep(DAY)
    with pytest.raises(SessionInvalid, match="Sign in again"):
        accounts.session_for(token)
    assert accounts.sessions_of(ada.user_id or "") == []
    accounts.sign_in("ada@example.com", PASSWORD)
    with ledger.reading() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 1, "what ended is not kept"


def test_the_operator_says_how_long_nobody_need_use_a_session(
    ledger: Ledger, clock: Clock, ada: Principal
) -> None:
    """However short that is, whoever keeps working is not thrown out."""
    hasty = Accounts(ledger, clock, passwords=Passwords(CHEAP), idle=timedelta(minutes=5))
    token = hasty.sign_in("ada@example.com", PASSWORD).token
    for _ in range(40):
        clock.sleep(29)
        hasty.session_for(token)
    (listed,) = hasty.sessions(ada)
    assert timedelta(0) <= clock.now() - listed.seen_at < timedelta(seconds=30)
    assert listed.expires_at == listed.seen_at + timedelta(minutes=5)
    clock.sleep(300)
    with pytest.raises(SessionInvalid):
        hasty.session_for(token)


def test_a_made_up_token_is_no_session(accounts: Accounts, ada: Principal) -> None:
    for token in ("", "guess", "\ud800", ada.credential_id):
        with pytest.raises(SessionInvalid):
            accounts.session_for(token)


def test_the_token_itself_is_not_stored(accounts: Accounts, ada: Principal, tmp_path: Path) -> None:
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    assert token.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_signing_out_ends_the_session(accounts: Accounts, ada: Principal) -> None:
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    accounts.sign_out(token)
    accounts.sign_out(token)
    with pytest.raises(SessionInvalid):
        accounts.session_for(token)
    assert len(accounts.audit_entries(OPERATOR, act="session.ended")) == 1


def test_sessions_are_listed_with_where_and_when(accounts: Accounts, ada: Principal, clock: Clock) -> None:
    clock.sleep(60)
    token = accounts.sign_in(
        "ada@example.com", PASSWORD, address="2001:db8::1", user_agent="Firefox " * 100
    ).token
    start = clock.now()
    clock.sleep(299)
    accounts.session_for(token)
    assert accounts.sessions_of(ada.user_id or "")[0].seen_at == start
    clock.sleep(1)
    accounts.session_for(token)
    latest, first = accounts.sessions_of(ada.user_id or "")
    assert (latest.seen_at, latest.created_at, latest.address) == (clock.now(), start, "2001:db8::1")
    assert len(latest.user_agent) == 400
    assert first.id == ada.credential_id


def test_a_user_ends_one_of_their_sessions(accounts: Accounts, ada: Principal) -> None:
    lost = accounts.sign_in("ada@example.com", PASSWORD)
    accounts.revoke_session(ada, lost.principal.credential_id)
    with pytest.raises(SessionInvalid):
        accounts.session_for(lost.token)
    with pytest.raises(SessionNotFound):
        accounts.revoke_session(ada, lost.principal.credential_id)


def test_a_user_ends_all_their_other_sessions(accounts: Accounts, ada: Principal, company: Company) -> None:
    company(Role.MEMBER, "bob")
    bobs = accounts.sign_in("bob@example.com", PASSWORD)
    here = accounts.sign_in("ada@example.com", PASSWORD)
    assert accounts.revoke_other_sessions(here.principal) == 1
    assert [session.id for session in accounts.sessions_of(ada.user_id or "")] == [
        here.principal.credential_id
    ]
    accounts.session_for(bobs.token)
    (entry,) = accounts.audit_entries(OPERATOR, act="session.others_revoked")
    assert entry.details == {"sessions": 1}


def test_only_who_manages_users_ends_sessions_of_others(
    accounts: Accounts, ada: Principal, company: Company
) -> None:
    with pytest.raises(SessionNotFound):
        accounts.revoke_session(company(Role.MEMBER, "bob"), ada.credential_id)
    accounts.revoke_session(company(Role.ADMIN), ada.credential_id)
    assert accounts.sessions_of(ada.user_id or "") == []


def test_sessions_of_others_are_listed_and_ended_by_who_manages_them(
    accounts: Accounts, ada: Principal, company: Company
) -> None:
    admin, owner = company(Role.ADMIN), company(Role.OWNER)
    assert [each.email for each in accounts.sessions(admin, "ADA@example.com")] == ["ada@example.com"]
    assert accounts.sessions(ada) == accounts.sessions(ada, "ada@example.com")
    assert {each.email for each in accounts.sessions(OPERATOR)} == {ada.email, admin.email, owner.email}
    for actor, email in ((ada, admin.email), (ada, "nobody@example.com"), (admin, owner.email)):
        with pytest.raises(NotPermitted):
            accounts.sessions(actor, email)
        with pytest.raises(NotPermitted):
            accounts.revoke_other_sessions(actor, email)
    with pytest.raises(UserNotFound):
        accounts.sessions(admin, "nobody@example.com")
    with pytest.raises(NotPermitted, match="say whose"):
        accounts.revoke_other_sessions(OPERATOR)
    assert accounts.revoke_other_sessions(admin, ada.email, address="192.0.2.9") == 1
    assert accounts.sessions(ada) == []
    (entry,) = accounts.audit_entries(OPERATOR, act="session.others_revoked")
    assert (entry.actor, entry.subject, entry.address) == (admin.email, ada.email, "192.0.2.9")


def test_a_hash_of_former_cost_is_renewed_at_sign_in(
    ledger: Ledger, clock: Clock, accounts: Accounts, ada: Principal
) -> None:
    dearer = Accounts(
        ledger, clock, passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    )
    dearer.sign_in("ada@example.com", PASSWORD)
    with ledger.reading() as session:
        assert "t=2" in session.get_one(User, ada.user_id).password_hash
    dearer.sign_in("ada@example.com", PASSWORD)
    with pytest.raises(InvalidSignIn):
        dearer.sign_in("ada@example.com", "wrong")


def test_a_password_changed_while_signing_in_counts(
    accounts: Accounts, ada: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session must not start with a password that was replaced while its hash was computed."""
    matches = accounts._passwords.matches

    def meanwhile(password: str, password_hash: str | None) -> bool:
        monkeypatch.undo()
        accounts.reset_password(OPERATOR, ada.user_id or "", "stapled horse 8 battery")
        return matches(password, password_hash)

    monkeypatch.setattr(accounts._passwords, "matches", meanwhile)
    with pytest.raises(InvalidSignIn):
        accounts.sign_in("ada@example.com", PASSWORD)
    assert accounts.sessions_of(ada.user_id or "") == []


def test_a_session_that_began_while_its_user_was_disabled_is_of_no_use(
    accounts: Accounts, ledger: Ledger, ada: Principal, clock: Clock
) -> None:
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    with ledger.session() as session:
        session.get_one(User, ada.user_id).disabled_at = clock.now()
    with pytest.raises(SessionInvalid):
        accounts.session_for(token)
