"""Opening the event store's database: making its tables where there are none, and refusing what is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from finora.storage.events.clickhouse.schema import NAME_COLUMNS, NONE_ROWS, SCHEMA_VERSION, TABLES, create
from finora.storage.events.errors import EventsDamaged, EventsTooNew

if TYPE_CHECKING:
    from finora.storage.events.clickhouse.engine import Engine

_SCHEMA = "schema"


def settle_schema(engine: Engine) -> None:
    """Make the tables that are missing, and the rows that stand for “none”.

    Processes that do so at once do it alike. Where an operator made the tables, as on a cluster, they stay as they are.

    Raises:
        EventsTooNew: A newer Finora wrote the tables.
        EventsDamaged: Tables of these names are there, but are not ours.
    """
    there = {
        name for (name,) in engine.rows("SELECT name FROM system.tables WHERE database = currentDatabase()")
    }
    for table in TABLES:
        if table.name not in there:
            for statement in create(table):
                engine.execute(statement)
    _refuse_others(engine)
    for (note,) in engine.rows(
        f"SELECT note FROM segments WHERE kind = '{_SCHEMA}' ORDER BY version DESC LIMIT 1"
    ):
        if int(note) > SCHEMA_VERSION:
            raise EventsTooNew(
                f"The event store at {engine.address.place} was written by a newer version of Finora (schema {note}; this one "
                f"knows {SCHEMA_VERSION}). Install that version or a later one. Nothing was changed."
            )
        return
    engine.insert("segments", _schema_row())
    for name, row in NONE_ROWS.items():
        told = {"id": 0, **dict(zip(NAME_COLUMNS[name], row, strict=True)), "version": 0, "deleted": 0}
        engine.insert(f"{name}_kept", pa.Table.from_pylist([told]))


def _refuse_others(engine: Engine) -> None:
    found: dict[str, set[str]] = {}
    for table, column in engine.rows(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND has(?, table)",
        [each.name for each in TABLES],
    ):
        found.setdefault(table, set()).add(column)
    for each in TABLES:
        lacking = sorted({*each.columns} - found.get(each.name, set()))
        if lacking:
            raise EventsDamaged(
                f"The table {each.name} at {engine.address.place} lacks {', '.join(lacking)}: it is none of this Finora's. Use "
                "another database in FINORA_EVENTS_URL."
            )


def _schema_row() -> pa.Table:
    row = {
        "kind": _SCHEMA,
        "connection": 0,
        "bucket": 0,
        "version": 0,
        "rows": 0,
        "note": str(SCHEMA_VERSION),
    }
    return pa.Table.from_pylist([row])
