"""A real server in a process of its own, from nothing to a million events on its pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from bench.memory import memory
from bench.table import Measured, slowest

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVENTS = 1_000_000
_PORT = 8791
_ROUNDS = 15
_PAGES = {
    "Overview, 28 days": "/?from={start}&to={end}",
    "Overview, 12 months": "/?from={year}&to={end}",
    "Explore by model, 28 days": "/explore?by=model&from={start}&to={end}",
    "Explore by person, 12 months": "/explore?by=person&from={year}&to={end}",
    "Explore by hour, 28 days": "/explore?by=hour&from={start}&to={end}",
    "Explore one vendor, 12 months": "/explore?by=person&from={year}&to={end}&f=is,vendor,anthropic",
    "Events, 28 days": "/events?from={start}&to={end}",
    "Overview, opened again": "/",
    "Explore, opened again": "/explore",
}
"""Each round of most pages has dates of its own, so that no answer is remembered."""


@dataclass(frozen=True)
class Server:
    """A running `finora serve`."""

    client: httpx.Client
    process: int
    folder: Path

    def memory(self, field: str) -> float:
        """Return a figure of the process's memory in MB; see `memory`."""
        return memory(self.process, field)


def measure() -> list[Measured]:
    """Return the figures of starting, syncing, storing and answering."""
    ready = tuple(_time_to_ready() for _run in range(3))
    with _simulated() as (address, key), _served(address) as server:
        time.sleep(3)
        idle = server.memory("VmRSS")
        took = _sync(server, key)
        peak = server.memory("VmHWM")
        connection = server.client.get("/api/v1/connections").json()[0]
        size = (
            sum(file.stat().st_size for file in server.folder.glob("events.duckdb*")) / connection["events"]
        )
        pages = [_page(server, name, path) for name, path in _PAGES.items()]
    return [
        Measured("finora serve, ready after", ready, "s", 2),
        Measured("  idle memory", (idle,), "MB", 250),
        Measured(f"first sync of {connection['events']:,} events", (took,), "s", 60),
        Measured("  peak memory of the server", (peak,), "MB", 500),
        Measured("  on disk", (size,), "bytes/event", 40),
        *pages,
    ]


@contextmanager
def synced() -> Iterator[Server]:
    """Yield a server that has read a million events."""
    with _simulated() as (address, key), _served(address) as server:
        _sync(server, key)
        yield server


def _page(server: Server, name: str, path: str) -> Measured:
    times = []
    for back in range(_ROUNDS):
        today = datetime.now(UTC).date() - timedelta(days=back)
        dates = {"start": today - timedelta(days=28), "year": today - timedelta(days=364), "end": today}
        started = time.perf_counter()
        server.client.get(path.format(**dates)).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    return Measured(f"{name}: p95", (slowest(times),), "ms", 100)


def _sync(server: Server, key: str) -> float:
    started = time.perf_counter()
    body = {"provider": "cursor", "name": "Bench", "credentials": {"api_key": key}}
    run: dict[str, Any] = (
        server.client.post("/api/v1/connections", json=body).raise_for_status().json()["sync"]
    )
    while run["state"] in {"pending", "running"}:
        time.sleep(0.2)
        run = server.client.get(f"/api/v1/syncs/{run['id']}").raise_for_status().json()
    if run["state"] != "completed":
        raise RuntimeError(f"the sync ended as {run['state']}: {run['error']}")
    return time.perf_counter() - started


def _time_to_ready() -> float:
    started = time.perf_counter()
    with _served("http://127.0.0.1:9"):
        return time.perf_counter() - started


@contextmanager
def _served(address: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"FINORA_CURSOR_BASE_URL": address, "FINORA_CURSOR_REQUESTS_PER_MINUTE": "0"}
        with serving(Path(folder), settings) as server:
            yield server


@contextmanager
def serving(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    """Yield a server of a data directory, ready to be asked as its operator."""
    environment = os.environ | {"FINORA_DATA_DIR": str(folder), "FINORA_PORT": str(_PORT)} | settings
    with subprocess.Popen(
        [sys.executable, "-m", "finora", "serve"], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            client = httpx.Client(base_url=f"http://127.0.0.1:{_PORT}", timeout=60)
            _wait(client)
            operator = msgspec.json.decode((folder / "operator.json").read_bytes())
            client.headers["Authorization"] = f"Bearer {operator['token']}"
            yield Server(client, process.pid, folder)
        finally:
            process.terminate()


def _wait(client: httpx.Client) -> None:
    for _attempt in range(2000):
        try:
            if client.get("/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise RuntimeError("the server did not get ready")


@contextmanager
def _simulated() -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "finora", "simulate", "cursor", "--port", "0", "--no-rate-limits"]
    command += ["--seats", "200", "--events", str(_EVENTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            text = ""
            for line in process.stdout or ():
                text += line
                if "Admin API key" in line:
                    break
            yield re.findall(r"http://\S+", text)[0], re.findall(r"Admin API key\s+(\S+)", text)[0]
        finally:
            process.terminate()
