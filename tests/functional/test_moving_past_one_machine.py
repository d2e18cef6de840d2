"""A Finora with its data in files is brought to PostgreSQL and ClickHouse by one command, and goes on there as if nothing had been."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from finora.gate import SESSION_COOKIE
from finora.simulator import serve_in_thread
from support.postgresql import Databases, programs, server
from support.running import PASSWORD
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed here")

OWNER = "olivia@acme.test"


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with server() as url, Databases(url) as made:
        yield made


@pytest.fixture
def simulated() -> Simulation:
    return of_today()


@pytest.fixture
def files(tmp_path: Path, simulated: Simulation) -> Iterator[Terminal]:
    """A Finora in files, with an owner and a connected team."""
    with serve_in_thread(simulated) as cursor:
        terminal = Terminal(tmp_path / "data").having(CURSOR_BASE_URL=cursor.base_url)
        who = ("--email", OWNER, "--role", "owner", "--password-stdin")
        terminal.well("users", "create", *who, given=PASSWORD)
        terminal.well("connect", "cursor", "--name", "Acme", "--key-stdin", given=simulated.key)
        yield terminal


def sign_in(url: str) -> str:
    """Sign in with the password, and return the session's cookie."""
    with httpx.Client(trust_env=False) as browser:
        form = {"email": OWNER, "password": PASSWORD}
        answer = browser.post(f"{url}/sign-in", data=form, headers={"Origin": url})
        assert answer.status_code == 303, answer.text
        return browser.cookies[SESSION_COOKIE]


def opens(url: str, session: str) -> bool:
    """Return whether who has a session's cookie sees a page."""
    answer = httpx.get(f"{url}/", cookies={SESSION_COOKIE: session}, trust_env=False, timeout=30)
    return answer.status_code == 200


def told(terminal: Terminal, *words: str) -> Any:  # noqa: ANN401 - a JSON document
    """Return what a command tells as JSON."""
    return json.loads(terminal.well(*words, "--json"))


def test_events_and_ledger_go_together_and_all_goes_on_there(
    files: Terminal, simulated: Simulation, databases: Databases, tmp_path: Path
) -> None:
    token = files.well("tokens", "create", "--email", OWNER, "--name", "script").strip()
    with files.serving() as running:
        session = sign_in(running.url)
        asked = files("migrate", "--ledger-to", databases.bare())
        assert (asked.code, "Another Finora works on" in asked.said) == (1, True), asked.said
    connections, audit = told(files, "connections"), told(files, "audit", "--limit", "1000")
    events_url, ledger_url = f"chdb://{tmp_path / 'engine'}", databases.bare()

    moved = told(files, "migrate", "--to", events_url, "--ledger-to", ledger_url)
    assert moved["events"] == connections[0]["events"] > 0
    rows = {each["table"]: each["rows"] for each in moved["ledger"]["tables"]}
    assert (rows["users"], rows["audit_entries"], "sync_leases" in rows) == (1, len(audit), False)
    key = (files.data_dir / "secret.key").read_text().strip()
    assert all(
        said in moved["next"]
        for said in (
            "FINORA_EVENTS_URL",
            "FINORA_DATABASE_URL",
            "FINORA_SECRET_KEY",
            str(files.data_dir / "secret.key"),
        )
    )
    assert key not in json.dumps(moved)

    elsewhere = Terminal(tmp_path / "elsewhere", files.environment).having(
        EVENTS_URL=events_url, DATABASE_URL=ledger_url, SECRET_KEY=key
    )
    strange = elsewhere.having(DATABASE_URL=databases.new())("connections")
    assert "do not belong together" in strange.said
    assert told(elsewhere, "audit", "--limit", "1000") == audit
    assert told(elsewhere, "connections") == connections
    with elsewhere.serving() as running:
        assert opens(running.url, session)
        assert opens(running.url, sign_in(running.url))
        bearer = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{running.url}/api/v1/users", headers=bearer, trust_env=False).status_code == 200
        elsewhere.well("sync")  # with the provider's key, which only the master key opens
        who = ("--email", "mia@acme.test", "--role", "member", "--password-stdin")
        elsewhere.well("users", "create", *who, given=PASSWORD)
    after = told(elsewhere, "audit", "--limit", "1000")
    assert (after[-len(audit) :], len(after) > len(audit)) == (audit, True)
    assert told(elsewhere, "connections")[0]["events"] == simulated.truth.total().events


def test_the_ledger_alone_is_moved_to_where_the_setting_says(files: Terminal, databases: Databases) -> None:
    """So that the address, which may hold a password, is not on the command line."""
    url = databases.bare()
    there = files.having(DATABASE_URL=url)
    said = there.well("migrate", "--ledger-to", "-")
    assert "equal by count and checksum" in said
    assert str(files.data_dir / "secret.key") in said
    assert (files.data_dir / "secret.key").read_text().strip() not in said
    assert [each["email"] for each in told(there, "users", "list")] == [OWNER]
    assert told(there, "connections") == told(files, "connections")
    again = there("migrate", "--ledger-to", "-")
    assert (again.code, "is not empty" in again.said) == (1, True), again.said
    meant = there("migrate", "--ledger-to", url)
    assert (meant.code, "was to be moved to where it is" in meant.said) == (1, True), meant.said


def test_a_bad_target_for_the_ledger_is_told_before_the_events_are_moved(
    files: Terminal, databases: Databases, tmp_path: Path
) -> None:
    nowhere = "postgresql+psycopg://finora:hunter2@127.0.0.1:9/x"
    refused = files("migrate", "--to", f"chdb://{tmp_path / 'engine'}", "--ledger-to", nowhere)
    assert (refused.code, "Nothing was changed" in refused.said) == (1, True), refused.said
    assert "hunter2" not in refused.said
    assert not (tmp_path / "engine").exists()
    held = files.having(SECRET_KEY=(files.data_dir / "secret.key").read_text().strip())
    assert "the same FINORA_SECRET_KEY as here" in held.well("migrate", "--ledger-to", databases.bare())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say what to move where"),
        (("--ledger-to", "-"), "Say where to: --ledger-to"),
        (("--ledger-to", "postgresql+psycopg://finora@127.0.0.1:9/x"), "There is no ledger to move"),
    ],
)
def test_a_move_of_nothing_or_to_nowhere_is_told(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    refused = Terminal(tmp_path / "data")("migrate", *words)
    assert (refused.code, said in refused.said) == (1, True), refused.said
    assert not (tmp_path / "data" / "ledger.sqlite").exists()
