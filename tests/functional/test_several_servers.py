"""Several servers on one PostgreSQL and one ClickHouse, as behind a balancer: whichever answers, the answer is the same."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from finora.simulator import UNLIMITED, Company, Faults, ManualClock, Simulation, serve_in_thread
from finora.storage.events.clickhouse import parse_address
from finora.storage.events.clickhouse.store import ClickHouseEventStore
from finora.storage.ledger import LedgerTurns, open_ledger
from support.clickhouse_server import running as clickhouse
from support.events import DAY, T0, event, read, table
from support.postgresql import Databases, programs, server
from support.running import eventually
from support.simulated import ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.storage.ledger import Ledger

PASSWORD = "correct horse 7 battery"
KEY = "a" * 64

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed here")


@dataclass
class Together:
    """What all servers share."""

    database_url: str
    events_url: str
    cursor_url: str
    folder: Path

    def settings(self, name: str) -> dict[str, str]:
        """Return the environment of one of them, with a data directory of its own."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FINORA_")}
        return kept | {
            "FINORA_DATA_DIR": str(self.folder / name),
            "FINORA_DATABASE_URL": self.database_url,
            "FINORA_EVENTS_URL": self.events_url,
            "FINORA_SECRET_KEY": KEY,
            "FINORA_CURSOR_BASE_URL": self.cursor_url,
            "FINORA_CURSOR_REQUESTS_PER_MINUTE": "0",
        }

    def command(self, name: str, *words: str, given: str = "") -> str:
        """Run a command beside a server, and return what it says."""
        done = self.tried(name, *words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(
        self, name: str, *words: str, given: str = "", zone: str = "UTC"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, whatever becomes of it."""
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "finora", *words],
            env=self.settings(name) | {"FINORA_TIMEZONE": zone},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def server(self, name: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        """Run a server; yield its process and address."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "finora", "serve", "--port", str(port)],
            env=self.settings(name),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                url = f"http://127.0.0.1:{port}"
                eventually(lambda: answers(url), seconds=240)
                yield process, url
            finally:
                process.kill()


def answers(url: str) -> bool:
    """Return whether a server is ready."""
    try:
        return httpx.get(f"{url}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def team() -> Simulation:
    """Return a team whose answers take a while, so that a sync can be met under way."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    company = Company.generate(7, seats=6, start=now - timedelta(days=150), end=now, events=1500)
    faults = Faults(seed=3, slow_permille=1000, slow_ms=60)
    return Simulation(company, clock=ManualClock(ms(now)), faults=faults, behaviour=UNLIMITED)


@pytest.fixture
def together(tmp_path: Path) -> Iterator[tuple[Together, Simulation]]:
    """Return what servers share, and the team behind it."""
    simulated = team()
    with (
        server() as postgresql,
        Databases(postgresql) as databases,
        clickhouse() as events,
        serve_in_thread(simulated) as cursor,
    ):
        yield Together(databases.new(), events, cursor.base_url, tmp_path), simulated


def test_whichever_server_answers_the_answer_is_the_same_and_a_sync_outlives_its_server(
    together: tuple[Together, Simulation],
) -> None:
    shared, simulated = together
    with shared.server("one") as (first, one), shared.server("two") as (_second, two):
        for email, role in (("olivia@acme.test", "owner"), ("mia@acme.test", "member")):
            shared.command(
                "one", "users", "create", "--email", email, "--role", role, "--password-stdin", given=PASSWORD
            )
        token = shared.command(
            "two", "tokens", "create", "--email", "olivia@acme.test", "--name", "t"
        ).split()[-1]
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            body = {"provider": "cursor", "name": "Acme", "credentials": {"api_key": simulated.key}}
            made = client.post(f"{one}/api/v1/connections", json=body)
            assert made.status_code == 201, made.text
            eventually(lambda: events_of(client, two) > 0, seconds=60)
            first.send_signal(signal.SIGKILL)  # in the middle of the first sync, or right after it
            first.wait()
            whole = simulated.truth.total()
            eventually(lambda: events_of(client, two) == whole.events, seconds=120)
            with shared.server("three") as (_third, three):
                asked = {
                    "metrics": ["spend", "usage_value", "events", "people"],
                    "period": "180d",
                    "dimensions": ["person"],
                }
                told = [client.post(f"{url}/api/v1/query", json=asked).json() for url in (two, three)]
                assert told[0] == told[1] | {"meta": told[0]["meta"]}
                assert Decimal(told[0]["totals"]["spend"]) == rounded(whole.spend_nano)
                signs_in_here_and_is_known_there(two, three)
                a_team_given_here_is_seen_there(client, two, three)


def events_of(client: httpx.Client, url: str) -> int:
    """Return how many events a server says the connection has."""
    (connection,) = client.get(f"{url}/api/v1/connections").json()
    count: int = connection["events"]
    return count


def rounded(nano: int) -> Decimal:
    """Return nano-USD as USD."""
    return Decimal(nano) / 10**9


def signs_in_here_and_is_known_there(here: str, there: str) -> None:
    """A balancer sends the next click anywhere."""
    with httpx.Client(follow_redirects=False, timeout=60) as browser:
        form: dict[str, Any] = {"email": "mia@acme.test", "password": PASSWORD}
        assert browser.post(f"{here}/sign-in", data=form, headers={"Origin": here}).status_code == 303
        assert browser.get(f"{there}/").status_code == 200


def a_team_given_here_is_seen_there(client: httpx.Client, here: str, there: str) -> None:
    """Who belongs where is remembered by each process, until another changes it."""

    def seen(url: str) -> list[dict[str, Any]]:
        found = client.get(f"{url}/api/v1/people", params={"period": "180d"})
        assert found.status_code == 200, found.text
        people: list[dict[str, Any]] = found.json()["people"]
        return people

    email = next(each["person"] for each in seen(there) if "@" in each["person"])
    made = client.post(f"{here}/api/v1/teams", json={"name": "Skunkworks"})
    assert made.status_code == 201, made.text
    team = made.json()["team"]
    moved = client.put(f"{here}/api/v1/people/{email}/team", json={"team": team})
    assert moved.status_code == 200, moved.text
    eventually(
        lambda: next(each["team_label"] for each in seen(there) if each["person"] == email) == "Skunkworks",
        seconds=20,
    )


def test_servers_that_write_events_at_once_take_turns(together: tuple[Together, Simulation]) -> None:
    shared, _simulated = together
    ledgers = [open_ledger(shared.database_url) for _ in range(2)]
    problems: list[BaseException] = []

    def write(ledger: Ledger, connection: int) -> None:
        try:
            store = ClickHouseEventStore(parse_address(shared.events_url, Path()), turns=LedgerTurns(ledger))
            for day in range(4):
                rows = [event(T0 + day * DAY + n, cost=1) for n in range(3)]
                store.replace_window(read(day, day + 1, connection=connection), table(rows))
            store.close()
        except BaseException as problem:  # noqa: BLE001 - it is raised again below
            problems.append(problem)

    threads = [
        threading.Thread(target=write, args=(ledger, number))
        for number, ledger in enumerate((*ledgers, *ledgers), 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()
    assert problems == []
    store = ClickHouseEventStore(parse_address(shared.events_url, Path()))
    time.sleep(0)
    assert (store.count().events, store.connections()) == (4 * 4 * 3, [1, 2, 3, 4])
    store.check()
    store.close()


def test_the_time_zone_of_all_servers_is_changed_by_a_command_and_by_no_slip(
    together: tuple[Together, Simulation],
) -> None:
    shared, _simulated = together
    shared.command("one", "query", "--json")
    slip = shared.tried("two", "query", zone="Europe/Berlin")
    assert slip.returncode != 0
    assert "set FINORA_TIMEZONE=UTC" in " ".join(slip.stderr.split())
    changed = shared.tried("two", "timezone", zone="Europe/Berlin")
    assert "by the days of Europe/Berlin" in changed.stdout, changed.stderr
    assert shared.tried("one", "query").returncode != 0
    assert shared.tried("one", "query", zone="Europe/Berlin").returncode == 0


def test_servers_without_a_common_master_key_are_refused(tmp_path: Path) -> None:
    """Each would make one of its own, and the credentials that one stores no other could read."""
    settings = {
        "FINORA_DATA_DIR": str(tmp_path),
        "FINORA_DATABASE_URL": "postgresql+psycopg://finora@127.0.0.1:9/x",
        "FINORA_EVENTS_URL": "clickhouse://finora@127.0.0.1:9/x",
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FINORA_")}
    done = subprocess.run(
        [sys.executable, "-m", "finora", "doctor"],
        env=kept | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0, "Set FINORA_SECRET_KEY" in done.stdout) == (True, True), done.stdout
