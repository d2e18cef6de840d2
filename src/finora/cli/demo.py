"""`finora demo`: a simulated Cursor team, connected as a real one would be.

The only part of the product that knows the simulator. It works in a data directory of its own, made anew each time,
because the simulated company's history moves with the present.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import typer

from finora.app import create_app
from finora.cli.demo_folder import DEMO_FOLDER, asking_demo, look_at, make_anew
from finora.cli.demo_subscriptions import buy_subscriptions
from finora.cli.listening import address, listen
from finora.cli.operator import announced
from finora.cli.reach import Reach
from finora.cli.serve import answer_requests, ended_in_order
from finora.cli.show import watch_sync
from finora.errors import ConfigurationError
from finora.settings import load_settings
from finora.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.settings import Settings

_EMAIL = "demo@finora.test"


def run_demo(*, seats: int, events: int, seed: int) -> None:
    """Simulate, connect, sync, and serve until interrupted."""
    settings = load_settings()
    look_at(DEMO_FOLDER)
    with (
        ended_in_order(),
        listen(settings.host, settings.port) as listener,
        _begun_anew(seats=seats, events=events, seed=seed) as (cursor, key),
        open_workspace(
            replace(settings, data_dir=DEMO_FOLDER, cursor_base_url=cursor, cursor_requests_per_minute=0)
        ) as workspace,
        announced(DEMO_FOLDER, address(settings.host, settings.port)) as operator,
    ):
        app = create_app(workspace, operator.token)
        workspace.schedule.start()
        visitor = threading.Thread(
            target=_visit, args=(settings, operator.url, operator.token, key, seats), daemon=True
        )
        visitor.start()
        answer_requests(app, listener)


def _visit(settings: Settings, url: str, token: str, key: str, seats: int) -> None:
    """Do what a new customer does: become a user, connect the key, enter the subscriptions, watch the first sync."""
    password = f"demo-{secrets.token_hex(4)}-1"
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
    ) as client:
        _wait_for(client)
        api = Reach(client)
        api.send(
            "POST", "/api/v1/users", {"email": _EMAIL, "role": "owner", "name": "Demo", "password": password}
        )
        body = {"provider": "cursor", "name": "Lumenworks", "credentials": {"api_key": key}}
        connection: dict[str, Any] = api.send("POST", "/api/v1/connections", body)
        buy_subscriptions(api, connection["id"], seats)
        _invite(settings.public_url, password, "The first figures are there within seconds:")
        watch_sync(api, connection["sync"], "First sync")
        _invite(settings.public_url, password, "All synced. Ctrl-C ends the demo.")


def _invite(url: str, password: str, words: str) -> None:
    typer.echo(f"\n{words}\n")
    typer.secho(f"  {url}", bold=True)
    typer.echo(f"  sign in as {_EMAIL} with the password {password}")
    typer.echo(f"  from a terminal in this folder: {asking_demo('query', '--by', 'team')}\n")


def _wait_for(client: httpx.Client) -> None:
    transport_errors = (httpx.ConnectError, httpx.ReadTimeout)
    for _attempt in range(100):
        try:
            client.get("/healthz")
        except transport_errors:
            continue
        return


@contextmanager
def _begun_anew(*, seats: int, events: int, seed: int) -> Iterator[tuple[str, str]]:
    """Empty the demo's folder, now that nothing is in the demo's way, and let a Cursor run for it."""
    make_anew(DEMO_FOLDER)
    typer.echo(
        f"Simulating a Cursor team of {seats} seats and {events:,} events in twelve months …", err=True
    )
    with _simulated(seats=seats, events=events, seed=seed) as found:
        yield found


@contextmanager
def _simulated(*, seats: int, events: int, seed: int) -> Iterator[tuple[str, str]]:
    """Run the simulated API in a process of its own; yield its address and a key."""
    command = [sys.executable, "-m", "finora", "simulate", "cursor", "--port", "0", "--no-rate-limits"]
    command += ["--seats", str(seats), "--events", str(events), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            yield _read_greeting(process)
        finally:
            process.terminate()


def _read_greeting(process: subprocess.Popen[str]) -> tuple[str, str]:
    address = key = ""
    for line in process.stdout or ():
        address = address or _found(r"(http://[^\s]+)", line)
        key = key or _found(r"\b((?:crsr|key)_\w+)", line)
        if address and key:
            threading.Thread(target=lambda: list(process.stdout or ()), daemon=True).start()
            return address, key
    raise ConfigurationError("The simulated Cursor did not start; its own message stands above.")


def _found(pattern: str, line: str) -> str:
    match = re.search(pattern, line)
    return match[1] if match else ""
