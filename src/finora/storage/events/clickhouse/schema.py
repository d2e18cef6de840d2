"""The event store's tables in ClickHouse.

What is kept is cut into *segments* that never change (see `segments`): the events of a connection's hour, its roll-ups of
a day, a read that changed something, what was read of it, and the flat charges. Each row has the `version` of the write
that made it. The tables end in `_kept`; what statements call `events`, `daily`, `persons` and so on are the rows of
them that count (see `views`).

Names have ids that any process works out alike from the name itself. Their labels are the newest ones, whatever state a
reader reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from finora.spend.rollups import ROLLUPS, SUMS
from finora.storage.events.columns import EVENT_COLUMNS, NAME_TABLES

SCHEMA_VERSION = 1
"""Counted up with every change of the tables."""

_TYPES = {
    "USMALLINT": "UInt16",
    "UINTEGER": "UInt32",
    "UTINYINT": "UInt8",
    "BOOLEAN": "Bool",
    "BIGINT": "Int64",
    "VARCHAR": "String",
}
_NAMED = {*NAME_TABLES}
_SMALL = "CODEC(T64, ZSTD(1))"
_CODECS = {
    **dict.fromkeys(SUMS, _SMALL),
    **dict.fromkeys(("conversation", "cloud_agent", "automation", "extra"), "CODEC(ZSTD(1))"),
    "ts": "CODEC(DoubleDelta, ZSTD(1))",
}
"""How columns of events rest: amounts without their leading zeros, times by how their distances change."""
NAME_COLUMNS: dict[str, tuple[str, ...]] = {
    "persons": ("key", "label", "team", "team_label"),
    "service_accounts": ("key", "label"),
    "models": ("key", "label", "vendor", "vendor_label", "family", "family_label"),
    "kinds": ("key", "label"),
    "event_types": ("key", "label"),
    "connections": ("key", "label", "provider", "provider_label"),
}
"""Each table of names, and what it tells of each."""

NONE_ROWS: dict[str, tuple[str, ...]] = {
    "persons": ("unattributed", "Unattributed", "none", "No team"),
    "service_accounts": ("none", "No service account"),
    "models": ("unknown", "Unknown", "unknown", "Unknown", "other", "Other"),
    "kinds": ("none", "None"),
    "event_types": ("unknown", "Unknown"),
}
"""What stands at number 0: that there is no name."""

_TALLIES = tuple(
    f"{when}_{figure}" for when in ("before", "after") for figure in ("events", "spend", "usage_value")
)
READ_COLUMNS: dict[str, str] = {
    "id": "Int32",
    "connection": "UInt16",
    "run": "UInt32",
    "start_ms": "Int64",
    "end_ms": "Int64",
    "read_at": "Int64",
    **dict.fromkeys((*_TALLIES, "added", "revised", "withdrawn", "retained"), "Int64"),
    "revision": "Bool",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        name: What it is called.
        columns: Its columns with their types.
        order: What its rows are sorted by, and found by.
        month: What tells the month by which it is cut into partitions; none where it is not cut.
        replacing: Whether of rows with the same order only the newest counts.
    """

    name: str
    columns: dict[str, str]
    order: tuple[str, ...]
    month: str = ""
    replacing: bool = False


def _type(name: str) -> str:
    kind, _, required = EVENT_COLUMNS[name].partition(" ")
    plain = "Int64" if name in _NAMED else _TYPES[kind]
    if name in _NAMED:
        return f"LowCardinality({plain})"
    return plain if required else f"Nullable({plain})"


def _events() -> Table:
    columns = {name: f"{_type(name)} {_CODECS.get(name, '')}".rstrip() for name in EVENT_COLUMNS}
    return Table(
        name="events_kept",
        columns={**columns, "bucket": "Int32", "version": "Int64"},
        # By time first: lists of events, newest first, are then read from their end and no further than a page.
        order=("ts", "connection", "ordinal"),
        month="toYYYYMM(toDateTime(intDiv(ts, 1000), 'UTC'))",
    )


def _rollups() -> tuple[Table, ...]:
    return tuple(
        Table(
            name=f"{rollup.table}_kept",
            columns={
                "connection": _type("connection"),
                "day": "Int32",
                **{name: "UInt8" if name == "hour" else _type(name) for name in rollup.keys},
                **dict.fromkeys(rollup.figures, f"Int64 {_SMALL}"),
                "version": "Int64",
            },
            order=("connection", "day", *(each for each in rollup.keys if each != "connection")),
            month="toYYYYMM(addDays(toDate32('1970-01-01'), day))",
        )
        for rollup in ROLLUPS
    )


_SPAN = {"connection": "UInt16", "start_ms": "Int64", "end_ms": "Int64"}
_SEGMENT = {
    "kind": "LowCardinality(String)",
    "connection": "UInt16",
    "bucket": "Int32",
    "version": "Int64",
}

TABLES: tuple[Table, ...] = (
    Table(
        name="segments",
        columns={**_SEGMENT, "rows": "Int64", "note": "String"},
        order=("kind", "connection", "bucket", "version"),
    ),
    Table(name="attempts", columns=_SEGMENT, order=("version", "kind", "connection", "bucket")),
    _events(),
    *_rollups(),
    Table(
        name="reads_kept", columns={**READ_COLUMNS, "version": "Int64"}, order=("connection", "id", "version")
    ),
    Table(
        name="revised_events_kept",
        columns={
            "read_id": "Int32",
            "connection": "UInt16",
            "ts": "Int64",
            "ordinal": "UInt32",
            "cost": "Nullable(Int64)",
            "chargeable": "Bool",
            "kind": "Int64",
            "fee": "Int64",
            "version": "Int64",
        },
        order=("connection", "ts", "ordinal", "read_id"),
    ),
    Table(name="covered_kept", columns={**_SPAN, "version": "Int64"}, order=("connection", "version")),
    Table(
        name="found_empty_kept",
        columns={**_SPAN, "read_at": "Int64", "version": "Int64"},
        order=("connection", "version"),
    ),
    Table(
        name="flat_charges_kept",
        columns={
            "day": "Int32",
            "connection": "UInt16",
            **dict.fromkeys(("person", "model", "kind", "event_type", "amount"), "Int64"),
            "version": "Int64",
        },
        order=("day", "version"),
    ),
    *(
        Table(
            name=f"{name}_kept",
            columns={
                "id": "Int64",
                **dict.fromkeys(columns, "String"),
                "version": "Int64",
                "deleted": "UInt8",
            },
            order=("id",),
            replacing=True,
        )
        for name, columns in NAME_COLUMNS.items()
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How tables lie on machines.

    Attributes:
        cluster: The cluster on whose machines they are made, as ClickHouse is told it; empty for one machine.
        sharded: Whether the large tables are cut among its shards; else each machine has all of them.
    """

    cluster: str = ""
    sharded: bool = False


ONE_MACHINE = Layout()
LOCAL = "_local"
"""What the name of a shard's part of a large table ends in."""


def create(table: Table, layout: Layout = ONE_MACHINE) -> tuple[str, ...]:
    """Return the statements that make a table where there is none."""
    cut = layout.sharded and bool(table.month)
    name = f"{table.name}{LOCAL}" if cut else table.name
    where = f" ON CLUSTER '{layout.cluster}'" if layout.cluster else ""
    columns = ",\n".join(f"  {column} {kind}" for column, kind in table.columns.items())
    partition = f"\nPARTITION BY {table.month}" if table.month else ""
    # The server remembers the blocks it took, so that one that is sent twice after a lost answer is not kept twice.
    settings = "" if layout.cluster else "\nSETTINGS non_replicated_deduplication_window = 1000"
    made = (
        f"CREATE TABLE IF NOT EXISTS {name}{where} (\n{columns}\n)\nENGINE = {_engine(table, layout)}"
        f"{partition}\nORDER BY ({', '.join(table.order)}){settings}"
    )
    if not cut:
        return (made,)
    # A segment's rows are all on one machine, so that none is there in part.
    key = "bucket" if "bucket" in table.columns else "day"
    engine = f"Distributed('{layout.cluster}', currentDatabase(), {name}, intHash64({key}))"
    return made, f"CREATE TABLE IF NOT EXISTS {table.name}{where} AS {name}\nENGINE = {engine}"


def _engine(table: Table, layout: Layout) -> str:
    name = "ReplacingMergeTree" if table.replacing else "MergeTree"
    arguments = ["version", "deleted"] if table.replacing else []
    if layout.cluster:
        # What is not cut is whole on every machine, so that no question has to ask another for it.
        shard = "{shard}" if layout.sharded and table.month else "all"
        arguments = [f"'/clickhouse/tables/{shard}/{{database}}/{table.name}'", "'{replica}'", *arguments]
        name = f"Replicated{name}"
    return f"{name}({', '.join(arguments)})" if arguments else name
