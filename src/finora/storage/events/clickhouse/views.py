"""What statements read: of all rows that are kept, those that count in one state of the store.

A statement says `FROM events`, as it does to any engine. Before it goes to the server, each name it reads is explained at
its head (`WITH events AS (…)`) as the rows of the newest segments up to the reader's version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from finora.spend.rollups import ROLLUPS
from finora.storage.events.clickhouse.schema import NAME_COLUMNS, TABLES

HOUR_MS = 3_600_000
_OUR_OWN = {"version", "bucket", "deleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of segment.

    Attributes:
        name: As in the table `segments`.
        tables: What has rows of it, each with the columns that name a row's segment, its version included.
    """

    name: str
    tables: dict[str, str]


EVENTS = Kind(name="events", tables={"events": "connection, bucket, version"})
"""The events of a connection's hour (of UTC)."""
DAYS = Kind(name="days", tables={each.table: "connection, day, version" for each in ROLLUPS})
"""All roll-ups of a connection's day (of the workspace)."""
READS = Kind(
    name="reads",
    tables={"reads": "connection, id, version", "revised_events": "connection, read_id, version"},
)
"""A read that changed something, by its number, and what it replaced."""
COVERAGE = Kind(
    name="coverage",
    tables=dict.fromkeys(("covered", "found_empty"), "connection, toInt32(0), version"),
)
"""What was read of a connection."""
FLAT = Kind(name="flat", tables={"flat_charges": "toUInt16(0), toInt32(0), version"})
"""All flat charges; the note says what they were made from."""
COMMITS = Kind(name="commits", tables={})
"""That a write happened."""
DAYS_OF = Kind(name="days_of", tables={})
"""Whose days the roll-ups are by, and which there are: the note."""

MOVING = Kind(name="moving", tables={})
"""That another event store is moved here, and how far that is: the note."""

KINDS = {kind.name: kind for kind in (EVENTS, DAYS, READS, COVERAGE, FLAT, COMMITS, DAYS_OF, MOVING)}


def live(kind: Kind, version: int, where: str = "") -> str:
    """Return the statement that names the segments of a kind that count at a version."""
    more = f" AND {where}" if where else ""
    return (
        "SELECT connection, bucket, max(version) FROM segments "
        f"WHERE kind = '{kind.name}' AND version <= {version:d}{more} GROUP BY connection, bucket"
    )


def held_hours(version: int, connection: int | None = None) -> str:
    """Return the statement that counts the hours that hold events at a version, and names the first and the last of them."""
    where = "" if connection is None else f" AND connection = {connection:d}"
    return (
        "SELECT count(), min(bucket), max(bucket) FROM (SELECT connection, bucket, argMax(rows, version) AS held FROM segments "
        f"WHERE kind = '{EVENTS.name}' AND version <= {version:d}{where} GROUP BY connection, bucket) WHERE held > 0"
    )


def explained(sql: str, version: int) -> str:
    """Return a statement with each name it reads explained as what counts at a version."""
    read = [name for name in _views() if re.search(rf"\b(?:FROM|JOIN)\s+{name}\b", sql)]
    if not read:
        return sql
    head = ",\n".join(f"{name} AS ({_views()[name].format(version=version)})" for name in read)
    if sql.startswith("WITH "):
        return f"WITH {head},\n{sql.removeprefix('WITH ')}"
    return f"WITH {head}\n{sql}"


@cache
def _views() -> dict[str, str]:
    tables = {each.name: each for each in TABLES}
    found = {}
    for kind in KINDS.values():
        for name, segment in kind.tables.items():
            columns = ", ".join(each for each in tables[f"{name}_kept"].columns if each not in _OUR_OWN)
            newest = live(kind, 0).replace("version <= 0", "version <= {version}")
            found[name] = f"SELECT {columns} FROM {name}_kept WHERE ({segment}) IN ({newest})"
    for name, told in NAME_COLUMNS.items():
        found[name] = f"SELECT id, {', '.join(told)} FROM {name}_kept FINAL"
    return found
