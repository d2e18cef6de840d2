"""The page *Getting started*, done as it says: every command is run as it stands, from a checkout, before a simulated Cursor."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

import finora
from finora.documentation import page_named
from finora.simulator import serve_in_thread
from support.running import PASSWORD
from support.terminal import of_today

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(finora.__file__).parents[2]
BUILT = ("-o", ".venv/.package", "-o", "frontend")
"""For make: what this very checkout has built already is not built again for the test."""
PATIENCE = 90.0


@dataclass
class Shell:
    """A terminal with a person at it, who answers what a command asks."""

    master: int
    process: subprocess.Popen[bytes]
    said: str = ""
    _answered: int = field(default=0)

    def wait_for(self, words: str, answers: dict[str, str] | None = None) -> str:
        """Wait until words appear, typing the answers to questions meanwhile; return what was said till then."""
        end = time.monotonic() + PATIENCE
        while not re.search(words, self.said[self._answered :]):
            assert time.monotonic() < end, self.said
            self._listen()
            for question, answer in (answers or {}).items():
                found = re.search(question, self.said[self._answered :])
                if found:
                    self._answered += found.end()
                    os.write(self.master, f"{answer}\n".encode())
        found = re.search(words, self.said[self._answered :])
        assert found
        told = self.said[self._answered : self._answered + found.end()]
        self._answered += found.end()
        return told

    def _listen(self) -> None:
        if select.select([self.master], [], [], 0.2)[0]:
            with suppress(OSError):
                self.said += os.read(self.master, 65536).decode("utf-8", "replace").replace("\r", "")


@contextmanager
def shell(checkout: Path, environment: dict[str, str], command: str) -> Iterator[Shell]:
    """Run commands in bash, in a terminal of their own, until the block ends."""
    master, slave = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own page's commands
        ["/bin/bash", "-e", "-c", command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=checkout,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Shell(master, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        os.close(master)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a checkout's, so that what the commands make is not made in the real one."""
    folder = tmp_path_factory.mktemp("finora")
    for name in ("Makefile", ".venv", "src", "frontend", "scripts", "pyproject.toml", "hatch_build.py"):
        (folder / name).symlink_to(REPOSITORY / name)
    for lock in REPOSITORY.glob("requirements*.lock"):
        (folder / lock.name).symlink_to(lock)
    return folder


def blocks() -> list[str]:
    """Return the command blocks of the page, in their order."""
    return [
        token.content.strip()
        for token in page_named("getting-started").tokens
        if token.type == "fence" and token.info == "sh"
    ]


def as_here(command: str, port: int) -> str:
    """Return a command for this machine: nothing built again, and the port that is free."""
    return command.replace("make ", f"make {' '.join(BUILT)} ").replace("localhost:8000", f"127.0.0.1:{port}")


@pytest.fixture
def environment(checkout: Path, unused_port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINORA_", "MAKE"))}
    return kept | {"FINORA_PORT": str(unused_port), "COLUMNS": "200", "TERM": "dumb", "PWD": str(checkout)}


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


def test_the_page_has_the_commands_that_are_run_here() -> None:
    """A new block must be run, too: add it to the walk below."""
    assert [each.split("\n")[0].split()[0] for each in blocks()] == [
        "make",
        "make",
        ".",
        "finora",
        "finora",
        "TOKEN=$(finora",
        "finora",
    ]


def test_the_demo_shows_first_figures_and_leaves_real_data_alone(
    checkout: Path, environment: dict[str, str], unused_port: int
) -> None:
    (demo, *_) = blocks()
    with shell(checkout, environment, as_here(demo, unused_port)) as running:
        told = running.wait_for(r"sign in as \S+ with the password \S+")
        assert f":{unused_port}" in told
        assert (checkout / "demo-data").is_dir()
        assert not (checkout / "data").exists()


def test_everything_else_works_as_it_stands_one_after_the_other(
    checkout: Path, environment: dict[str, str], unused_port: int
) -> None:
    _demo, serve, activate, connect, ask, script, safe = blocks()
    simulated = of_today()
    with serve_in_thread(simulated) as cursor:
        settings = {"FINORA_CURSOR_BASE_URL": cursor.base_url, "FINORA_CURSOR_REQUESTS_PER_MINUTE": "0"}
        environment |= settings
        with shell(checkout, environment, as_here(serve, unused_port)) as server:
            told = server.wait_for(r"/setup/\S+")
            assert "There is no user yet. Open this link once to become the owner:" in told
            link = told.split()[-1]
            assert httpx.get(link, trust_env=False).status_code == 200
            together = f"{activate}\n{connect}\n{ask}\n{script}\necho\necho the end of the script\n{safe}"
            with shell(checkout, environment, as_here(together, unused_port)) as person:
                typed = {
                    "Password: ": PASSWORD,
                    "Repeat for confirmation: ": PASSWORD,
                    "Admin API Key: ": simulated.key,
                }
                person.wait_for(r"is connected: [\d,]+ events", typed)
                assert "you@example.com is owner" in person.said
                assert PASSWORD not in person.said
                assert simulated.key not in person.said
                told = person.wait_for("the end of the script")
                assert "this week" in told.lower()
                assert '"people"' in told
                told = person.wait_for(r"finora\.backup: [\d,]+ events")
                assert "✓ Data directory" in told
                assert "✗" not in told
                assert person.process.wait(timeout=30) == 0
    assert (checkout / "finora.backup").is_file()
    assert (checkout / "data" / "secret.key").is_file()
