"""Events as files: CSV, JSON Lines and Parquet, streamed batch by batch.

Amounts are exact decimals in USD, times RFC 3339 in UTC (a timestamp in Parquet).
"""

from __future__ import annotations

import logging
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

import anyio
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from finora.errors import FinoraError
from finora.spend.event import BillingClass, TypeBasis
from finora.values.text import FORMULA

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from starlette.types import Receive, Scope, Send

    from finora.spend.query import SpendQuery
    from finora.spend.service import Spend

_LOG = logging.getLogger(__name__)

FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}

_MONEY = ("cost", "fee", "list_cost", "discount")
_USD = pa.decimal128(28, 9)
_REQUESTS = pa.decimal128(28, 6)
_DROPPED = ("number", "ordinal", "run", "ts")


class ExportedEvents(StreamingResponse):
    """A file of events, written while it is sent; whether its reader stays to the end or hangs up, nothing stays open.

    What goes wrong at once is raised here, as a refusal; what goes wrong later can only break the file off.

    Args:
        parts: From `written`.
        form: One of `FORMATS`.
        name: What the file is to be called, without its ending.
    """

    def __init__(self, parts: Generator[bytes], form: str, name: str) -> None:
        first = next(parts)
        super().__init__(
            chain([first], parts),
            media_type=FORMATS[form],
            headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
        )
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        try:
            await super().__call__(scope, receive, send)
        except FinoraError as problem:
            _LOG.error("An export was broken off: %s", problem.message)
        finally:
            # Closed here and not whenever the garbage is collected, for it holds a snapshot of the event store.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._parts.close)


def written(spend: Spend, query: SpendQuery, form: str, *, own: str | None) -> Generator[bytes]:
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
        if name == "cost":
            shaped["spend"] = _decimal(_billed(column, columns["chargeable"]), _USD)
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


def _billed(cost: pa.Array, chargeable: pa.Array) -> pa.Array:
    """Return what each event adds to spend: its price where it is charged, else nothing."""
    return pc.if_else(chargeable, cost, pa.scalar(0, cost.type))


def _decimal(column: pa.Array, kind: pa.Decimal128Type) -> pa.Array:
    """Return whole numbers as decimals of which they are the unscaled digits; exact."""
    whole = pc.cast(column, pa.decimal128(28, 0))
    return pa.Array.from_buffers(kind, len(whole), whole.buffers(), whole.null_count, whole.offset)


def _csv(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    from pyarrow import csv  # noqa: PLC0415 - a server that exports nothing does without

    header = True
    for batch in batches:
        texts = [_text(column) for column in batch.columns]
        sink = BytesIO()
        options = csv.WriteOptions(include_header=header, quoting_style="needed")
        csv.write_csv(pa.record_batch(texts, names=batch.schema.names), sink, options)
        header = False
        yield sink.getvalue()


def _text(column: pa.Array) -> pa.Array:
    """Return a column as CSV holds it."""
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return safe_in_spreadsheets(column) if pa.types.is_string(column.type) else column


def safe_in_spreadsheets(column: pa.Array) -> pa.Array:
    """Return texts so that no spreadsheet takes one for a formula: those that could be get a quote in front.

    Names of models, people and conversations come from outside.
    """
    risky = pc.match_substring_regex(column, FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def _jsonl(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder(decimal_format="string")
    for batch in batches:
        yield encoder.encode_lines(batch.to_pylist())


def _parquet(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    from pyarrow import parquet  # noqa: PLC0415 - as above

    first = next(batches)
    sink = _Passage()
    with parquet.ParquetWriter(sink, first.schema, compression="zstd") as writer:
        for batch in chain([first], batches):
            writer.write_batch(batch)
            yield sink.taken()
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
