"""Sweeping: segments that no reader can want any more, and rows of writes that died, are cleared away."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from finora.storage.events.clickhouse.schema import LOCAL, TABLES
from finora.storage.events.clickhouse.views import EVENTS, HOUR_MS, KINDS
from finora.values.interval import DAY_MS, day_from_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finora.storage.events.clickhouse.engine import Engine
    from finora.storage.events.clickhouse.views import Kind

_AT_ONCE = 2_000
_LATER = "SETTINGS lightweight_deletes_sync = 0"
"""Rows that do not count need not be gone when the statement ends; those of `segments` do, so that none counts again."""
Place = tuple[int, int, int]
"""A segment's connection, bucket and version."""

_SUPERSEDED = """
SELECT kind, connection, bucket, version FROM segments WHERE version <= {horizon}
AND (kind, connection, bucket, version) NOT IN (
  SELECT kind, connection, bucket, max(version) FROM segments WHERE version <= {horizon} GROUP BY kind, connection, bucket)"""
_ABANDONED = """
SELECT kind, connection, bucket, version FROM attempts
WHERE version <= {horizon} AND version NOT IN (SELECT version FROM segments)"""
_EMPTY = """
SELECT kind, connection, bucket, max(version) AS newest FROM segments
GROUP BY kind, connection, bucket HAVING count() = 1 AND max(rows) = 0 AND newest <= {horizon} AND connection > 0"""


def sweep(engine: Engine, horizon: int) -> int:
    """Clear away what does not count from a version on, and return how many segments that were.

    To be called with the turn: rows of a write under way are where those of a write that died would be.
    """
    swept = 0
    for statement in (_SUPERSEDED, _ABANDONED):
        for name, found in _places(engine, statement, horizon).items():
            _clear(engine, KINDS[name], found)
            swept += len(found)
    for name, found in _places(engine, _EMPTY, horizon).items():
        _forget(engine, name, found)
    if engine.scalar(f"SELECT count() FROM attempts WHERE version <= {horizon}"):
        engine.execute(f"DELETE FROM attempts WHERE version <= {horizon}")
    return swept


def _places(engine: Engine, statement: str, horizon: int) -> dict[str, list[Place]]:
    """Return segments by their kind."""
    places: dict[str, list[Place]] = defaultdict(list)
    for kind, connection, bucket, version in engine.rows(statement.format(horizon=horizon).strip()):
        places[kind].append((connection, bucket, version))
    return places


def _clear(engine: Engine, kind: Kind, places: list[Place]) -> None:
    tables = {each.name: each for each in TABLES}
    for name, segment in kind.tables.items():
        table = f"{name}_kept"
        parts = _by_month(kind, places) if tables[table].month else {"": places}
        where_it_lies = _deletable(engine, table)
        for month, found in sorted(parts.items()):
            where = f" IN PARTITION {month}" if month else ""
            for some in _portions(found):
                engine.execute(
                    f"DELETE FROM {where_it_lies}{where} WHERE ({segment}) IN ({_listed(some)}) {_LATER}"
                )
    _forget(engine, kind.name, places)


def _deletable(engine: Engine, table: str) -> str:
    """Return what rows of a table are deleted from: where it is cut among machines, each one's own part of it."""
    ((described,),) = engine.rows(
        "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = ?", table
    )
    cut = re.match(r"Distributed\('([^']+)'", described)
    return f"{table}{LOCAL} ON CLUSTER '{cut[1]}'" if cut else table


def _forget(engine: Engine, kind: str, places: list[Place]) -> None:
    for some in _portions(places):
        engine.execute(
            f"DELETE FROM segments WHERE kind = '{kind}' AND (connection, bucket, version) IN ({_listed(some)})"
        )


def _by_month(kind: Kind, places: Iterable[Place]) -> dict[str, list[Place]]:
    """Return segments by the partition that their rows are in."""
    parts: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        day = place[1] * HOUR_MS // DAY_MS if kind is EVENTS else place[1]
        parts[_month(day)].append(place)
    return parts


def _month(day: int) -> str:
    return f"{day_from_number(day):%Y%m}"


def _portions(places: list[Place]) -> Iterator[list[Place]]:
    yield from (places[at : at + _AT_ONCE] for at in range(0, len(places), _AT_ONCE))


def _listed(places: Iterable[Place]) -> str:
    return ", ".join(f"({connection:d}, {bucket:d}, {version:d})" for connection, bucket, version in places)


def segments_of(engine: Engine, connection: int, version: int) -> Iterator[tuple[Kind, int]]:
    """Yield the kinds and buckets of all that counts of a connection."""
    found = engine.rows(
        f"SELECT kind, bucket FROM segments WHERE connection = {connection:d} AND version <= {version:d} GROUP BY kind, bucket"
    )
    yield from ((KINDS[kind], bucket) for kind, bucket in found)
