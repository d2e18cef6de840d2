"""A provider's key, once entered, is found nowhere: no file, no log, no answer, in no spelling."""

from __future__ import annotations

import base64
import logging
import tarfile
from typing import TYPE_CHECKING

import pytest

from finora.accounts import Role
from finora.simulator import Faults, serve_in_thread
from finora.simulator.disturbances import Disturbances
from support.running import PASSWORD, Who
from support.simulated import pass_time
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.running import Running

CONNECTIONS = "/api/v1/connections"


def spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield a secret as it may stand in a file, a header or a log."""
    raw = secret.encode()
    yield "raw", raw
    yield "tail", raw[-24:]
    yield "reversed", raw[::-1]
    yield "utf-16", secret.encode("utf-16-le")
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for name, text in (("key:", raw + b":"), ("key", raw), ("quoted", b'"' + raw + b'"')):
        # The middle of base64 depends on where in three bytes the text begins; its ends on what stands beside it.
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + text)[4:-4]
            yield f"base64 of {name}, shifted by {shift}", encoded
            yield (
                f"url-safe base64 of {name}, shifted by {shift}",
                encoded.replace(b"+", b"-").replace(b"/", b"_"),
            )


def found_in(content: bytes, secrets: list[str]) -> list[str]:
    return [name for secret in secrets for name, text in spellings(secret) if text in content]


def everything_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Everything that anybody logs, at the finest level there is."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {self.format(record)} {record.args!r}")

    keeper, root = Keeper(level=1), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(1)
    yield lines
    root.removeHandler(keeper)
    root.setLevel(level)


def test_the_search_finds_a_key_in_each_spelling() -> None:
    key = "crsr_" + "0123456789abcdef" * 4
    header = base64.b64encode(f"{key}:".encode())
    for content in (
        key.encode(),
        b"x" + header,
        b"xx" + header,
        key.encode().hex().encode(),
        f'{{"k":"{key}"}}'.encode(),
    ):
        assert found_in(b"before " + content + b" after", [key])
    assert found_in(base64.b64encode(f'{{"api_key": "{key}"}}'.encode()), [key])
    assert not found_in(b"crsr_0123", [key])


def live_through(finora: Running) -> list[str]:
    """Let keys be entered, refused, replaced, revoked and removed; return all of them, and passwords."""
    keys = finora.simulated.keys[0]
    admin = finora.admin
    for bad in (keys.personal, keys.organization, keys.wrong_scope, keys.revoked):
        body = {"provider": "cursor", "name": "Bad", "credentials": {"api_key": f" {bad} "}}
        assert admin.post(CONNECTIONS, json=body).status_code == 422
    for wrong in ({"credentials": keys.admin}, {"api_key": keys.admin}, {"credentials": {keys.admin: 1}}):
        assert admin.post(CONNECTIONS, json={"provider": "cursor"} | wrong).status_code == 422
    connection = finora.connect()
    troubles = Faults(seed=9, error_permille=200, gateway_permille=200, truncated_permille=200)
    finora.simulated.disturbances = Disturbances(troubles)
    pass_time(finora.simulated, days=2)
    finora.sync()
    finora.simulated.disturbances = Disturbances(Faults.none())
    url = f"{CONNECTIONS}/{connection['id']}"
    assert admin.patch(url, json={"credentials": {"api_key": keys.revoked}}).status_code == 422
    assert admin.patch(url, json={"credentials": {"api_key": keys.spare}}).status_code == 200
    finora.simulated.ring.revoke(keys.spare)
    pass_time(finora.simulated, hours=2)
    (run,) = finora.workspace.schedule.run_due()
    assert run.state == "failed"
    for path in ("", "/syncs", "/revisions", "/reconciliation"):
        assert admin.get(url + path).status_code == 200
    for path in ("/api/v1/events", "/api/v1/export?format=jsonl&period=all", "/metrics", "/readyz"):
        assert admin.get(path).status_code == 200
    assert admin.patch(url, json={"credentials": {"api_key": keys.admin}}).status_code == 200
    finora.sync()
    return [*vars(keys).values(), PASSWORD]


def visit_pages(finora: Running) -> None:
    """Look at every page that tells of connections."""
    browser = finora.browser(Role.OWNER)
    for path in ("/", "/settings", "/settings/api-keys", "/settings/audit-log", "/settings/tokens"):
        browser.get(path)


def test_no_key_is_in_any_file_log_or_answer(
    serve: Callable[..., Running], log: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    finora = serve()
    secrets = live_through(finora)
    visit_pages(finora)
    tokens = [finora.as_(who).headers["authorization"].split()[-1] for who in (Who.ADMIN, Who.OWNER)]
    for name, content in everything_below(finora.folder):
        assert found_in(content, [*secrets, *tokens]) == [], name
    for answer in finora.heard:
        heard = repr(answer.headers).encode() + answer.content
        assert found_in(heard, [*secrets, *tokens]) == [], answer.url
    assert len(finora.heard) > 20
    assert found_in("\n".join(log).encode(), [*secrets, *tokens]) == []
    assert any(line.startswith("httpcore") for line in log), "the log was not listened to closely enough"
    said = capfd.readouterr()
    assert found_in((said.out + said.err).encode(), [*secrets, *tokens]) == []


def test_a_removed_key_leaves_not_even_its_ciphertext(serve: Callable[..., Running]) -> None:
    finora = serve()
    connection = finora.connect()
    with finora.workspace.ledger.reading() as session:
        row = session.connection().exec_driver_sql("SELECT ciphertext, wrapped_key FROM credentials").one()
    ledger = b"".join(content for name, content in everything_below(finora.folder) if "ledger" in name)
    assert all(part in ledger for part in row)
    assert finora.admin.delete(f"{CONNECTIONS}/{connection['id']}").status_code == 204
    for name, content in everything_below(finora.folder):
        assert not any(part in content for part in row), name


def unpacked(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as archive:
        for member in archive:
            part = archive.extractfile(member)
            assert part is not None
            yield f"{member.name} in the backup", part.read()


def test_neither_keys_nor_their_ciphertext_are_where_they_were_after_each_step(
    serve: Callable[..., Running],
) -> None:
    """Connected, replaced, removed: in no file of the event store, nor in a backup made without the master key."""
    finora = serve()
    keys = finora.simulated.keys[0]
    secrets = [keys.admin, keys.spare]
    former: list[bytes] = []

    def look(step: str) -> None:
        backup = finora.folder.parent / f"{step}.backup"
        order = {"file": str(backup)}
        assert finora.as_(Who.OPERATOR).post("/api/v1/backup", json=order).status_code == 200
        held = dict(everything_below(finora.folder))
        assert {"events.duckdb", "ledger.sqlite", "ledger.sqlite-wal"} <= held.keys()
        for name, content in (*held.items(), *unpacked(backup)):
            assert found_in(content, secrets) == [], f"{name}, {step}"
            assert not any(part in content for part in former), f"{name}, {step}"

    def stored() -> list[bytes]:
        with finora.workspace.ledger.reading() as session:
            rows = session.connection().exec_driver_sql("SELECT ciphertext, wrapped_key FROM credentials")
            parts = [part for row in rows for part in row]
        duckdb = b"".join(content for name, content in everything_below(finora.folder) if "duckdb" in name)
        assert duckdb
        assert not any(part in duckdb for part in parts)
        return parts

    connection = finora.connect()
    url = f"{CONNECTIONS}/{connection['id']}"
    look("connected")
    former += stored()
    assert finora.admin.patch(url, json={"credentials": {"api_key": keys.spare}}).status_code == 200
    finora.sync()
    look("replaced")
    former += stored()
    assert len(former) == 4
    assert finora.admin.delete(url).status_code == 204
    look("removed")
    assert stored() == []


def test_a_server_that_is_killed_leaves_no_key_behind(tmp_path: Path) -> None:
    """Neither in a write-ahead log nor in a file that was to be temporary."""
    simulated = of_today()
    with serve_in_thread(simulated) as cursor:
        finora = Terminal(tmp_path / "data").having(CURSOR_BASE_URL=cursor.base_url)
        for command in (
            ("connect", "cursor", "--name", "Acme", "--key-stdin", "--no-wait"),
            ("rotate", "Acme", "--key-stdin"),
            ("disconnect", "Acme", "--yes"),
        ):
            with finora.serving() as server:
                outcome = finora(*command, given=simulated.key)
                assert outcome.code == 0, outcome
                server.process.kill()
                server.wait_for_end(10)
            held = dict(everything_below(finora.data_dir))
            assert {"events.duckdb", "ledger.sqlite", "ledger.sqlite-wal"} <= held.keys()
            for name, content in held.items():
                assert found_in(content, [simulated.key]) == [], f"{name}, after {command[0]}"


def test_the_files_are_for_their_owner_only(serve: Callable[..., Running]) -> None:
    finora = serve()
    finora.connect()
    assert finora.folder.stat().st_mode & 0o777 == 0o700
    for path in finora.folder.rglob("*"):
        if path.name != "events.duckdb.wal":
            assert path.stat().st_mode & 0o077 == 0, path.name
