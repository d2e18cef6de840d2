"""What the contract suites share: stores on each engine, and golden files that can be written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.engines import ENGINES, OnClickHouse, OnDuckDB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.spend.store import EventStore
    from support.engines import Engine


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files: `pytest tests/contract --update-golden`."""
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing with them"
    )


@pytest.fixture(scope="session")
def clickhouse() -> Iterator[OnClickHouse]:
    """Return ClickHouse, embedded or on the server that the environment names."""
    engine = OnClickHouse()
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine in turn."""
    if request.param == "duckdb":
        return OnDuckDB()
    found: Engine = request.getfixturevalue("clickhouse")
    return found


@pytest.fixture
def store(engine: Engine) -> Iterator[EventStore]:
    """Return an empty store."""
    with engine.store() as store:
        yield store
