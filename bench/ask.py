"""Questions in plain English over a million events: how long until they are understood, and until they are answered."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.ingest import fill, received
from bench.table import Measured
from finora.ask import Ask
from finora.spend.service import Spend
from finora.storage.events import DuckDBEventStore
from finora.values.clock import SystemClock

_EVENTS = 1_000_000
_ROUNDS = 5
_QUESTIONS = (
    "Which engineer spent the most this week?",
    "How much went to Claude vs. GPT-5 in chat events last month?",
    "top 5 models by tokens since 3 March",
    "why did spend go up last month",
    "average cost per event this year",
    "daily spend this month",
    "which day was the most expensive this quarter",
    "spend by team and model in october",
    "who spent more than $100 last month",
    "cluade spend this mnth excluding chats",
    "how much did we spend on flights",
)


def measure() -> list[Measured]:
    """Return the figures of asking."""
    with tempfile.TemporaryDirectory() as folder:
        store = DuckDBEventStore(Path(folder) / "events.duckdb")
        fill(store, received(_EVENTS))
        clock, zone = SystemClock(), ZoneInfo("UTC")
        ask = Ask(spend=Spend(store, clock), store=store, clock=clock, zone=zone)
        started = time.perf_counter()
        ask.understand(_QUESTIONS[0])
        first = (time.perf_counter() - started) * 1000
        understood = tuple(
            _milliseconds(ask, question) for question in _QUESTIONS for _round in range(_ROUNDS)
        )
        # Each answer is made anew, as none is remembered by a service that has just begun.
        answered = tuple(_answered(store, question) for question in _QUESTIONS)
        store.close()
    return [
        Measured("ask: the first question after the data changed", (first,), "ms"),
        Measured("ask: a question understood", understood, "ms", 20),
        Measured("ask: a question understood and answered, nothing remembered", answered, "ms"),
    ]


def _milliseconds(ask: Ask, question: str) -> float:
    started = time.perf_counter()
    ask.understand(question)
    return (time.perf_counter() - started) * 1000


def _answered(store: DuckDBEventStore, question: str) -> float:
    clock = SystemClock()
    fresh = Ask(spend=Spend(store, clock), store=store, clock=clock, zone=ZoneInfo("UTC"))
    fresh.understand(question)  # which values exist is kept for as long as the data stays
    started = time.perf_counter()
    fresh.answer(question)
    return (time.perf_counter() - started) * 1000
