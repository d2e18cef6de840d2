"""Damaged, foreign, locked and unwritable files: each is named with what to do, found by the doctor, and left as it was."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import duckdb
import pytest

from finora.cli.main import main
from finora.simulator import serve_in_thread
from finora.storage import data_dir
from finora.storage.events import DuckDBEventStore, EventsDamaged
from support.running import running
from support.terminal import NOBODY_THERE, Outcome, Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.simulator import Simulation


@pytest.fixture(scope="session")
def simulated() -> Simulation:
    return of_today()


@pytest.fixture(scope="session")
def filled(simulated: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with everything read, which no Finora holds."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    with running(simulated, folder) as finora:
        finora.connect("Acme")
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """A data directory of this test's own."""
    return Path(shutil.copytree(filled, tmp_path / "data"))


@dataclass
class Here:
    """Runs commands in this process, which is quicker than a process for each."""

    monkeypatch: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Outcome:
        self.captured.readouterr()
        self.monkeypatch.setattr(sys, "argv", ["finora", *words])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO())
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        out, err = self.captured.readouterr()
        return Outcome(int(str(code)), out, err, out.encode())


@pytest.fixture
def finora(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Here:
    monkeypatch.setenv("FINORA_DATA_DIR", str(folder))
    monkeypatch.setenv("FINORA_CURSOR_BASE_URL", NOBODY_THERE)
    monkeypatch.setenv("FINORA_PORT", "18999")
    monkeypatch.setenv("COLUMNS", "250")
    return Here(monkeypatch, capfd)


def found_wrong(finora: Here) -> str:
    """Return all that the doctor finds wrong, in one."""
    outcome = finora("doctor", "--json")
    wrong = [each["text"] for each in json.loads(outcome.out) if each["verdict"] == "wrong"]
    assert outcome.code == (1 if wrong else 0)
    return " ".join(wrong)


def refused(finora: Here, *words: str) -> str:
    """Return why a command that needs the data cannot be run, once it is sure that the reason is told plainly."""
    outcome = finora(*(words or ("connections",)))
    assert outcome.code == 1, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    return " ".join(outcome.err.split())


def content(folder: Path) -> dict[str, bytes]:
    """Return the databases and keys of a data directory; what SQLite only works with is left out."""
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if each.is_file() and not each.name.endswith(("-shm", "-wal", ".lock"))
    }


# Ways to spoil a file


def truncate(share: float) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, int(path.stat().st_size * share))


def overwrite(share: float, size: int = 4000) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(int(path.stat().st_size * share))
            file.write(Random(1).randbytes(size))  # noqa: S311 - rubbish needs no secrecy

    return spoil


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_text(path: Path) -> None:
    path.write_text("Dear diary, " * 1000)


def swap(path: Path) -> None:
    """Put the other database in a database's place."""
    (other,) = {"events.duckdb", "ledger.sqlite"} - {path.name}
    shutil.copy(path.with_name(other), path)


def events_of_a_newer_finora(path: Path) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")


def events_of_a_newer_engine(path: Path) -> None:
    """Raise the version in the header, and make its checksum fit as a newer engine would."""
    with path.open("r+b") as file:
        header = bytearray(file.read(4096))
        assert checksum(header[8:]) == int.from_bytes(header[:8], "little")
        header[12:20] = (9999).to_bytes(8, "little")
        header[:8] = checksum(header[8:]).to_bytes(8, "little")
        file.seek(0)
        file.write(header)


def checksum(block: bytearray) -> int:
    """Return DuckDB's checksum of a block."""
    result = 5381
    for start in range(0, len(block), 8):
        word = int.from_bytes(block[start : start + 8], "little")
        result ^= word * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
    return result


def ledger_of_a_newer_finora(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE ledger_revision SET version_num = '9999'")
    database.close()


SPOILED = {
    "events truncated": ("events.duckdb", truncate(0.5), ("damaged", "backup")),
    "events nearly whole": ("events.duckdb", truncate(0.97), ("damaged", "backup")),
    "events without a header": ("events.duckdb", overwrite(0), ("damaged", "backup")),
    "events with a broken second header": (
        "events.duckdb",
        overwrite(4096 / 1_000_000),
        ("damaged", "backup"),
    ),
    "events empty": ("events.duckdb", empty, ("damaged", "backup")),
    "events a text": ("events.duckdb", replace_by_text, ("damaged", "backup")),
    "events a ledger": ("events.duckdb", swap, ("damaged", "backup")),
    "events a folder": ("events.duckdb", replace_by_folder, ("is a folder", "Move it away")),
    "events of a newer Finora": ("events.duckdb", events_of_a_newer_finora, ("newer version", "Install")),
    "events of a newer engine": ("events.duckdb", events_of_a_newer_engine, ("newer version", "Install")),
    "ledger truncated": ("ledger.sqlite", truncate(0.5), ("damaged", "backup")),
    "ledger without a header": ("ledger.sqlite", overwrite(0), ("damaged", "backup")),
    "ledger broken inside": ("ledger.sqlite", overwrite(0.1, 60_000), ("damaged", "backup")),
    "ledger a text": ("ledger.sqlite", replace_by_text, ("damaged", "backup")),
    "ledger an event store": ("ledger.sqlite", swap, ("damaged", "backup")),
    "ledger a folder": ("ledger.sqlite", replace_by_folder, ("cannot be opened", "Check that it is a file")),
    "ledger of a newer Finora": ("ledger.sqlite", ledger_of_a_newer_finora, ("newer version", "Install")),
    "ledger gone": ("ledger.sqlite", Path.unlink, ("never knew", "backup", "events.duckdb")),
    "ledger empty": ("ledger.sqlite", empty, ("never knew", "backup", "events.duckdb")),
    "key a text": ("secret.key", replace_by_text, ("master key", "openssl rand")),
    "key empty": ("secret.key", empty, ("master key",)),
    "key a folder": ("secret.key", replace_by_folder, ("cannot be read",)),
    "key binary": ("secret.key", overwrite(0, 40), ("backup",)),
    "key gone": ("secret.key", Path.unlink, ("Restore", "FINORA_SECRET_KEY")),
    "key of another Finora": (
        "secret.key",
        lambda path: path.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("does not hold the master key", "former"),
    ),
    "key for all to read": ("secret.key", lambda path: path.chmod(0o644), ("chmod 600",)),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_file_is_named_found_by_the_doctor_and_left_as_it_was(
    finora: Here, folder: Path, filled: Path, case: str
) -> None:
    name, spoil, words = SPOILED[case]
    spoil(folder / name)
    before = content(folder)
    told = refused(finora)
    for word in (name, *words):
        assert word in told, told
    doctor = found_wrong(finora)
    for word in (name, *words):
        assert word in doctor
    if case not in {"ledger gone", "ledger empty"}:  # SQLite makes tables before anybody could look
        assert content(folder) == before
    # With the file put back all is there again, so nothing else was touched.
    if (folder / name).is_dir():
        (folder / name).rmdir()
    shutil.copy(filled / name, folder / name)
    (folder / name).chmod(0o600)
    assert found_wrong(finora) == ""


def test_events_broken_where_nobody_looks_every_day_are_found_by_the_doctor_and_told_when_met(
    finora: Here, folder: Path
) -> None:
    path = folder / "events.duckdb"
    whole = path.read_bytes()
    for part in range(3, 60):
        path.write_bytes(whole)
        overwrite(part / 60)(path)
        try:
            store = DuckDBEventStore(path)
        except EventsDamaged:
            continue
        try:
            store.check()
        except EventsDamaged:
            break
        finally:
            store.close()
    else:
        pytest.fail("no part of the file is read only later on")
    assert "damaged" in found_wrong(finora)
    told = refused(finora, "export", "--format", "parquet", "--output", str(folder.parent / "out.parquet"))
    assert "events.duckdb is damaged" in told
    assert not list(folder.parent.glob("out.parquet*"))


def test_events_moved_away_are_read_anew_with_names_and_all(
    folder: Path, simulated: Simulation, monkeypatch: pytest.MonkeyPatch, finora: Here
) -> None:
    """What the message about a damaged event store advises has to work."""
    (folder / "events.duckdb").unlink()
    with serve_in_thread(simulated) as cursor:
        monkeypatch.setenv("FINORA_CURSOR_BASE_URL", cursor.base_url)
        monkeypatch.setenv("FINORA_CURSOR_REQUESTS_PER_MINUTE", "0")
        assert finora("sync").code == 0
    answer = json.loads(
        finora("query", "-m", "events", "--by", "connection", "--period", "all", "--json").out
    )
    assert answer["rows"][0]["connection_label"] == "Acme"
    assert answer["totals"]["events"] == simulated.truth.total().events


# Folders


def test_a_data_directory_that_is_a_file_is_named(
    finora: Here, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (folder / "ledger.sqlite", folder / "ledger.sqlite" / "below"):
        monkeypatch.setenv("FINORA_DATA_DIR", str(path))
        before = content(folder)
        for told in (refused(finora), found_wrong(finora)):
            assert str(path) in told
            assert "FINORA_DATA_DIR" in told
        assert content(folder) == before


def test_a_folder_another_finora_holds_is_named(
    finora: Here, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finora.cli.reach._PATIENCE_SECONDS", 0.1)
    with data_dir.held(folder):
        for told in (refused(finora), found_wrong(finora)):
            assert str(folder) in told
            assert "Another Finora" in told
    assert finora("connections").code == 0


def test_a_command_waits_for_another_that_is_about_to_end(finora: Here, folder: Path, tmp_path: Path) -> None:
    script = "import sys, time; from pathlib import Path; from finora.storage.data_dir import held\n"
    script += f"with held(Path({str(folder)!r})): print('held', flush=True); time.sleep(1)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as other:  # noqa: S603 - our own
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert "Acme" in finora("connections").out


def test_a_folder_open_to_others_is_remarked_upon(finora: Here, folder: Path) -> None:
    folder.chmod(0o755)
    outcome = finora("doctor")
    assert (outcome.code, "chmod 700" in outcome.out) == (0, True)


def test_the_doctor_makes_nothing(finora: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINORA_DATA_DIR", str(tmp_path / "new" / "data"))
    assert found_wrong(finora) == ""
    assert not (tmp_path / "new").exists()


def bound_by_rights(finora: Terminal, *words: str) -> Outcome:
    """Run a command to which the rights of files apply, as they do not to root."""
    command = [sys.executable, "-m", "finora", *words]
    if os.getuid() != 0:
        return finora.run(command)
    if not has_namespaces("-U"):
        pytest.skip("root may do everything here")
    return finora.run(["unshare", "-U", *command])


def has_namespaces(kinds: str) -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, kinds, "true"], check=False).returncode == 0  # noqa: S603 - the system's own


@pytest.mark.parametrize(
    ("command", "mode"), [("connections", 0o000), ("doctor", 0o000), ("connections", 0o500), ("serve", 0o500)]
)
def test_a_folder_that_may_not_be_used_is_named(folder: Path, command: str, mode: int) -> None:
    folder.chmod(mode)
    try:
        outcome = bound_by_rights(Terminal(folder), command)
    finally:
        folder.chmod(0o700)
    assert outcome.code == 1
    assert str(folder) in outcome.said
    assert "chown" in outcome.said
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("name", "mode", "command"),
    [
        ("events.duckdb", 0o000, "doctor"),
        ("events.duckdb", 0o400, "connections"),
        ("ledger.sqlite", 0o000, "connections"),
        ("ledger.sqlite", 0o400, "doctor"),
        ("secret.key", 0o000, "connections"),
    ],
)
def test_a_file_that_may_not_be_used_is_named(folder: Path, name: str, mode: int, command: str) -> None:
    (folder / name).chmod(mode)
    outcome = bound_by_rights(Terminal(folder), command)
    assert outcome.code == 1
    assert name in outcome.said
    assert "Traceback" not in outcome.err


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    finora = Terminal(tmp_path / "closed" / "data")
    outcome = bound_by_rights(replace(finora, started_in=tmp_path), "doctor")
    assert outcome.code == 1
    assert str(finora.data_dir) in outcome.said
    assert "FINORA_DATA_DIR" in outcome.said


# Disks


@pytest.fixture
def own_mounts() -> None:
    """Skip where commands cannot have file systems of their own."""
    if not has_namespaces("-Urm"):
        pytest.skip("this system lets nobody mount a file system of their own")


def mounted(finora: Terminal, script: str, *words: str, given: str = "") -> Outcome:
    """Run a command with file systems that only it sees, mounted by a script; `$D` is the data directory."""
    command = ["unshare", "-Urm", "sh", "-c", f'D="$0"; {script}', str(finora.data_dir)]
    return finora.run([*command, sys.executable, "-m", "finora", *words], given=given)


def test_a_read_only_disk_is_named(folder: Path, own_mounts: None) -> None:
    before = content(folder)
    script = 'mount --bind "$D" "$D" && mount -o remount,bind,ro "$D" && exec "$@"'
    for command in ("connections", "doctor"):
        outcome = mounted(Terminal(folder), script, command)
        assert outcome.code == 1
        assert "mounted read-only" in outcome.said
        assert str(folder) in outcome.said
        assert "Traceback" not in outcome.err
    assert content(folder) == before


def test_a_full_disk_ends_a_sync_with_its_reason_and_the_next_goes_on(
    tmp_path: Path, own_mounts: None
) -> None:
    folder, kept = tmp_path / "data", tmp_path / "kept"
    folder.mkdir()
    simulated = of_today(events=20_000)
    script = f'mount -t tmpfs -o size=2m tmpfs "$D" && "$@"; code=$?; cp -pr "$D" {kept}; exit $code'
    with serve_in_thread(simulated) as cursor:
        finora = Terminal(folder).having(CURSOR_BASE_URL=cursor.base_url)
        outcome = mounted(finora, script, "connect", "cursor", "--key-stdin", given=simulated.key)
        assert outcome.code == 1
        assert "no space left" in outcome.said or "The disk refused" in outcome.said
        assert "Traceback" not in outcome.err
        after = replace(finora, data_dir=kept)
        after.well("sync")
        after.well("doctor")
        answer = json.loads(
            after.well("query", "-m", "events", "-m", "usage_value", "--period", "all", "--json")
        )
    total = simulated.truth.total()
    assert answer["totals"]["events"] == total.events
    assert Decimal(answer["totals"]["usage_value"]) == Decimal(total.value_nano) / 10**9
