"""A terminal in which Finora's commands run as a person runs them, with settings of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from finora.simulator import UNLIMITED, Company, ManualClock, Simulation
from support.running import eventually
from support.simulated import ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NOBODY_THERE = "http://127.0.0.1:9"
"""An address where no provider answers."""


@dataclass(frozen=True)
class Outcome:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str
    raw: bytes = field(repr=False)

    @property
    def said(self) -> str:
        """All that it said, on one line."""
        return " ".join(f"{self.out} {self.err}".split())


@dataclass(frozen=True)
class Terminal:
    """Runs `finora …` in a folder, with environment variables of its own."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    started_in: Path | None = None

    def having(self, **environment: str) -> Terminal:
        """Return the terminal with further variables, without the prefix FINORA_."""
        return replace(
            self,
            environment=self.environment | {f"FINORA_{name}": value for name, value in environment.items()},
        )

    def __call__(self, *words: str, given: str = "") -> Outcome:
        """Run a command to its end.

        Args:
            words: The command, without `finora`.
            given: What it reads from its standard input.
        """
        return self.run([sys.executable, "-m", "finora", *words], given=given)

    def run(self, command: Sequence[str], *, given: str = "") -> Outcome:
        """Run any program as if it were one of Finora's commands."""
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            input=given.encode(),
            capture_output=True,
            env=self.variables(),
            cwd=self.started_in or self.data_dir.parent,
            timeout=60,
            check=False,
            start_new_session=True,  # without the terminal of whoever runs the tests: no command may ask them anything
        )
        return Outcome(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode(), done.stdout
        )

    def well(self, *words: str, given: str = "") -> str:
        """Run a command that has to go well, and return what it printed."""
        outcome = self(*words, given=given)
        assert outcome.code == 0, outcome
        return outcome.out

    @contextmanager
    def serving(self, *words: str) -> Iterator[Server]:
        """Let `finora serve` run, and answer, until the block ends."""
        with self.starting(*words) as server:
            server.wait_until_ready()
            yield server

    @contextmanager
    def starting(self, *words: str) -> Iterator[Server]:
        """Let `finora serve` run until the block ends, whether it answers by then or not."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        command = [sys.executable, "-m", "finora", "serve", "--port", str(port), *words]
        with subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.variables(),
            cwd=self.started_in or self.data_dir.parent,
            text=True,
        ) as process:
            try:
                yield Server(process, port)
            finally:
                process.kill()

    def variables(self) -> dict[str, str]:
        """Return the environment that its commands run in."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINORA_")}
        own = {
            "FINORA_DATA_DIR": str(self.data_dir),
            "FINORA_CURSOR_BASE_URL": NOBODY_THERE,
            "FINORA_CURSOR_REQUESTS_PER_MINUTE": "0",
            "COLUMNS": "200",
            "TERM": "dumb",
        }
        return kept | own | self.environment


class Server:
    """A running `finora serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._lines: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def said(self) -> str:
        """All that it printed so far."""
        return "".join(self._lines)

    def wait_until_ready(self) -> None:
        """Wait until it answers."""
        eventually(self._is_ready)

    def wait_for_end(self, seconds: float) -> int:
        """Wait until it has ended, and return its exit code."""
        code = self.process.wait(timeout=seconds)
        self._listener.join(timeout=5)
        return code

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self._lines.append(line)


def of_today(events: int = 800, days: int = 40) -> Simulation:
    """Return a simulated Cursor whose clock stands shortly before the present, as programs with a real clock want it."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    company = Company.generate(7, seats=4, start=now - timedelta(days=days), end=now, events=events)
    return Simulation(company, clock=ManualClock(ms(now)), behaviour=UNLIMITED)
