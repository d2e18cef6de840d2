"""Arrow tables that a cursor's statements read as if they were the database's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa


@contextmanager
def lent(cursor: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> Iterator[None]:
    """Let a cursor's statements read rows by a name, until the block ends."""
    cursor.register(name, rows)
    try:
        yield
    finally:
        cursor.unregister(name)
