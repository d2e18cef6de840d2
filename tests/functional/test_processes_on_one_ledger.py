"""Several processes on one ledger, on SQLite and on PostgreSQL: no connection is synced twice at once, nor waits for the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from finora.connections.models import Connection
from finora.storage.ledger import Ledger, open_ledger
from finora.sync import SyncRun, SyncRuns
from finora.sync.lease import Lease
from finora.values.clock import SystemClock
from finora.values.period import Span
from support.postgresql import Databases, programs, server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WORKER = """
import os, sys, time
from pathlib import Path
from random import Random
from finora.storage.ledger import open_ledger
from finora.sync.lease import Lease
from finora.values.clock import SystemClock

url, place, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
dice, taken = Random(os.getpid()), 0
with open_ledger(url) as ledger:
    while taken < rounds:
        lease = Lease(ledger, SystemClock(), "c1", f"p{os.getpid()}")
        if not lease.take():
            time.sleep(dice.random() * 0.01)
            continue
        taken += 1
        mark = os.open(place / "held", os.O_CREAT | os.O_EXCL)  # fails where another holds it, too
        print("held", flush=True)
        time.sleep(dice.random() * 0.01)
        lease.renew()
        os.close(mark)
        (place / "held").unlink()
        lease.release()
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases | None]:
    """Return databases on a PostgreSQL; none where the machine has none."""
    if programs() is None:
        yield None
        return
    with server() as url, Databases(url) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases | None) -> str:
    """Return the address of an empty ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    if databases is None:
        pytest.skip("PostgreSQL is not installed here")
    return databases.new()


def started(url: str, place: Path, rounds: int) -> subprocess.Popen[str]:
    """Start a process that takes the lease and gives it back, again and again."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _WORKER, url, str(place), str(rounds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_no_two_processes_hold_a_lease_at_once(url: str, tmp_path: Path) -> None:
    open_ledger(url).close()
    workers = [started(url, tmp_path, 25) for _ in range(3)]
    for worker in workers:
        out, problems = worker.communicate(timeout=90)
        assert worker.returncode == 0, problems
        assert out.count("held") == 25


def test_a_killed_process_is_taken_over_at_once(url: str, tmp_path: Path) -> None:
    open_ledger(url).close()
    worker = started(url, tmp_path, 1_000_000)
    assert worker.stdout is not None
    assert worker.stderr is not None
    for _line in range(3):
        assert worker.stdout.readline() == "held\n"
    while not (tmp_path / "held").exists():
        time.sleep(0.001)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    worker.stderr.close()
    with open_ledger(url) as ledger:
        assert Lease(ledger, SystemClock(), "c1", "another").take()


def test_many_who_ask_at_once_ask_for_one_run(url: str) -> None:
    """Two that both found nothing waiting would read everything twice, or collide in the run's number."""
    ledgers = [open_ledger(url) for _ in range(2)]
    problems: list[BaseException] = []

    def ask(ledger: Ledger) -> None:
        runs = SyncRuns(ledger, SystemClock())
        now = SystemClock().now()
        try:
            for _ in range(10):
                runs.request("c1")
                runs.request("c2", Span(now - timedelta(hours=1), now))
        except BaseException as problem:  # noqa: BLE001 - it is raised again below
            problems.append(problem)

    threads = [threading.Thread(target=ask, args=(ledger,)) for ledger in ledgers for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledgers[0].reading() as session:
        asked = session.scalar(select(func.count()).select_from(SyncRun))
    for ledger in ledgers:
        ledger.close()
    assert problems == []
    assert asked == 2


def test_a_reader_sees_one_state_to_its_end(url: str) -> None:
    with open_ledger(url) as ledger:
        with ledger.reading() as session:
            before = session.scalar(select(func.count()).select_from(SyncRun))
            session.scalar(select(func.count()).select_from(Connection))
            SyncRuns(ledger, SystemClock()).request("c1")
            assert session.scalar(select(func.count()).select_from(SyncRun)) == before == 0
        with ledger.reading() as session:
            assert session.scalar(select(func.count()).select_from(SyncRun)) == 1


def test_processes_that_start_at_once_make_one_ledger(tmp_path: Path, databases: Databases | None) -> None:
    if databases is None:
        pytest.skip("PostgreSQL is not installed here")
    bare, problems = databases.bare(), list[BaseException]()

    def start() -> None:
        try:
            open_ledger(bare).close()
        except BaseException as problem:  # noqa: BLE001 - it is raised again below
            problems.append(problem)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
