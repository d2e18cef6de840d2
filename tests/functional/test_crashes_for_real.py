"""Real processes that are killed in the middle of their work, again and again, and what is there in the end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from finora.simulator import UNLIMITED, Company, Faults, ManualClock, Simulation, serve_in_thread
from support.running import eventually
from support.simulated import ms
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 30
DAYS = 120
_WAITS_FOR_A_LINE = """
import sys, uvicorn, finora.app, finora.cli.serve, finora.workspace
sys.stdin.readline()
from finora.cli import main
main()
"""


def busy() -> Simulation:
    """Return a team with a long history and unsettled recent days, whose clock stands shortly before the present."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    made = Company.generate(11, seats=5, start=now - timedelta(days=DAYS), end=now, events=1500)
    faults = Faults(
        seed=3,
        late_permille=100,
        late_hours=48,
        revised_permille=300,
        revised_hours=48,
        slow_permille=400,
        slow_ms=40,
    )
    return Simulation(made, clock=ManualClock(ms(now) - 3_600_000), faults=faults, behaviour=UNLIMITED)


def overdue(folder: Path) -> None:
    """Let the next start find that everything is to be read again that may be revised."""
    with closing(sqlite3.connect(folder / "ledger.sqlite", timeout=10)) as ledger, ledger:
        ledger.execute("UPDATE connections SET next_sync_at = 0, last_deep_sync_at = NULL")


def asked(simulated: Simulation) -> int:
    """Return how many requests were made so far."""
    return sum(simulated.requests.values())


@contextmanager
def imported(finora: Terminal) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a `finora serve` that has not begun: it imports all it needs, and begins once it is given a line.

    Most of a start is importing, so the next server imports while the one before it syncs and dies.
    """
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FINORA_")}
    own = {"FINORA_DATA_DIR": str(finora.data_dir), "FINORA_CURSOR_REQUESTS_PER_MINUTE": "600"}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _WAITS_FOR_A_LINE, "serve", "--port", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=kept | own | finora.environment,
        cwd=finora.data_dir.parent,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def killed_while_it_syncs(server: subprocess.Popen[bytes], simulated: Simulation, dice: Random) -> None:
    """Let a server begin, and kill it at a random moment after its first request."""
    before = asked(simulated)
    assert server.stdin is not None
    server.stdin.write(b"begin\n")
    server.stdin.flush()
    eventually(lambda: asked(simulated) > before, seconds=60)
    time.sleep(dice.random() * dice.choice((0.05, 0.4, 0.8)))
    server.send_signal(signal.SIGKILL)
    assert server.wait(10) == -signal.SIGKILL


def test_a_server_killed_thirty_times_while_it_syncs_ends_up_with_the_truth(tmp_path: Path) -> None:
    simulated, dice = busy(), Random(4)  # noqa: S311 - moments of death need no secrecy
    folder = tmp_path / "data"
    with serve_in_thread(simulated) as cursor:
        finora = Terminal(folder).having(CURSOR_BASE_URL=cursor.base_url)
        finora.well("connect", "cursor", "--key-stdin", "--no-wait", given=simulated.key)
        with ExitStack() as waiting:
            server = waiting.enter_context(imported(finora))
            for kill in range(KILLS):
                following = waiting.enter_context(imported(finora))
                overdue(folder)
                if kill % 10 == 9:
                    simulated.clock.advance(600_000)  # late events show, charges are revised
                killed_while_it_syncs(server, simulated, dice)
                server = following
        simulated.settle()
        overdue(folder)
        finora.well("sync")
        finora.well("doctor")
        whole = totals(finora)
        overdue(folder)
        finora.well("sync")
        assert totals(finora) == whole
    truth = simulated.truth.total()
    assert whole == (truth.events, nano(truth.spend_nano), nano(truth.value_nano))
    parts = rows(finora, "person")
    assert (sum(each[0] for each in parts), sum(each[1] for each in parts)) == whole[:2]
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        ended = dict(ledger.execute("SELECT state, count(*) FROM sync_runs GROUP BY 1").fetchall())
    assert ended["stale"] >= KILLS // 2, ended  # they were killed in the middle
    assert set(ended) == {"completed", "stale"}


def nano(amount: int) -> Decimal:
    """Return nano-USD as USD."""
    return Decimal(amount) / 10**9


def totals(finora: Terminal) -> tuple[int, Decimal, Decimal]:
    """Return events, spend and usage value of all time."""
    answer = json.loads(
        finora.well("query", "-m", "events", "-m", "spend", "-m", "usage_value", "--period", "all", "--json")
    )["totals"]
    return answer["events"], Decimal(answer["spend"]), Decimal(answer["usage_value"])


def rows(finora: Terminal, dimension: str) -> list[tuple[int, Decimal]]:
    """Return events and spend by a dimension."""
    words = ("-m", "events", "-m", "spend", "--by", dimension, "--period", "all", "--json")
    answer = json.loads(finora.well("query", *words))
    return [(row["events"], Decimal(row["spend"])) for row in answer["rows"]]
