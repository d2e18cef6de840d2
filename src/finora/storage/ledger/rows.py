"""Rows as they are stored, not as domains see them: to copy them to another database, and to prove that they arrived."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Enum,
    ForeignKeyConstraint,
    MetaData,
    String,
    Table,
    Text,
    cast,
    func,
    select,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from finora.storage.ledger.base import UTCDateTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

Values = tuple[Any, ...]
"""A row's values by the order of the columns: none, truth values, whole numbers, texts, bytes and days."""

_BATCH = 1000
_WHOLE = 2**256


class _JsonText(TypeDecorator[str]):
    """JSON as the very text that is stored, so that not even the order of its keys changes."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindvalue: ColumnElement[str]) -> ColumnElement[Any]:
        """Write the text as JSON."""
        return cast(bindvalue, JSON)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[str]:
        """Read the JSON as its text."""
        return cast(column, Text)


@dataclass(frozen=True, slots=True)
class Proof:
    """How many rows a table has, and a checksum of what is in them."""

    rows: int
    checksum: str


class Checksum:
    """Adds up rows in whatever order they come, for two databases sort texts differently."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, rows: Iterable[Values]) -> None:
        """Count rows in. Equal rows count as often as they come."""
        for row in rows:
            digest = hashlib.sha256(msgspec.msgpack.encode(row)).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % _WHOLE
            self._rows += 1

    @property
    def proof(self) -> Proof:
        """What was added up so far."""
        return Proof(self._rows, f"{self._sum:064x}")


class StoredTable:
    """A table of the ledger in either database, its values as they are stored."""

    def __init__(self, declared: Table) -> None:
        self.name = declared.name
        columns = (Column(each.name, _plain(each.type)) for each in declared.columns)
        self._table = Table(declared.name, MetaData(), *columns)
        self._numbered = declared.autoincrement_column
        self._above = _reference_to_itself(declared)

    def count(self, connection: Connection) -> int:
        """Return how many rows there are."""
        return connection.scalar(select(func.count()).select_from(self._table)) or 0

    def batches(self, connection: Connection) -> Iterator[list[Values]]:
        """Yield all rows, a thousand at a time; those that others of the same table refer to come first."""
        found = connection.execute(select(self._table), execution_options={"yield_per": _BATCH})
        parts = ([tuple(row) for row in part] for part in found.partitions())
        if self._above is None:
            yield from parts
            return
        ordered = list(_parents_first([row for part in parts for row in part], *self._above))
        for start in range(0, len(ordered), _BATCH):
            yield ordered[start : start + _BATCH]

    def write(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Add rows as they were read."""
        names = self._table.columns.keys()
        connection.execute(self._table.insert(), [dict(zip(names, row, strict=True)) for row in rows])

    def proof(self, connection: Connection) -> Proof:
        """Return count and checksum of what is in the database."""
        checksum = Checksum()
        for rows in self.batches(connection):
            checksum.add(rows)
        return checksum.proof

    def go_on_numbering(self, connection: Connection) -> None:
        """Let PostgreSQL number new rows after the ones that came with a number."""
        if self._numbered is None:
            return
        highest = select(func.max(self._table.columns[self._numbered.name])).scalar_subquery()
        sequence = func.pg_get_serial_sequence(f'"{self.name}"', self._numbered.name)
        connection.execute(
            select(func.setval(sequence, highest))
        )  # without rows: of nothing, which does nothing


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type of what is stored for a type that a domain sees."""
    if isinstance(kind, UTCDateTime):
        return BigInteger()
    if isinstance(kind, JSON):
        return _JsonText()
    return String() if isinstance(kind, Enum) else kind


def _reference_to_itself(table: Table) -> tuple[int, int] | None:
    """Return the places of the key and of the column that refers to it, where rows of a table refer to each other."""
    names = table.columns.keys()
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is table:
            (key,) = constraint.elements
            return names.index(key.column.name), names.index(key.parent.name)
    return None


def _parents_first(rows: list[Values], key: int, above: int) -> Iterator[Values]:
    """Yield rows so that none comes before the one that it refers to.

    Those that refer to nothing at all come last, for the database to refuse.
    """
    known: set[object] = {None}
    while rows:
        ready = [row for row in rows if row[above] in known]
        rows = [row for row in rows if row[above] not in known]
        if not ready:
            break
        yield from ready
        known.update(row[key] for row in ready)
    yield from rows
