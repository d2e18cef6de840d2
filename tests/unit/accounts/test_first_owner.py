"""The first owner is made once, through the newest link."""

import threading
from pathlib import Path

import pytest

from finora.accounts import OPERATOR, Account, Accounts, Role
from finora.accounts.errors import SetupLinkInvalid, WeakPassword
from finora.storage.ledger import Ledger

PASSWORD = "correct horse 7 battery"


def fresh_link(accounts: Accounts) -> str:
    token = accounts.new_setup_link()
    assert token is not None
    return token


def test_the_link_makes_an_owner_who_can_sign_in(accounts: Accounts) -> None:
    link = fresh_link(accounts)
    assert accounts.is_setup_link(link)
    owner = accounts.create_first_owner(
        link, email=" Ada@Example.com ", password=PASSWORD, name=" Ada  Lovelace "
    )
    assert (owner.email, owner.name, owner.role) == ("ada@example.com", "Ada Lovelace", Role.OWNER)
    assert accounts.sign_in("ADA@example.com", PASSWORD).principal.role is Role.OWNER
    (entry,) = accounts.audit_entries(OPERATOR, act="owner.created")
    assert (entry.actor, entry.subject) == ("", "ada@example.com")


def test_a_used_link_is_of_no_use(accounts: Accounts) -> None:
    link = fresh_link(accounts)
    accounts.create_first_owner(link, email="ada@example.com", password=PASSWORD)
    assert accounts.is_setup_link(link) is False
    with pytest.raises(SetupLinkInvalid, match="newest link in the terminal"):
        accounts.create_first_owner(link, email="eve@example.com", password=PASSWORD)
    assert accounts.new_setup_link() is None


def test_a_restart_ends_the_link_before(accounts: Accounts) -> None:
    former, link = fresh_link(accounts), fresh_link(accounts)
    assert accounts.is_setup_link(former) is False
    with pytest.raises(SetupLinkInvalid):
        accounts.create_first_owner(former, email="ada@example.com", password=PASSWORD)
    accounts.create_first_owner(link, email="ada@example.com", password=PASSWORD)


def test_a_guessed_link_is_refused(accounts: Accounts) -> None:
    fresh_link(accounts)
    with pytest.raises(SetupLinkInvalid):
        accounts.create_first_owner("guess", email="eve@example.com", password=PASSWORD)


def test_a_link_is_of_no_use_once_the_operator_made_a_user(accounts: Accounts) -> None:
    link = fresh_link(accounts)
    accounts.create_user(OPERATOR, email="ada@example.com", role=Role.OWNER, password=PASSWORD)
    with pytest.raises(SetupLinkInvalid):
        accounts.create_first_owner(link, email="eve@example.com", password=PASSWORD)


def test_a_weak_password_does_not_use_up_the_link(accounts: Accounts) -> None:
    link = fresh_link(accounts)
    with pytest.raises(WeakPassword):
        accounts.create_first_owner(link, email="ada@example.com", password="short")
    accounts.create_first_owner(link, email="ada@example.com", password=PASSWORD)


def test_two_who_use_the_link_at_once_make_one_owner(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = fresh_link(accounts)
    both_checked = threading.Barrier(2)
    hash_password = accounts._passwords.hash

    def wait_for_the_other(password: str) -> str:
        both_checked.wait(5)
        return hash_password(password)

    monkeypatch.setattr(accounts._passwords, "hash", wait_for_the_other)
    made: list[Account] = []
    refused: list[SetupLinkInvalid] = []

    def use(email: str) -> None:
        try:
            made.append(accounts.create_first_owner(link, email=email, password=PASSWORD))
        except SetupLinkInvalid as refusal:
            refused.append(refusal)

    threads = [
        threading.Thread(target=use, args=(email,)) for email in ("ada@example.com", "eve@example.com")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused), len(accounts.users())) == (1, 1, 1)


@pytest.mark.parametrize("meanwhile", ["Finora starts again", "the operator makes a user"])
def test_a_link_that_ends_while_the_password_is_hashed_is_refused(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    link = fresh_link(accounts)
    hash_password = accounts._passwords.hash

    def interrupted(password: str) -> str:
        monkeypatch.undo()
        if meanwhile == "Finora starts again":
            fresh_link(accounts)
        else:
            accounts.create_user(OPERATOR, email="ada@example.com", role=Role.OWNER, password=PASSWORD)
        return hash_password(password)

    monkeypatch.setattr(accounts._passwords, "hash", interrupted)
    with pytest.raises(SetupLinkInvalid):
        accounts.create_first_owner(link, email="eve@example.com", password=PASSWORD)
    assert "eve@example.com" not in [user.email for user in accounts.users()]


def test_the_link_itself_is_not_stored(accounts: Accounts, ledger: Ledger, tmp_path: Path) -> None:
    link = fresh_link(accounts)
    assert link.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
