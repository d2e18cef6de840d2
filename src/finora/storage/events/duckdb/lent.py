"""Arrow tables that a cursor's statements read as if they were the database's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


def read_once(rows: pa.Table) -> pa.RecordBatchReader:
    """Return what lends rows to one statement, and holds nothing once that has read them.

    What is lent by itself, the engine lets go of at the end of the transaction.
    """
    return pa.RecordBatchReader.from_batches(rows.schema, iter(rows.to_batches()))


@contextmanager
def lent(
    cursor: duckdb.DuckDBPyConnection, name: str, rows: pa.Table | pa.RecordBatchReader
) -> Iterator[None]:
    """Let a cursor's statements read rows by a name, until the block ends."""
    cursor.register(name, rows)
    try:
        yield
    finally:
        cursor.unregister(name)
