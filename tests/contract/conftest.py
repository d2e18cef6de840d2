"""What the contract suites share: a store, and golden files that can be written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from finora.storage.events import DuckDBEventStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files: `pytest tests/contract --update-golden`."""
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing with them"
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBEventStore]:
    """Return an empty store."""
    store = DuckDBEventStore(tmp_path / f"{uuid4()}.duckdb")
    yield store
    store.close()
