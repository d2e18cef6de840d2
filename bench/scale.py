"""One machine at a million, ten and a hundred million events: what each question takes, side by side.

Each size is measured in a process of its own, so that its memory is its own. `BENCH_DATA` names a folder in which stores are
kept from one run to the next; a hundred million events take about ten minutes to make.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import questions, year
from bench.memory import memory
from bench.table import Measured, slowest
from finora.spend.listing import Listing
from finora.spend.plan import Reach
from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.spend.store import WindowRead
from finora.spend.view import View as Answer
from finora.storage.events import DuckDBEventStore
from finora.values.period import Period, Span
from finora.web.address.links import View
from finora.web.explore.asking import page_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from bench.questions import Question
    from finora.spend.plan import Plan
    from finora.spend.store import EventStore

SIZES = (1_000_000, 10_000_000, 100_000_000)
_ROUNDS = 5
_FEW_ROUNDS = 2
_RAW_ROUNDS = 2
_LENGTHS = ((questions.MONTH, "28 days"), (questions.YEAR, "12 months"))
_TOLD = 5
"""Of all pairs, the slowest are told by name."""
_REPLACED = 5


@dataclass(frozen=True)
class _Clock:
    """A clock that stands."""

    moment: datetime

    def now(self) -> datetime:
        """Return its time."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Wait for nothing."""


def measure() -> list[Measured]:
    """Return the figures of all sizes, or of those that `BENCH_EVENTS` names."""
    sizes = [int(size) for size in os.environ.get("BENCH_EVENTS", "").split(",") if size] or SIZES
    with folder() as place:
        return [line for size in sizes for line in _lines(size, _measured(made(place, size), size))]


@contextmanager
def folder() -> Iterator[Path]:
    """Yield where stores are made."""
    if kept := os.environ.get("BENCH_DATA"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def made(place: Path, events: int) -> Path:
    """Return the store of a year of so many events, made if it is not there yet."""
    path = place / f"year-{events}.duckdb"
    if not path.exists():
        _run("make", path, events)
    return path


def _measured(path: Path, events: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_run("measure", path, events))
    again: dict[str, Any] = json.loads(_run("replace", path, events))
    return found | again


def _run(step: str, path: Path, events: int) -> bytes:
    command = [sys.executable, "-m", "bench.scale", step, str(path), str(events)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _lines(events: int, found: dict[str, Any]) -> list[Measured]:
    """Return the figures of a size; what is limited by the number of events is so for the largest alone."""
    size = f"{events / 1e6:,.0f} M"
    largest = events == max(SIZES)
    lines = []
    for part, limit in (
        ("overview", 150),
        ("explore", 150),
        ("type-ahead", 50),
        ("first page of Events", 150),
    ):
        times = found[part]
        all_times = [each for some in times.values() for each in some]
        lines += [
            Measured(f"{size}: {part}, median of all", (median(all_times),), "ms", 50),
            Measured(f"{size}: {part}, p95 of all", (slowest(all_times),), "ms", limit),
        ]
        lines += [Measured(f"{size}:   {name}", tuple(each), "ms") for name, each in times.items()]
    pairs = found["any two"]
    all_times = [each for some in pairs.values() for each in some]
    slow = sorted(pairs, key=lambda name: median(pairs[name]), reverse=True)[:_TOLD]
    lines += [
        Measured(
            f"{size}: explore, any two of {len(pairs) // 2} pairs: median", (median(all_times),), "ms", 50
        ),
        Measured(
            f"{size}: explore, any two of {len(pairs) // 2} pairs: p95", (slowest(all_times),), "ms", 150
        ),
        *(Measured(f"{size}:   the slowest: {name}", tuple(pairs[name]), "ms") for name in slow),
        *(
            Measured(f"{size}: Events searched for {name}", tuple(each), "ms")
            for name, each in found["searched"].items()
        ),
    ]
    lines += _beside_runs(size, found["beside runs"])
    ratios = found["raw"]
    lines += [
        Measured(
            f"{size}: a year, times faster than the same over the events: {name}",
            tuple(each),
            "x",
            10 if largest else None,
            at_most=False,
        )
        for name, each in ratios.items()
    ]
    return [
        *lines,
        Measured(f"{size}: 48 hours replaced", tuple(found["replaced"]), "s", 1),
        Measured(
            f"{size}:   by a process that was asked all of the above", tuple(found["replaced after all"]), "s"
        ),
        Measured(f"{size}:   and folded into the file afterwards", tuple(found["folded"]), "s"),
        Measured(f"{size}: a reader meanwhile, p95", (slowest(found["meanwhile"]),), "ms"),
        Measured(f"{size}: memory at most", (found["memory"],), "MB", 1500),
        Measured(f"{size}: on disk", (found["bytes"],), "bytes/event", 30 if largest else None),
    ]


def _beside_runs(size: str, times: dict[str, list[float]]) -> list[Measured]:
    """Return the figures of single runs beside another dimension, which no limit is of."""
    every = [each for some in times.values() for each in some]
    slow = sorted(times, key=lambda name: median(times[name]), reverse=True)[:_TOLD]
    return [
        Measured(f"{size}: explore, runs by any of {len(times)} others, median", (median(every),), "ms"),
        Measured(f"{size}: explore, runs by any of {len(times)} others, p95", (slowest(every),), "ms"),
        *(Measured(f"{size}:   the slowest: {name}", tuple(times[name]), "ms") for name in slow),
    ]


def _make(path: Path, events: int) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    store = DuckDBEventStore(unfinished)
    year.fill(store, events)
    store.close()
    unfinished.rename(path)


def _measure(path: Path, events: int) -> dict[str, Any]:
    size = path.stat().st_size
    store = DuckDBEventStore(path)
    found: dict[str, Any] = {
        "overview": answered(store, questions.overview()),
        "explore": answered(store, questions.explore(), explored),
        "type-ahead": answered(store, questions.type_ahead()),
        "first page of Events": listed(store),
        "any two": answered(store, questions.any_two(), explored, rounds=_FEW_ROUNDS),
        "searched": searched(store),
        "beside runs": answered(
            store,
            questions.beside_runs(),
            explored,
            rounds=1,
            lengths=((questions.MONTH, "28 days"),),
        ),
        "raw": _against_events(store),
    }
    # Before anything is replaced, and without what the engine keeps of statements over all events.
    found["memory"] = memory("self", "VmHWM")
    found["replaced after all"] = _replaced(store, events)[0]
    found["bytes"] = size / store.count().events
    store.close()
    return found


def answered(
    store: EventStore,
    asked: list[Question],
    answer: Callable[[EventStore, SpendQuery], object] | None = None,
    *,
    rounds: int = _ROUNDS,
    lengths: Sequence[tuple[timedelta, str]] = _LENGTHS,
) -> dict[str, list[float]]:
    """Return how long questions take, by name and period."""
    times: dict[str, list[float]] = defaultdict(list)
    for length, name in lengths:
        for question in asked:
            for back in range(rounds + 1):
                query = question.over(year.END - timedelta(days=back), length)
                took = _milliseconds(answer or _asked, store, query)
                if back:  # the first reads the file
                    times[f"{question.name}, {name}"].append(took)
    return times


def listed(store: EventStore, rounds: int = _ROUNDS) -> dict[str, list[float]]:
    """Return how long the first page of a year's events takes, by filter."""
    times: dict[str, list[float]] = defaultdict(list)
    for name, filters in questions.listings(_some_conversation(store)).items():
        for back in range(rounds + 1):
            end = year.END - timedelta(days=back)
            query = SpendQuery(period=Period.absolute(end - questions.YEAR, end), filters=filters)
            took = _milliseconds(_page, store, query)
            if back:
                times[f"a year, {name}"].append(took)
    return times


def searched(store: EventStore, rounds: int = _ROUNDS) -> dict[str, list[float]]:
    """Return how long it takes to find the first page of a year's events that have a word, by what it is of."""
    times: dict[str, list[float]] = defaultdict(list)
    conversation = _some_conversation(store)
    for name, word in (
        ("a model's", "opus"),
        ("a person's", "ma"),
        ("nobody's", "nowhere"),
        ("a conversation's id", conversation),
        ("a piece of its id", conversation[:8]),
    ):
        for back in range(rounds + 1):
            end = year.END - timedelta(days=back)
            query = SpendQuery(period=Period.absolute(end - questions.YEAR, end))
            took = _milliseconds(_page, store, query, Listing(sought=word))
            if back:
                times[name].append(took)
    return times


def _some_conversation(store: EventStore) -> str:
    """Return a conversation of half a year ago."""
    end = year.END - questions.YEAR / 2
    query = SpendQuery(period=Period.absolute(end - timedelta(days=7), end))
    page = _spend(store).events(query, Listing())
    return next(each.conversation for each in page.events if each.conversation)


def _against_events(store: DuckDBEventStore) -> dict[str, list[float]]:
    """Return how many times faster a year is answered than by the same statements over the single events."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for question in (*questions.overview(), *questions.explore()):
        for back in range(1, _RAW_ROUNDS + 1):
            query = question.over(year.END - timedelta(days=back), questions.YEAR, compared=False)
            spend = _spend(store)
            plan = spend.plan(query)
            ours = _milliseconds(_spend(store).answer, query)
            raw = replace(plan, reach=Reach.of_events(plan.span))
            theirs = _milliseconds(_raw, store, raw)
            ratios[question.name].append(theirs / ours)
    return ratios


def _replace(path: Path, events: int) -> dict[str, Any]:
    """Return what replacing takes a process that answered all of Explore's questions once, as a server has."""
    store = DuckDBEventStore(path)
    answered(store, questions.explore(), explored, rounds=1)
    took, folded, meanwhile = _replaced(store, events)
    store.close()
    return {"replaced": took, "folded": folded, "meanwhile": meanwhile}


def _replaced(store: DuckDBEventStore, events: int) -> tuple[list[float], list[float], list[float]]:
    """Return how long it takes to replace the newest 48 hours and to fold that into the file, as at the end of a run, and what a
    reader waits for meanwhile.
    """
    newest = year.window(year.WEEKS - 1, events)
    end = newest.read.window.end - timedelta(days=2)  # a Saturday: the two days before it are full ones
    window = Span(end - timedelta(days=2), end)
    chosen = newest.within(window)
    took, folded, meanwhile, ended = [], [], [], threading.Event()
    question = next(each for each in questions.explore() if each.name == "by model")

    def look() -> None:
        back = 0
        while not ended.is_set():
            back += 1
            query = question.over(year.END - timedelta(days=back % 200), questions.MONTH)
            meanwhile.append(_milliseconds(_spend(store).answer, query))
            time.sleep(0.05)

    reader = threading.Thread(target=look)
    reader.start()
    for run in range(_REPLACED):
        read = WindowRead(
            connection=1, run=2 + run, window=window, read_at=year.END, settled_before=window.start
        )
        table = year.with_revisions(chosen, run)
        took.append(_milliseconds(store.replace_window, read, table) / 1000)
        folded.append(_milliseconds(store.tidy) / 1000)
    ended.set()
    reader.join()
    return took, folded, meanwhile


def _spend(store: EventStore) -> Spend:
    """Return a service that remembers nothing."""
    return Spend(store, _Clock(year.END + timedelta(hours=14)))


def _asked(store: EventStore, query: SpendQuery) -> None:
    _spend(store).answer(query)


def explored(store: EventStore, query: SpendQuery) -> None:
    """Ask what the page Explore asks of a query: people once a group, all else by bucket."""
    view = View(query=replace(query, metrics=query.metrics[:1]))
    assert query.interval
    page_answer(_spend(store), view, query.interval, None)


def _page(store: EventStore, query: SpendQuery, listing: Listing | None = None) -> None:
    _spend(store).events(query, listing or Listing(), limit=50)


def _raw(store: DuckDBEventStore, plan: Plan) -> None:
    with store.snapshot() as reader:
        Answer(reader, plan).totals()


def _milliseconds(what: Callable[..., object], *values: object) -> float:
    started = time.perf_counter()
    what(*values)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    step, place, number = sys.argv[1:]
    if step == "make":
        _make(Path(place), int(number))
    else:
        measured = _measure if step == "measure" else _replace
        print(json.dumps(measured(Path(place), int(number))))
