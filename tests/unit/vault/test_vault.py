"""Credentials rest encrypted, are replaced whole, and vanish when deleted."""

import pytest
from sqlalchemy import select, update

from finora.settings import Settings
from finora.storage.ledger import Ledger
from finora.values.clock import SystemClock
from finora.vault import (
    CredentialNotFound,
    CredentialUnreadable,
    KeyRing,
    MasterKey,
    Secret,
    Vault,
    WrongMasterKey,
)
from finora.vault.models import Credential, VaultKey

OLD = Secret("crsr_old_0123456789abcdefghij")
NEW = Secret("crsr_new_9876543210jihgfedcba")


def stored(ledger: Ledger, credential_id: str) -> Credential:
    with ledger.reading() as session:
        return session.get_one(Credential, credential_id)


def everything(settings: Settings) -> bytes:
    return b"".join(file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file())


def test_a_stored_secret_is_revealed_again(vault: Vault) -> None:
    assert vault.reveal(vault.store(OLD)) == OLD


def test_a_stored_secret_is_nowhere_in_the_clear(vault: Vault, settings: Settings) -> None:
    vault.store(OLD)
    assert OLD.reveal().encode() not in everything(settings)


def test_a_deleted_secret_is_in_no_file_not_even_encrypted(
    vault: Vault, ledger: Ledger, settings: Settings
) -> None:
    kept, gone = vault.store(NEW), vault.store(OLD)
    row = stored(ledger, gone)
    assert row.ciphertext in everything(settings)
    vault.delete(gone)
    left = everything(settings)
    for trace in (
        OLD.reveal().encode(),
        row.ciphertext,
        row.wrapped_key,
        row.ciphertext[12:-16],
        gone.encode(),
    ):
        assert trace not in left
    assert stored(ledger, kept).ciphertext in left
    with pytest.raises(CredentialNotFound):
        vault.reveal(gone)


def test_deleting_twice_is_no_error(vault: Vault) -> None:
    credential = vault.store(OLD)
    vault.delete(credential)
    vault.delete(credential)


def test_a_replaced_secret_is_in_no_file(vault: Vault, ledger: Ledger, settings: Settings) -> None:
    credential = vault.store(OLD)
    row = stored(ledger, credential)
    vault.replace(credential, NEW)
    assert vault.reveal(credential) == NEW
    for trace in (row.ciphertext, row.wrapped_key):
        assert trace not in everything(settings)


def test_a_replacement_that_is_rolled_back_leaves_the_old_secret(vault: Vault, ledger: Ledger) -> None:
    credential = vault.store(OLD)

    def fail_midway() -> None:
        with ledger.session() as session:
            vault.replace(credential, NEW, session=session)
            assert vault.reveal(credential, session=session) == NEW
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert vault.reveal(credential) == OLD


def test_a_credential_is_written_in_its_callers_transaction(
    vault: Vault, ledger: Ledger, settings: Settings
) -> None:
    with ledger.session() as session:
        first = vault.store(OLD, session=session)
        second = vault.store(NEW, session=session)
        assert vault.reveal(first, session=session) == OLD
        ciphertext = session.get_one(Credential, second).ciphertext
        vault.delete(second, session=session)
    assert vault.reveal(first) == OLD
    assert ciphertext not in everything(settings)


def test_replacing_what_is_not_there_is_told(vault: Vault) -> None:
    with pytest.raises(CredentialNotFound):
        vault.replace("nothing", NEW)


def test_swapped_rows_are_noticed(vault: Vault, ledger: Ledger) -> None:
    one, other = vault.store(OLD), vault.store(NEW)
    row = stored(ledger, other)
    with ledger.session() as session:
        session.execute(
            update(Credential)
            .where(Credential.id == one)
            .values(ciphertext=row.ciphertext, wrapped_key=row.wrapped_key)
        )
    with pytest.raises(CredentialUnreadable, match="Enter the key again"):
        vault.reveal(one)


def test_rotation_rewraps_every_data_key_and_touches_no_ciphertext(
    vault: Vault, ledger: Ledger, settings: Settings
) -> None:
    credential = vault.store(OLD)
    before = stored(ledger, credential)
    former = vault.ring.current
    vault.rotate(MasterKey.generate())
    after = stored(ledger, credential)
    assert after.ciphertext == before.ciphertext
    assert before.wrapped_key not in everything(settings)
    assert vault.reveal(credential) == OLD
    assert Vault(ledger, KeyRing(vault.ring.current), SystemClock()).reveal(credential) == OLD
    with pytest.raises(WrongMasterKey):
        Vault(ledger, KeyRing(former), SystemClock())


def test_a_rotation_that_fails_changes_nothing(vault: Vault, ledger: Ledger) -> None:
    sound, damaged = vault.store(OLD), vault.store(NEW)
    with ledger.session() as session:
        session.execute(update(Credential).where(Credential.id == damaged).values(wrapped_key=b"x" * 60))
    with pytest.raises(CredentialUnreadable):
        vault.rotate(MasterKey.generate())
    assert vault.reveal(sound) == OLD


def test_a_new_key_given_together_with_the_former_takes_over(vault: Vault, ledger: Ledger) -> None:
    credential = vault.store(OLD)
    ring = vault.ring.led_by(MasterKey.generate())
    Vault(ledger, ring, SystemClock())
    assert Vault(ledger, KeyRing(ring.current), SystemClock()).reveal(credential) == OLD
    with ledger.reading() as session:
        assert session.scalars(select(VaultKey.id)).all() == [ring.current.id]


def test_a_wrong_key_is_told_and_nothing_is_changed(vault: Vault, ledger: Ledger) -> None:
    credential = vault.store(OLD)
    with pytest.raises(WrongMasterKey, match="FINORA_SECRET_KEY does not hold"):
        Vault(ledger, KeyRing(MasterKey.generate(), source="FINORA_SECRET_KEY"), SystemClock())
    assert vault.reveal(credential) == OLD


def test_a_new_key_is_welcome_while_nothing_is_stored(vault: Vault, ledger: Ledger) -> None:
    vault.delete(vault.store(OLD))
    other = Vault(ledger, KeyRing(MasterKey.generate()), SystemClock())
    assert other.reveal(other.store(NEW)) == NEW
