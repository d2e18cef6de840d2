"""Every command that any page of the documentation shows does what it shows, when it is typed as it stands."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from finora.documentation import pages
from finora.simulator import serve_in_thread
from support.running import PASSWORD
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.terminal import Server

ELSEWHERE = re.compile(
    r"finora (connect|disconnect|rotate|vault|users create|migrate)|finora restore|make |claude |finora mcp|FINORA_URL="
)
"""Shown with a person's answers, for a server that is stopped, or for another program; each has tests of its own."""


def commands() -> list[tuple[str, str]]:
    """Return each command that a page shows, with the page's name; getting started has its own walk."""
    found = []
    for page in pages():
        for token in page.tokens:
            if token.type == "fence" and token.info == "sh" and page.name != "getting-started":
                lines = token.content.replace("\\\n", " ").splitlines()
                found += [(page.name, line.strip()) for line in lines if line.strip()]
    return [(name, line) for name, line in found if not ELSEWHERE.search(line)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documented")


@pytest.fixture(scope="module")
def terminal(place: Path) -> Iterator[Terminal]:
    """Where a team is connected as the pages name it, with the people they name."""
    simulated = of_today()
    with serve_in_thread(simulated) as cursor:
        terminal = Terminal(place / "data").having(CURSOR_BASE_URL=cursor.base_url)
        for email in ("you@example.com", "ana@example.com"):
            who = ("--email", email, "--role", "owner", "--password-stdin")
            terminal.well("users", "create", *who, given=f"{PASSWORD}\n")
        terminal.well("connect", "cursor", "--name", "My team", "--key-stdin", given=simulated.key)
        (place / "backups").mkdir()
        yield terminal


@pytest.fixture(scope="module")
def server(terminal: Terminal) -> Iterator[Server]:
    with terminal.serving() as running:
        yield running


@pytest.fixture(scope="module")
def token(terminal: Terminal, server: Server) -> str:
    """A token that the running server takes."""
    return terminal.well("tokens", "create", "--email", "you@example.com", "--name", "pages").strip()


def test_there_is_something_to_run() -> None:
    assert len(commands()) >= 25
    assert sum(line.startswith("curl ") for _page, line in commands()) >= 6


@pytest.mark.parametrize(("page", "command"), commands(), ids=lambda each: each)
def test_a_command_of_a_page_goes_well(
    terminal: Terminal, server: Server, place: Path, token: str, *, page: str, command: str
) -> None:
    here = command.replace("/backups/", f"{place}/backups/").replace("http://localhost:8000", server.url)
    if here.startswith("curl "):
        here = here.replace("curl ", "curl --silent --show-error --fail-with-body ")
    line = f'finora() {{ {sys.executable} -m finora "$@"; }}; {here}'
    if not here.startswith("curl "):
        # A token is also a setting, for commands that reach a Finora elsewhere; these reach the one on this machine.
        outcome = terminal.run(["/bin/bash", "-e", "-c", line])
    else:
        outcome = terminal.having(TOKEN=token).run(["/bin/bash", "-e", "-c", line])
    assert outcome.code == 0, f"{page}: {outcome.said}"
    assert outcome.out or outcome.err or "--output" in command or " -o " in command
