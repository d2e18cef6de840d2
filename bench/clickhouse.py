"""ClickHouse, embedded: what 28 days of a large company take there. No cluster, no network: figures to reckon with, not to promise.

It is as dense as the year of a hundred million events of `scale`: 2,000 people, 137 events a person and day. `BENCH_WEEKS`
measures fewer weeks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import questions, scale, year
from bench.memory import memory
from bench.table import Measured, slowest
from finora.spend.rollups import ROLLUPS
from finora.spend.store import WindowRead
from finora.storage.events.clickhouse import Address
from finora.storage.events.clickhouse.store import ClickHouseEventStore
from finora.values.period import Span

if TYPE_CHECKING:
    import pyarrow as pa

_DENSITY = 100_000_000
_WEEKS = int(os.environ.get("BENCH_WEEKS", "4"))
_WINDOW = timedelta(hours=6)
_ROUNDS = 3


def measure() -> list[Measured]:
    """Return the figures, measured in a process of its own: the engine stays in memory for as long as that lives."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.clickhouse", folder]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    stored = f"{found['events'] / 1e6:.1f} M events of {_WEEKS} weeks"
    lines = [
        Measured(f"{stored}: stored by six hours", (found["rate"],), "events/s"),
        Measured("an event on disk", (found["event bytes"],), "bytes"),
        Measured("roll-ups, for each event, on disk", (found["rollup bytes"],), "bytes"),
        *(
            Measured(f"rows for each event: {name}", (share,), "rows")
            for name, share in found["rollup rows"].items()
        ),
    ]
    for part in ("overview", "explore"):
        times = found[part]
        every = [each for some in times.values() for each in some]
        lines += [
            Measured(f"{part}, 28 days, median of all", (median(every),), "ms"),
            Measured(f"{part}, 28 days, p95 of all", (slowest(every),), "ms"),
        ]
        lines += [Measured(f"  {name}", tuple(each), "ms") for name, each in times.items()]
    return [
        *lines,
        Measured("first page of Events, p95 of all filters", (slowest(found["first page"]),), "ms"),
        Measured("48 hours replaced, every fiftieth revised", (found["revised"],), "s"),
        Measured("48 hours read again, nothing changed", (found["unchanged"],), "s"),
        Measured("memory at most, engine and client", (found["memory"],), "MB"),
    ]


def _measure(folder: Path) -> dict[str, Any]:
    store = ClickHouseEventStore(Address(folder=str(folder), database="default"))
    events, took = 0, 0.0
    for number in range(year.WEEKS - _WEEKS, year.WEEKS):
        week = year.window(number, _DENSITY)
        start = week.read.window.start
        while start < week.read.window.end:
            span = Span(start, start + _WINDOW)
            events += (table := week.within(span)).num_rows
            took += _replaced(store, span, table, run=1)
            start = span.end
    year.name(store)
    spans = ((timedelta(weeks=_WEEKS), "28 days" if _WEEKS == 4 else f"{_WEEKS} weeks"),)
    found: dict[str, Any] = {
        "events": events,
        "rate": events / took,
        "overview": scale.answered(store, questions.overview(), rounds=_ROUNDS, lengths=spans),
        "explore": scale.answered(
            store, questions.explore(runs=False), scale.explored, rounds=_ROUNDS, lengths=spans
        ),
        "first page": [each for some in scale.listed(store, _ROUNDS).values() for each in some],
        **_sizes(store, events),
    }
    newest = year.window(year.WEEKS - 1, _DENSITY)
    end = newest.read.window.end - timedelta(days=2)
    window = Span(end - timedelta(days=2), end)
    fresh = newest.within(window)
    found["unchanged"] = _replaced(store, window, fresh, run=2)
    found["revised"] = _replaced(store, window, year.with_revisions(fresh, 7), run=3)
    found["memory"] = memory("self", "VmHWM")
    store.close()
    return found


def _replaced(store: ClickHouseEventStore, span: Span, table: pa.Table, *, run: int) -> float:
    """Return how many seconds it takes to replace a window."""
    read = WindowRead(connection=1, run=run, window=span, read_at=year.END, settled_before=span.start)
    started = time.perf_counter()
    store.replace_window(read, table)
    return time.perf_counter() - started


def _sizes(store: ClickHouseEventStore, events: int) -> dict[str, Any]:
    """Return what an event takes on disk, itself and summed, once what was written is merged."""
    kept = {rollup.table: f"{rollup.table}_kept" for rollup in ROLLUPS}
    for table in ("events_kept", *kept.values()):
        store.engine.execute(f"OPTIMIZE TABLE {table} FINAL")
    sizes = {
        name: (int(on_disk), int(rows))
        for name, on_disk, rows in store.engine.rows(
            "SELECT table, sum(bytes_on_disk), sum(rows) FROM system.parts "
            "WHERE active AND database = currentDatabase() GROUP BY table"
        )
    }
    return {
        "event bytes": sizes["events_kept"][0] / events,
        "rollup bytes": sum(sizes[table][0] for table in kept.values()) / events,
        "rollup rows": {name: sizes[table][1] / events for name, table in kept.items()},
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
