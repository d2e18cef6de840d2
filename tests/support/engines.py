"""The engines that events are kept on, so that one suite runs over each.

ClickHouse is the engine of the package `chdb`, embedded in the tests' own process, with a database for each store; or a
server where `FINORA_TEST_CLICKHOUSE_URL` names one whose user may create databases.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from hypothesis import given, settings

from finora.storage.events import DuckDBEventStore
from finora.storage.events.clickhouse import Address, parse_address
from finora.storage.events.clickhouse.engine import Engine as ClickHouse
from finora.storage.events.clickhouse.store import ClickHouseEventStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hypothesis.strategies import SearchStrategy

    from finora.spend.model_name import ModelRules
    from finora.spend.store import EventStore

ENGINES = ("duckdb", "clickhouse")
SERVER = "FINORA_TEST_CLICKHOUSE_URL"


class Place(Protocol):
    """Where one store's data is; it is opened again with what was written."""

    def open(self, zone: str = "UTC", rules: ModelRules | None = None) -> EventStore:
        """Open the store."""


class Engine:
    """Makes places for stores of one engine.

    Attributes:
        name: What the engine is called.
        share: How many of the examples of a property are tried on it, for one.
    """

    name = ""
    share = 1.0

    def place(self) -> AbstractContextManager[Place]:
        """Return a place without data, until the block ends."""
        raise NotImplementedError

    @contextmanager
    def store(self, zone: str = "UTC") -> Iterator[EventStore]:
        """Yield an empty store."""
        with self.place() as place:
            store = place.open(zone)
            try:
                yield store
            finally:
                store.close()

    def holds(self, examples: int, *strategies: SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
        """Return what tries a property at once with examples of strategies, fewer where the engine is slower to begin."""

        def tried(check: Callable[..., None]) -> None:
            settings(max_examples=max(2, int(examples * self.share)))(given(*strategies)(check))()

        return tried


class DuckDBPlace:
    """A file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, zone: str = "UTC", rules: ModelRules | None = None) -> EventStore:
        """Open the store."""
        return DuckDBEventStore(self._path, zone, rules, large=0)


class OnDuckDB(Engine):
    """The engine that is the default."""

    name = "duckdb"

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Yield a file that is not there yet."""
        with TemporaryDirectory() as folder:
            yield DuckDBPlace(Path(folder) / "events.duckdb")


class ClickHousePlace:
    """A database."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def open(self, zone: str = "UTC", rules: ModelRules | None = None) -> ClickHouseEventStore:
        """Open the store."""
        return ClickHouseEventStore(self.address, zone, rules=rules, change_days=True)


class OnClickHouse(Engine):
    """The engine past one machine. The embedded one lives as long as this does."""

    name = "clickhouse"
    share = 0.2

    def __init__(self) -> None:
        url = os.environ.get(SERVER, "")
        self.address = parse_address(url, Path()) if url else Address(folder=":memory:", database="default")
        self._keeper = ClickHouse(self.address)

    @contextmanager
    def place(self) -> Iterator[ClickHousePlace]:
        """Yield a database without tables."""
        name = f"finora_test_{uuid4().hex[:12]}"
        self._keeper.execute(f"CREATE DATABASE {name}")
        try:
            yield ClickHousePlace(replace(self.address, database=name))
        finally:
            self._keeper.execute(f"DROP DATABASE {name}")

    def close(self) -> None:
        """Let go of the engine."""
        self._keeper.close()
