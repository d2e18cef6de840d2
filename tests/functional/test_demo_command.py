"""`finora demo` beside another one, and what it says to whoever wants to ask it from a terminal."""

from __future__ import annotations

import inspect
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.cli.demo_folder import DEMO_FOLDER, DEMO_MARK, DemoRuns, NoDemoFolder, make_anew
from finora.cli.export import export
from finora.cli.main import demo as demo_command
from finora.cli.query import query
from finora.simulator.people import TEAMS, hire
from finora.spend.event import EVENT_TYPES
from finora.spend.url import filter_from_text
from finora.storage.data_dir import held
from support.running import eventually
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALL = ("demo", "--seats", "2", "--events", "100")


@dataclass
class Demo:
    """A running demo, and the terminal of the folder it was started in."""

    terminal: Terminal
    port: int
    lines: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        return " ".join("".join(self.lines).split())


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


@contextmanager
def demo_in(folder: Path) -> Iterator[Demo]:
    port = free_port()
    terminal = Terminal(folder / "data").having(PORT=str(port))
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "finora", *_SMALL],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=terminal.variables(),
        cwd=folder,
        text=True,
    ) as process:
        demo = Demo(terminal, port)
        listener = threading.Thread(target=lambda: demo.lines.extend(process.stdout or ()), daemon=True)
        listener.start()
        try:
            eventually(lambda: "All synced" in demo.said or process.poll() is not None, seconds=60)
            assert process.poll() is None, demo.said
            yield demo
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_in(tmp_path_factory.mktemp("demo")) as running:
        yield running


def events_of(demo: Demo) -> int:
    asking = demo.terminal.having(DATA_DIR=str(DEMO_FOLDER))
    answer = json.loads(asking.well("query", "-m", "events", "--period", "all", "--json"))
    events: int = answer["totals"]["events"]
    return events


@pytest.mark.parametrize("elsewhere", [False, True], ids=["the same port", "another port"])
def test_a_second_demo_leaves_the_first_ones_data_alone(demo: Demo, *, elsewhere: bool) -> None:
    """It once wiped the folder and only then found the port taken; the first went on with files that were gone."""
    folder = demo.terminal.data_dir.parent / DEMO_FOLDER
    before = sorted(each.name for each in folder.iterdir())
    events = events_of(demo)
    second = demo.terminal.having(PORT=str(free_port())) if elsewhere else demo.terminal
    refused = second(*_SMALL)
    assert refused.code == 1
    assert "Simulating" not in refused.said
    assert f"http://127.0.0.1:{demo.port}" in refused.said
    assert "Ctrl-C" in refused.said
    assert sorted(each.name for each in folder.iterdir()) == before
    assert events_of(demo) == events > 0
    assert httpx.get(f"http://127.0.0.1:{demo.port}/readyz", trust_env=False).status_code == 200


def test_a_demo_whose_port_is_taken_leaves_the_last_ones_data_alone(tmp_path: Path) -> None:
    folder = tmp_path / DEMO_FOLDER
    folder.mkdir(mode=0o700)
    (folder / DEMO_MARK).touch()
    (folder / "ledger.sqlite").write_text("of the last demo")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = Terminal(tmp_path / "data").having(PORT=str(taken.getsockname()[1]))(*_SMALL)
    assert refused.code == 1
    assert "is taken" in refused.said
    assert (folder / "ledger.sqlite").read_text() == "of the last demo"


def test_a_folder_is_made_anew_only_while_nobody_works_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    make_anew(folder)
    (folder / "wal").mkdir()
    (folder / "wal" / "1").touch()
    with held(folder), pytest.raises(DemoRuns, match="end that one first"):
        make_anew(folder)
    assert (folder / "wal" / "1").exists()
    make_anew(folder)
    assert {each.name for each in folder.iterdir()} == {DEMO_MARK, "finora.lock"}


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(NoDemoFolder, match="Move it away"):
        make_anew(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_the_demo_says_how_commands_reach_it(demo: Demo) -> None:
    """Beside a running demo, `finora query` once looked into ./data, made that folder and said $0.00."""
    (shown,) = {
        line.partition("folder: ")[2].strip()
        for line in demo.lines
        if "from a terminal in this folder" in line
    }
    words = shown.split()
    assert words[:2] == [f"FINORA_DATA_DIR={DEMO_FOLDER}", "finora"]
    assert "Total" in demo.terminal.having(DATA_DIR=str(DEMO_FOLDER)).well(*words[2:])
    astray = demo.terminal(*words[2:])
    assert (astray.code, astray.out) == (1, "")
    assert shown in astray.said
    assert not demo.terminal.data_dir.exists()


_READING = (
    ("query",),
    ("export",),
    ("ask", "How much did we spend?"),
    ("connections",),
    ("notices",),
    ("reconcile",),
    ("audit",),
    ("users", "list"),
    ("tokens", "list"),
    ("sessions", "list"),
    ("subscriptions", "list"),
    ("subscriptions", "export"),
    ("subscriptions", "summary"),
    ("subscriptions", "seat-use", "Cursor"),
)


@pytest.mark.parametrize("command", _READING, ids=" ".join)
def test_who_only_reads_makes_no_folder(tmp_path: Path, command: tuple[str, ...]) -> None:
    terminal = Terminal(tmp_path / "data")
    outcome = terminal(*command)
    assert (outcome.code, outcome.out) == (1, "")
    assert "There is no data yet" in outcome.err
    assert "FINORA_DATA_DIR" in outcome.err
    assert "demo" not in outcome.err
    assert not terminal.data_dir.exists()


def test_the_doctor_knows_the_demo_on_its_port(demo: Demo) -> None:
    """It once called Finora's own demo another program."""
    found = {each["name"]: each for each in json.loads(demo.terminal("doctor", "--json").out)}
    assert found["Port"]["verdict"] == "odd"
    assert "Finora's demo" in found["Port"]["text"]
    within = demo.terminal.having(DATA_DIR=str(DEMO_FOLDER)).well("doctor", "--json")
    (port,) = [each for each in json.loads(within) if each["name"] == "Port"]
    assert port == {
        "name": "Port",
        "verdict": "well",
        "text": f"The running server listens at http://127.0.0.1:{demo.port}.",
    }


def test_examples_of_filters_name_whom_the_demo_has() -> None:
    """The example of `finora export --help` once asked for a team that no demo has, and wrote an empty file."""
    asked = [
        filter_from_text(text.replace('"', ""))
        for command in (query, export)
        for text in re.findall(r'-f (\S+?,\S+?,(?:"[^"]+"|\S+))', command.__doc__ or "")
    ]
    seats, seed = (inspect.signature(demo_command).parameters[name].default for name in ("seats", "seed"))
    there = {"team": {*TEAMS}, "event_type": {*EVENT_TYPES}}
    there["person"] = {each.name for each in hire(seed, seats, date(2025, 11, 1), date(2026, 11, 1))}
    assert {each.dimension for each in asked} == {"team", "person", "event_type"}
    for each in asked:
        assert there[each.dimension].issuperset(each.values)
