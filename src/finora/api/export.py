"""Events as files: CSV, JSON Lines and Parquet, streamed batch by batch.

Amounts are exact decimals in USD, times RFC 3339 in UTC (a timestamp in Parquet).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from finora.spend.event import BillingClass, TypeBasis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finora.spend.query import SpendQuery
    from finora.spend.service import Spend

FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}

_MONEY = ("cost", "fee", "list_cost", "discount")
_USD = pa.decimal128(28, 9)
_REQUESTS = pa.decimal128(28, 6)
_DROPPED = ("number", "ordinal", "run", "ts")


def written(spend: Spend, query: SpendQuery, form: str, *, own: str | None) -> Iterator[bytes]:
    """Yield the events that match a query as a file of a form."""
    with spend.export(query, own=own) as batches:
        yield from _WRITERS[form](_shaped(batch) for batch in batches)


def _shaped(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of listed events as people export them: names for codes, decimals for amounts."""
    columns = {name: batch.column(name) for name in batch.schema.names}
    ids = pc.binary_join_element_wise(
        *(pc.cast(columns[name], pa.string()) for name in ("number", "ts", "ordinal")), "-"
    )
    shaped = {"id": ids, "timestamp": pc.cast(columns["ts"], pa.timestamp("ms", "UTC"))}
    for name, column in columns.items():
        if name in _MONEY:
            shaped[name] = _decimal(column, _USD)
        elif name == "requests":
            shaped[name] = _decimal(column, _REQUESTS)
        elif name == "billing":
            shaped[name] = pc.take(pa.array([each.key for each in BillingClass]), column)
        elif name == "basis":
            shaped["event_type_basis"] = pc.take(pa.array([each.key for each in TypeBasis]), column)
        elif name not in _DROPPED:
            shaped[name] = column
    return pa.record_batch(list(shaped.values()), names=list(shaped))


def _decimal(column: pa.Array, kind: pa.Decimal128Type) -> pa.Array:
    """Return whole numbers as decimals of which they are the unscaled digits; exact."""
    whole = pc.cast(column, pa.decimal128(28, 0))
    return pa.Array.from_buffers(kind, len(whole), whole.buffers(), whole.null_count, whole.offset)


def _csv(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    first = True
    for batch in batches:
        texts = [_text(column) for column in batch.columns]
        sink = BytesIO()
        table = pa.record_batch(texts, names=batch.schema.names)
        pyarrow.csv.write_csv(
            table, sink, pyarrow.csv.WriteOptions(include_header=first, quoting_style="needed")
        )
        first = False
        yield sink.getvalue()


def _text(column: pa.Array) -> pa.Array:
    """Return a column as text; what a spreadsheet would take for a formula gets a quote in front."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_string(column.type):
        risky = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
        return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
    return column


def _jsonl(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder(decimal_format="string")
    for batch in batches:
        yield encoder.encode_lines(batch.to_pylist())


def _parquet(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    sink = _Passage()
    writer: pyarrow.parquet.ParquetWriter | None = None
    for batch in batches:
        writer = writer or pyarrow.parquet.ParquetWriter(sink, batch.schema, compression="zstd")
        writer.write_batch(batch)
        yield sink.taken()
    if writer is not None:
        writer.close()
    yield sink.taken()


class _Passage(BytesIO):
    """A file that hands on what was written to it, and remembers only how much that was."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = 0

    def tell(self) -> int:
        """Return how much was written in all."""
        return self._passed + super().tell()

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        content = self.getvalue()
        self._passed += len(content)
        self.seek(0)
        self.truncate()
        return content


_WRITERS: dict[str, Callable[[Iterator[pa.RecordBatch]], Iterator[bytes]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
