"""Decode, normalise and store already received pages; the bare msgspec decode of the same bytes beside it."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pyarrow as pa

from bench.table import Measured
from finora.providers.cursor.event_type import with_types
from finora.providers.cursor.normalise import PAGE_SCHEMA, normalise
from finora.providers.cursor.payloads import decode_page
from finora.simulator import bench as simulated
from finora.simulator import serve_in_thread
from finora.spend.store import WindowRead
from finora.storage.events import DuckDBEventStore
from finora.values.period import Span, from_ms

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
        batches = [normalise(decode_page(body)).events for body in window.bodies]
        events = with_types(pa.Table.from_batches(batches, PAGE_SCHEMA), {})
        now = window.span.end + timedelta(days=365)
        read = WindowRead(connection=1, run=1, window=window.span, read_at=now, settled_before=now)
        store.replace_window(read, events)


def received(events: int) -> list[Pages]:
    """Return what a simulated Cursor answers about so many events."""
    simulation = simulated(events)
    times = simulation.truth.events.ts
    windows, bodies, newest = [], [], int(times[-1]) + 1
    with (
        serve_in_thread(simulation) as served,
        httpx.Client(base_url=served.base_url, auth=(simulation.key, "")) as client,
    ):
        month = 30 * 86_400_000
        for end in range(newest, int(times[0]), -month):
            number = 1
            while True:
                body = {"startDate": end - month, "endDate": end - 1, "page": number, "pageSize": 1000}
                answer = client.post("/teams/filtered-usage-events", json=body)
                page = json.loads(answer.content)
                if page["usageEvents"]:
                    bodies.append(answer.content)
                last = not page["pagination"]["hasNextPage"]
                if bodies and (len(bodies) == _WINDOW_PAGES or last):
                    windows.append(_window(bodies))
                    bodies = []
                if last:
                    break
                number += 1
    return windows


def _window(bodies: list[bytes]) -> Pages:
    newest = int(json.loads(bodies[0])["usageEvents"][0]["timestamp"])
    oldest = int(json.loads(bodies[-1])["usageEvents"][-1]["timestamp"])
    return Pages(tuple(bodies), Span(from_ms(oldest), from_ms(newest + 1)))
