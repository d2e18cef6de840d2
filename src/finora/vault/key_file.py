"""Where the master key comes from: the setting, or a private file made at the first start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from finora.storage.private_file import create_private, read_private, remove_drafts, replace_private
from finora.vault.errors import MissingMasterKey, NothingToForget, WrongMasterKey
from finora.vault.keys import KeyRing, MasterKey
from finora.vault.models import Credential
from finora.vault.vault import Vault, forget_all

if TYPE_CHECKING:
    from pathlib import Path

    from finora.settings import Settings
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock
    from finora.vault.secret import Secret

KEY_FILE = "secret.key"


def open_vault(settings: Settings, ledger: Ledger, clock: Clock) -> Vault:
    """Return the vault under the master key of the settings, else of the data directory's key file.

    The file is made at the first start. It may hold former keys below the current one.

    Raises:
        ConfigurationError: The key is malformed, missing, readable by others, or not the one to this ledger. Nothing
            was changed.
        StorageError: The key file cannot be read or written.
    """
    if settings.secret_key:
        return Vault(ledger, KeyRing.parse(settings.secret_key, "FINORA_SECRET_KEY"), clock)
    return Vault(ledger, _ring_of_file(settings.data_dir / KEY_FILE, ledger), clock)


def forget_credentials(settings: Settings, ledger: Ledger, clock: Clock, placeholder: Secret) -> int:
    """Give up credentials whose master key is lost, and begin anew with the key at hand or a fresh one.

    Args:
        settings: With the key to begin with, where it does not lie in the data directory.
        ledger: Whose credentials they are.
        clock: What the time is.
        placeholder: What stands in each one's place until its key is entered again.

    Returns:
        How many were given up.

    Raises:
        NothingToForget: The key at hand opens them all.
    """
    try:
        open_vault(settings, ledger, clock)
    except (MissingMasterKey, WrongMasterKey):
        ring = _new_ring(settings)
        return forget_all(ledger, ring, clock, placeholder)
    raise NothingToForget(
        "The master key at hand opens every credential, so nothing was forgotten. A single key is replaced with Update in "
        "Settings, or finora rotate."
    )


def _new_ring(settings: Settings) -> KeyRing:
    if settings.secret_key:
        return KeyRing.parse(settings.secret_key, "FINORA_SECRET_KEY")
    path = settings.data_dir / KEY_FILE
    create_private(path, MasterKey.generate().text())
    return KeyRing.parse(read_private(path) or "", str(path))


def check_master_key(settings: Settings) -> None:
    """Go on only if the master key of the settings, where they have one, is one.

    Raises:
        InvalidMasterKey: It is not.
    """
    if settings.secret_key:
        KeyRing.parse(settings.secret_key, "FINORA_SECRET_KEY")


def rotate_key_file(vault: Vault, path: Path) -> None:
    """Change the master key of a key file.

    The file holds both keys while the ledger changes over, so that a crash at any point loses nothing: the next start
    finds every key that it needs. The data directory must be held.
    """
    ring = vault.ring.led_by(MasterKey.generate())
    replace_private(path, ring.text())
    vault.rotate(ring.current)
    replace_private(path, ring.current.text())
    remove_drafts(path)


def _ring_of_file(path: Path, ledger: Ledger) -> KeyRing:
    text = read_private(path)
    if text is None:
        _refuse_if_needed(path, ledger)
        create_private(path, MasterKey.generate().text())
        # Read back, because another process that started at the same time may have been first.
        text = read_private(path)
    return KeyRing.parse(text or "", str(path))


def _refuse_if_needed(path: Path, ledger: Ledger) -> None:
    with ledger.reading() as session:
        stored = session.scalar(select(Credential.id).limit(1))
    if stored is not None:
        raise MissingMasterKey(
            f"The ledger holds encrypted credentials, but the key to them is missing. Restore {path} from a backup, "
            "or set FINORA_SECRET_KEY to the former key. The credentials are untouched; no new key was made. If the key is lost "
            "for good, “finora vault forget” gives the credentials up and keeps everything else."
        )
