"""Decode, normalise and store already received pages; the bare msgspec decode of the same bytes beside it."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec

from bench.table import Measured
from finora.providers.base import ReadOptions, WindowTooLarge
from finora.providers.cursor import CURSOR
from finora.providers.cursor.event_type import with_types
from finora.providers.cursor.read import WindowReader
from finora.simulator import bench as simulated
from finora.simulator import serve_in_thread
from finora.spend.store import WindowRead
from finora.storage.events import DuckDBEventStore
from finora.sync.windows import TOO_MANY, Stride
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    import pyarrow as pa

_EVENTS = 400_000
_RUNS = 5
_WINDOW_PAGES = 40


@dataclass(frozen=True)
class Pages:
    """The answers of one window, newest first, as they come off the wire."""

    bodies: tuple[bytes, ...]
    span: Span


def measure() -> list[Measured]:
    """Return the figures of ingesting."""
    windows = received(_EVENTS)
    count = sum(len(json.loads(body)["usageEvents"]) for window in windows for body in window.bodies)
    rates, ratios = [], []
    for _run in range(_RUNS):
        started = time.perf_counter()
        for window in windows:
            for body in window.bodies:
                msgspec.json.decode(body)
        bare = time.perf_counter() - started
        whole = _ingest(windows)
        rates.append(count / whole)
        ratios.append(whole / bare)
    return [
        Measured("decode + normalise + store", tuple(rates), "events/s", 200_000, at_most=False),
        Measured("  as a multiple of the bare msgspec decode", tuple(ratios), "x", 5),
    ]


def _ingest(windows: list[Pages]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        store = DuckDBEventStore(Path(folder) / "events.duckdb")
        started = time.perf_counter()
        fill(store, windows)
        took = time.perf_counter() - started
        store.close()
    return took


def fill(store: DuckDBEventStore, windows: list[Pages]) -> None:
    """Decode, normalise and store windows."""
    for window in windows:
        _store(store, window, _read(window))


def _read(window: Pages) -> pa.Table:
    """Return a window's events, read as a sync reads them."""
    answers = iter(window.bodies)
    reader = WindowReader(lambda _path, _body: next(answers), window.span, ReadOptions())
    events, _held = reader.read()
    return with_types(events, {})


def _store(store: DuckDBEventStore, window: Pages, events: pa.Table) -> None:
    now = window.span.end + timedelta(days=365)
    read = WindowRead(connection=1, run=1, window=window.span, read_at=now, settled_before=now)
    store.replace_window(read, events)


def received(events: int) -> list[Pages]:
    """Return what a simulated Cursor answers about so many events, in the windows that a sync would ask for."""
    simulation = simulated(events)
    times = simulation.truth.events.ts
    start, end = from_ms(int(times[0])), from_ms(int(times[-1]) + 1)
    stride = Stride(CURSOR.habits.longest_window)
    received: list[Pages] = []
    with (
        serve_in_thread(simulation) as served,
        httpx.Client(base_url=served.base_url, auth=(simulation.key, "")) as client,
    ):
        while end > start:
            window = stride.window(start, end)
            bodies: list[bytes] = []

            def post(path: str, body: object, bodies: list[bytes] = bodies) -> bytes:
                bodies.append(client.post(path, json=body).content)
                return bodies[-1]

            try:
                found, _held = WindowReader(post, window, ReadOptions(too_many=TOO_MANY)).read()
            except WindowTooLarge as large:
                stride.cut(window, large.events)
                continue
            received.append(Pages(tuple(bodies), window))
            stride.learn(window, found.num_rows)
            end = window.start
    return received
