"""What one would otherwise write: the same pages by dlt into DuckDB, and row by row into SQLite.

Neither does what Finora does with the same bytes: exact amounts, names once, roll-ups, matching with what is stored. Both are
given what makes them fast (Parquet files for dlt; one transaction a window, ids for rows and no more indexes than questions
need for SQLite), and samples, because they are slow.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bench.table import Measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIELDS = [
    "timestamp",
    "userEmail",
    "serviceAccountId",
    "cloudAgentId",
    "automationId",
    "conversationId",
    "model",
    "kind",
    "maxMode",
    "requestsCosts",
    "isTokenBasedCall",
    "isChargeable",
    "isHeadless",
    "chargedCents",
    "cursorTokenFee",
]
_TOKENS = [
    "inputTokens",
    "outputTokens",
    "cacheWriteTokens",
    "cacheReadTokens",
    "totalCents",
    "discountPercentOff",
]
_INDEXED = ("timestamp", "userEmail", "model")


def measure(windows: Sequence[Sequence[bytes]], ours: float) -> list[Measured]:
    """Return the figures of others for windows of pages, beside our own events a second."""
    rivals = [("json.loads and SQLite's executemany, 3 indexes", _sqlite)]
    if find_spec("dlt"):
        rivals.append(("a dlt pipeline into DuckDB, by Parquet files", _dlt))
    lines = []
    for name, store in rivals:
        took, events = store(windows)
        lines.append(Measured(f"  {name}: {events:,} events", (events / took,), "events/s"))
        lines.append(Measured("    Finora, times as fast", (ours * took / events,), "x"))
    return lines


def _sqlite(windows: Sequence[Sequence[bytes]]) -> tuple[float, int]:
    columns = [*_FIELDS, *_TOKENS]
    insert = f"INSERT INTO events ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "events.sqlite")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"CREATE TABLE events (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        for column in _INDEXED:
            database.execute(f"CREATE INDEX by_{column} ON events ({column})")
        started, events = time.perf_counter(), 0
        for bodies in windows:
            with database:
                for body in bodies:
                    rows = [_row(event) for event in json.loads(body)["usageEvents"]]
                    database.executemany(insert, rows)
                    events += len(rows)
        took = time.perf_counter() - started
        database.close()
    return took, events


def _row(event: dict[str, object]) -> list[object]:
    tokens = event.get("tokenUsage") or {}
    return [*map(event.get, _FIELDS), *map(tokens.get, _TOKENS)]  # type: ignore[attr-defined]


def _dlt(windows: Sequence[Sequence[bytes]]) -> tuple[float, int]:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt  # noqa: PLC0415 - only `make bench` installs it

    seen: list[int] = []

    def usage_events() -> Iterator[list[dict[str, object]]]:
        for bodies in windows:
            for body in bodies:
                page = json.loads(body)["usageEvents"]
                seen.append(len(page))
                yield page

    with tempfile.TemporaryDirectory() as folder:
        destination = dlt.destinations.duckdb(f"{folder}/events.duckdb")
        pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="cursor")
        resource = dlt.resource(usage_events, write_disposition="append")
        started = time.perf_counter()
        pipeline.run(resource, loader_file_format="parquet").raise_on_failed_jobs()
        took = time.perf_counter() - started
    return took, sum(seen)
