"""The master key is made once, kept private, and asked for when it is missing."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from finora.settings import Settings
from finora.storage.ledger import Ledger
from finora.storage.private_file import (
    PrivateFileExposed,
    PrivateFileUnusable,
    create_private,
    read_private,
    replace_private,
)
from finora.values.clock import SystemClock
from finora.vault import (
    KEY_FILE,
    MasterKey,
    MissingMasterKey,
    Secret,
    Vault,
    WrongMasterKey,
    open_vault,
    rotate_key_file,
)
from finora.vault.errors import InvalidMasterKey

SECRET = Secret("crsr_0123456789abcdefghij")


@pytest.fixture
def key_file(settings: Settings) -> Path:
    return settings.data_dir / KEY_FILE


def test_the_first_start_makes_a_private_key_file_that_later_starts_use(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path
) -> None:
    credential = vault.store(SECRET)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert open_vault(settings, ledger, SystemClock()).reveal(credential) == SECRET
    assert [file.name for file in key_file.parent.glob(".*")] == []


def test_a_key_from_the_settings_makes_no_file(settings: Settings, ledger: Ledger, key_file: Path) -> None:
    given = replace(settings, secret_key=MasterKey.generate().text())
    vault = open_vault(given, ledger, SystemClock())
    assert vault.reveal(vault.store(SECRET)) == SECRET
    assert not key_file.exists()


def test_a_key_file_that_others_may_read_is_refused(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path
) -> None:
    key_file.chmod(0o640)
    with pytest.raises(PrivateFileExposed, match=f"chmod 600 {key_file}"):
        open_vault(settings, ledger, SystemClock())


def test_a_missing_key_is_asked_for_and_never_made_anew(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path
) -> None:
    credential = vault.store(SECRET)
    key = key_file.read_text()
    key_file.unlink()
    with pytest.raises(MissingMasterKey, match=f"Restore {key_file}"):
        open_vault(settings, ledger, SystemClock())
    assert not key_file.exists()
    create_private(key_file, key.strip())
    assert open_vault(settings, ledger, SystemClock()).reveal(credential) == SECRET


def test_a_missing_key_to_nothing_is_made_anew(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path
) -> None:
    key_file.unlink()
    again = open_vault(settings, ledger, SystemClock())
    assert again.reveal(again.store(SECRET)) == SECRET


def test_another_key_in_the_settings_is_told(vault: Vault, settings: Settings, ledger: Ledger) -> None:
    vault.store(SECRET)
    with pytest.raises(WrongMasterKey, match="FINORA_SECRET_KEY"):
        open_vault(replace(settings, secret_key=MasterKey.generate().text()), ledger, SystemClock())


@pytest.mark.parametrize("content", [b"", b"hunter2", b"\xff\xfe"])
def test_a_broken_key_file_is_told(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path, content: bytes
) -> None:
    key_file.write_bytes(content)
    with pytest.raises((InvalidMasterKey, PrivateFileUnusable), match=str(key_file)):
        open_vault(settings, ledger, SystemClock())


def test_rotating_the_key_file_keeps_credentials_and_drops_the_old_key(
    vault: Vault, settings: Settings, ledger: Ledger, key_file: Path
) -> None:
    credential = vault.store(SECRET)
    before = key_file.read_text()
    rotate_key_file(vault, key_file)
    assert before.strip() not in key_file.read_text()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert open_vault(settings, ledger, SystemClock()).reveal(credential) == SECRET


@pytest.mark.parametrize("ledger_changed", [False, True])
def test_a_crash_while_rotating_loses_nothing(
    vault: Vault, settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, *, ledger_changed: bool
) -> None:
    credential = vault.store(SECRET)
    rotate = vault.rotate

    def dying(new: MasterKey) -> None:
        if ledger_changed:
            rotate(new)
        raise KeyboardInterrupt

    monkeypatch.setattr(vault, "rotate", dying)
    with pytest.raises(KeyboardInterrupt):
        rotate_key_file(vault, settings.data_dir / KEY_FILE)
    assert open_vault(settings, ledger, SystemClock()).reveal(credential) == SECRET


def test_the_second_of_two_first_starts_takes_the_firsts_key(tmp_path: Path) -> None:
    path = tmp_path / "made" / "secret"
    assert create_private(path, "first") is True
    assert create_private(path, "second") is False
    assert read_private(path) == "first"
    replace_private(path, "third")
    assert read_private(path) == "third"
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_a_private_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(PrivateFileUnusable, match="cannot be read"):
        read_private(tmp_path / "folder")
    with pytest.raises(PrivateFileUnusable, match="cannot be written"):
        replace_private(tmp_path / "folder", "secret")
    assert read_private(tmp_path / "nothing") is None
