"""Killed at any moment, a change of the master key loses no credential, and a removal leaves nothing of one.

Each story is told again and again by a process of its own, which kills itself one step later each time: before a
statement, a commit, the reading and writing of the key file, or the rewriting of the ledger.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from finora.settings import Settings
from finora.storage.ledger import open_ledger
from finora.values.clock import SystemClock
from finora.vault import KEY_FILE, Secret, Vault, open_vault, rotate_key_file
from finora.vault.models import Credential

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ["crsr_" + f"{number:02x}" * 32 for number in range(3)]
STORY = """
import os, signal, sqlite3, sys
from pathlib import Path
from sqlalchemy import event
from finora.settings import Settings
from finora.storage.ledger import open_ledger, sqlite
from finora.values.clock import SystemClock
from finora.vault import KEY_FILE, open_vault, rotate_key_file

folder, last, story = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
steps = 0

def step(*_):
    global steps
    steps += 1
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(call):
    def stepped(*given, **named):
        step()
        found = call(*given, **named)
        step()
        return found
    return stepped

class Stepping(sqlite3.Connection):
    def execute(self, *given):
        step()
        return super().execute(*given)

with open_ledger(Settings(data_dir=folder).ledger_url) as ledger:
    vault = open_vault(Settings(data_dir=folder), ledger, SystemClock())
    event.listen(ledger.engine, "before_cursor_execute", step)
    event.listen(ledger.engine, "commit", step)
    os.fsync, Path.replace, os.open = stepping(os.fsync), stepping(Path.replace), stepping(os.open)
    sqlite.erase_leftovers = stepping(sqlite.erase_leftovers)
    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, factory=Stepping, **named)
    if story == "rotate":
        rotate_key_file(vault, folder / KEY_FILE)
    else:
        vault.delete(sys.argv[4])
os._exit(0)
"""


def opened(folder: Path) -> Vault:
    settings = Settings(data_dir=folder)
    return open_vault(settings, open_ledger(settings.ledger_url), SystemClock())


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A data directory with three credentials, as the last process left it that ended well."""
    folder = tmp_path / "before"
    folder.mkdir(mode=0o700)
    vault = opened(folder)
    for key in KEYS:
        vault.store(Secret(key))
    vault._ledger.close()
    return folder


def told(before: Path, folder: Path, last: int, *story: str) -> bool:
    """Tell a story until a step, on a copy of what was before; return whether it came to its end."""
    shutil.copytree(before, folder)
    command = [sys.executable, "-c", STORY, str(folder), str(last), *story]
    ended = subprocess.run(command, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, check=False).returncode  # noqa: S603 - our own program
    assert ended in {0, -signal.SIGKILL}
    return ended == 0


def secrets_of(vault: Vault) -> set[str]:
    with vault._ledger.reading() as session:
        ids = session.scalars(select(Credential.id)).all()
    return {vault.reveal(each).reveal() for each in ids}


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_master_key_that_was_being_changed_opens_everything(before: Path, tmp_path: Path) -> None:
    last, ended = 1, False
    while not ended:
        folder = tmp_path / f"killed-{last}"
        ended = told(before, folder, last, "rotate")
        vault = opened(folder)
        assert secrets_of(vault) == set(KEYS), f"killed at step {last}"
        rotate_key_file(vault, folder / KEY_FILE)
        assert secrets_of(vault) == set(KEYS), f"killed at step {last}, then changed again"
        assert [each.name for each in folder.glob(f".{KEY_FILE}*")] == [], "a key that was to go stays behind"
        vault._ledger.close()
        shutil.rmtree(folder)
        last += 1 if last < 4 or last > 12 else 2
    assert last > 15, "there were too few steps to say anything"


def test_a_removed_credential_is_gone_from_every_file_after_the_next_start(
    before: Path, tmp_path: Path
) -> None:
    """Between the commit that deletes it and the rewriting of the files nobody may die with what is left for ever."""
    vault = opened(before)
    with vault._ledger.reading() as session:
        removed, *_ = session.scalars(select(Credential)).all()
    parts = (removed.ciphertext, removed.wrapped_key)
    vault._ledger.close()
    last, ended, left_over = 1, False, 0
    while not ended:
        folder = tmp_path / f"killed-{last}"
        ended = told(before, folder, last, "remove", removed.id)
        left_over += any(part in everything_in(folder) for part in parts)
        vault = opened(folder)
        if len(secrets_of(vault)) == len(KEYS) - 1:
            assert not any(part in everything_in(folder) for part in parts), f"killed at step {last}"
        vault._ledger.close()
        shutil.rmtree(folder)
        last += 1
    assert left_over > 3, "nobody died while something was left"
    assert last > 8, "there were too few steps to say anything"
