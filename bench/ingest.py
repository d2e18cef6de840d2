"""Decode, normalise and store already received pages, beside the bare decode of the same bytes and what others make of them."""

from __future__ import annotations

import json
import tempfile
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pyarrow as pa

from bench import rivals
from bench.table import Measured
from finora.providers.base import Line, ReadOptions, WindowEvents, WindowTooLarge
from finora.providers.cursor import CURSOR
from finora.providers.cursor.activity import read_activity
from finora.providers.cursor.api import CursorApi
from finora.providers.cursor.event_type import with_types
from finora.providers.cursor.read import WindowReader
from finora.simulator import bench as simulated
from finora.simulator import serve_in_thread
from finora.spend.store import WindowChange, WindowRead
from finora.storage.events import DuckDBEventStore
from finora.sync.piece import Piece, joined
from finora.sync.reading import Found
from finora.sync.storing import Storing
from finora.sync.windows import TOO_MANY, Stride
from finora.values.clock import SystemClock
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.cursor.activity import Activities

_T = TypeVar("_T")

_EVENTS = 1_600_000
_RUNS = 5
_SAMPLE_PAGES = 30


@dataclass(frozen=True)
class Pages:
    """The answers of one window, newest first, as they come off the wire; and what people did, which tells types."""

    bodies: tuple[bytes, ...]
    span: Span
    activity: Activities


def measure() -> list[Measured]:
    """Return the figures of ingesting."""
    pa.set_memory_pool(pa.system_memory_pool())  # as the server does
    windows = received(_EVENTS)
    count = sum(len(json.loads(body)["usageEvents"]) for window in windows for body in window.bodies)
    bare, whole, alone = [], [], []
    for _run in range(_RUNS):
        bare.append(_timed(lambda: _decode(windows)))
        whole.append(_ingest(windows, ThreadPoolExecutor(1)))
        alone.append(_ingest(windows, _OneThread()))
    rates = tuple(count / took.wall for took in whole)
    sample = next(window.bodies for window in windows if len(window.bodies) >= _SAMPLE_PAGES)
    return [
        Measured("decode + normalise + tell types + store", rates, "events/s", 300_000, at_most=False),
        Measured("  as a multiple of the bare msgspec decode", _ratios(whole, bare), "x", 3),
        Measured("  processor time an event", tuple(took.processor / count * 1e6 for took in whole), "µs"),
        Measured(
            "  processor time of the bare decode", tuple(took.processor / count * 1e6 for took in bare), "µs"
        ),
        Measured(
            "  reading and storing in one thread", tuple(count / took.wall for took in alone), "events/s"
        ),
        Measured("    as a multiple of the bare msgspec decode", _ratios(alone, bare), "x"),
        *rivals.measure([sample], median(rates)),
    ]


@dataclass(frozen=True)
class _Took:
    """Seconds that passed, and those of processors within them."""

    wall: float
    processor: float


class _OneThread(Executor):
    """Stores each window before the next is read, as Finora would without a second thread."""

    def submit(self, work: Callable[..., _T], /, *args: Any, **more: Any) -> Future[_T]:  # noqa: ANN401 - as Executor has it
        """Do the work now."""
        done: Future[_T] = Future()
        done.set_result(work(*args, **more))
        return done


def _timed(work: Callable[[], object]) -> _Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return _Took(time.perf_counter() - wall, time.process_time() - processor)


def _ratios(ours: list[_Took], bare: list[_Took]) -> tuple[float, ...]:
    return tuple(mine.wall / other.wall for mine, other in zip(ours, bare, strict=True))


def _decode(windows: list[Pages]) -> None:
    for window in windows:
        for body in window.bodies:
            msgspec.json.decode(body)


def _ingest(windows: list[Pages], aside: Executor) -> _Took:
    with tempfile.TemporaryDirectory() as folder:
        store = DuckDBEventStore(Path(folder) / "events.duckdb")
        took = _timed(lambda: _fill(store, windows, aside))
        store.close()
    return took


def fill(store: DuckDBEventStore, windows: list[Pages]) -> None:
    """Decode, normalise and store windows as a sync does."""
    _fill(store, windows, ThreadPoolExecutor(1))


def _fill(store: DuckDBEventStore, windows: list[Pages], aside: Executor) -> None:
    storing = Storing[Piece, WindowChange](
        aside,
        before=lambda: None,
        work=lambda piece: store.replace_window(piece.read, piece.found.events.events),
        then=lambda _piece, _change: None,
        join=joined,
    )
    for window in windows:
        storing.begin(_piece(window))
    storing.settle()
    storing.close()


def _read(window: Pages) -> pa.Table:
    """Return a window's events, read as a sync reads them."""
    answers = iter(window.bodies)
    reader = WindowReader(lambda _path, _body: next(answers), window.span, ReadOptions())
    events, _held = reader.read()
    return with_types(events, window.activity)


def _piece(window: Pages) -> Piece:
    now = window.span.end + timedelta(days=365)
    found = Found(
        window=window.span, events=WindowEvents(events=_read(window)), read_at=now, heard=True, left=0
    )
    read = WindowRead(connection=1, run=1, window=window.span, read_at=now, settled_before=now)
    return Piece(found, read, new=True)


def received(events: int) -> list[Pages]:
    """Return what a simulated Cursor answers about so many events, in the windows that a sync would ask for."""
    simulation = simulated(events)
    times = simulation.truth.events.ts
    start, end = from_ms(int(times[0])), from_ms(int(times[-1]) + 1)
    stride = Stride(CURSOR.habits.longest_window)
    received: list[Pages] = []
    with serve_in_thread(simulation) as served:
        api = CursorApi(
            simulation.key, Line(base_url=served.base_url, requests_per_minute=0, clock=SystemClock())
        )
        while end > start:
            window = stride.window(start, end)
            bodies: list[bytes] = []

            def post(path: str, body: object, bodies: list[bytes] = bodies) -> bytes:
                bodies.append(api.client.post(path, body))
                return bodies[-1]

            try:
                found, _held = WindowReader(post, window, ReadOptions(too_many=TOO_MANY)).read()
            except WindowTooLarge as large:
                stride.cut(window, large.events)
                continue
            received.append(Pages(tuple(bodies), window, read_activity(api, window)))
            stride.learn(window, found.num_rows)
            end = window.start
        api.client.close()
    return received
