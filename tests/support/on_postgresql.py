"""Lets any suite keep its ledgers in PostgreSQL: `pytest -p support.on_postgresql tests/unit/sync tests/unit/accounts`.

Each address of a SQLite file becomes a database of its own on a server that runs as long as the tests do.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from finora.storage import ledger as package
from finora.storage.ledger import ledger as module
from support.postgresql import Databases, programs, server

if TYPE_CHECKING:
    from finora.storage.ledger import Ledger

_closing = ExitStack()


def pytest_configure() -> None:
    """Start the server, and open every ledger on it."""
    if programs() is None:
        raise pytest.UsageError("PostgreSQL is not installed here: apt-get install postgresql")
    databases = _closing.enter_context(Databases(_closing.enter_context(server())))
    opened, addresses = module.open_ledger, dict[str, str]()

    def open_ledger(url: str) -> Ledger:
        if url not in addresses:
            addresses[url] = databases.new()
        return opened(addresses[url])

    package.open_ledger = open_ledger


def pytest_unconfigure() -> None:
    """Stop the server."""
    _closing.close()
