"""Fifty people who browse Explore over ten million events at once, each with a session of their own."""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from bench import scale, year
from bench.server import Server, serving
from bench.table import Measured, slowest
from finora.connections.models import Connection
from finora.storage.ledger import open_ledger

_EVENTS = 10_000_000
_PEOPLE = 50
_SECONDS = 60.0
_REST = 5.0
"""How many seconds somebody looks at a page, on average."""
_PASSWORD = "correct horse 7 battery"  # noqa: S105 - of a server that lives as long as the measurement
_BY = ("model", "person", "team", "vendor", "event_type", "kind", "hour", "weekday")
_LENGTHS = (7, 28, 90, 364)
_BACK = 30
"""Up to how many days before the end of the data a period ends, so that few pages are asked for twice."""
_FILTERS = (
    "",
    "",
    "&f=is,vendor,anthropic",
    "&f=is,event_type,chat",
    "&f=contains,model,opus",
    "&f=is,team,platform",
)


@dataclass
class _Browsing:
    """What one person waited for, in milliseconds, and what went wrong."""

    number: int
    waited: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def measure() -> list[Measured]:
    """Return the figures of serving."""
    with scale.folder() as folder, tempfile.TemporaryDirectory() as data:
        events = scale.made(folder, _EVENTS)
        _prepare(Path(data), events)
        with serving(Path(data), {"FINORA_SYNC_INTERVAL": "86400"}) as server:
            everybody = _browse(server)
            memory = server.memory("VmHWM")
    waited = [each for one in everybody for each in one.waited]
    typical = sorted(slowest(one.waited) for one in everybody)
    return [
        Measured(
            f"{_PEOPLE} people over {_EVENTS / 1e6:,.0f} M events, a page every {_REST:.0f} s each: pages a second",
            (len(waited) / _SECONDS,),
            "pages",
        ),
        Measured("  a page: median", (sorted(waited)[len(waited) // 2],), "ms"),
        Measured("  a page: p95", (slowest(waited),), "ms", 400),
        Measured("  errors", (float(sum(len(one.failed) for one in everybody)),), "pages", 0),
        Measured(
            "  fairness: the slowest person's p95 to the median person's",
            (typical[-1] / typical[len(typical) // 2],),
            "x",
        ),
        Measured("  memory of the server at most", (memory,), "MB", 1500),
    ]


def _prepare(data: Path, events: Path) -> None:
    """Make a data directory of a store: its connection is known to the ledger, paused, and has no key."""
    shutil.copy(events, data / "events.duckdb")
    (data / "events.duckdb").chmod(0o600)
    ledger = open_ledger(f"sqlite:///{data / 'ledger.sqlite'}")
    with ledger.session() as session:
        session.add(
            Connection(
                number=1, provider="cursor", name="Lumenworks", key_last4="none", connected_by="bench", paused=True,
                connected_at=year.END, last_sync_at=year.END, last_deep_sync_at=year.END,
            )
        )  # fmt: skip
    ledger.close()


def _browse(server: Server) -> list[_Browsing]:
    everybody = [_Browsing(number) for number in range(_PEOPLE)]
    sessions = [_signed_in(server, one.number) for one in everybody]
    end = time.monotonic() + _SECONDS
    threads = [
        threading.Thread(target=_look_around, args=(one, client, end))
        for one, client in zip(everybody, sessions, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return everybody


def _signed_in(server: Server, number: int) -> httpx.Client:
    """Return a client with a token of its own, which counts as a person of its own."""
    email = f"person{number}@finora.test"
    user = {"email": email, "role": "member", "name": f"Person {number}", "password": _PASSWORD}
    server.client.post("/api/v1/users", json=user).raise_for_status()
    issued = (
        server.client.post("/api/v1/tokens", json={"email": email, "name": "bench"}).raise_for_status().json()
    )
    return httpx.Client(
        base_url=server.client.base_url, timeout=60, headers={"Authorization": f"Bearer {issued['token']}"}
    )


def _look_around(one: _Browsing, client: httpx.Client, end: float) -> None:
    chance = random.Random(one.number)  # noqa: S311 - what somebody looks at is no secret
    time.sleep(chance.uniform(0, _REST))
    while time.monotonic() < end:
        to = year.END.date() - timedelta(days=chance.randrange(_BACK))
        dates = f"from={to - timedelta(days=chance.choice(_LENGTHS))}&to={to}"
        path = f"/explore?by={chance.choice(_BY)}&{dates}{chance.choice(_FILTERS)}"
        started = time.perf_counter()
        answer = client.get(path)
        one.waited.append((time.perf_counter() - started) * 1000)
        if answer.status_code != httpx.codes.OK:
            one.failed.append(answer.status_code)
        time.sleep(chance.expovariate(1 / _REST))
    client.close()
