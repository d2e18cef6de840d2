"""Bringing an event store up to date that an earlier version wrote: all of it in one transaction, or none.

What a file lacks is told from its tables as well as from its version, for the first versions did not count theirs up.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb

from finora.storage.events.columns import EVENT_COLUMNS
from finora.storage.events.duckdb import rollup
from finora.storage.events.duckdb.errors import troubles_told
from finora.storage.events.duckdb.lent import lent, read_once
from finora.storage.events.duckdb.packing import EVENTS, pack, packed_tables, views
from finora.storage.events.duckdb.run_ids import number_ids, run_tables
from finora.storage.events.duckdb.schema import FLAT_CHARGES, FOUND_EMPTY, SCHEMA_VERSION
from finora.storage.events.duckdb.summing import kept
from finora.storage.events.errors import EventsUnusable
from finora.values.interval import DAY_MS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_FORMER = "former_events"
_PIECE = 200_000


def upgrade(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Bring the tables up to date.

    Raises:
        EventsUnusable: They could not be. The file is as it was.
        StorageError: The file is damaged, or there is no space left.
    """
    _LOG.info(
        "Bringing %s up to date, which takes about five minutes for a hundred million events. If it is stopped, the next start does it.",
        path,
    )
    try:
        with troubles_told(path), database.cursor() as cursor:
            cursor.begin()
            tables = _names(cursor, "duckdb_tables")
            _pack_anew(cursor, tables)
            for name, statement in (("found_empty", FOUND_EMPTY), ("flat_charges", FLAT_CHARGES)):
                if name not in tables:
                    cursor.execute(statement).fetchall()
            cursor.execute(
                "UPDATE meta SET value = ? WHERE key = 'schema'", (str(SCHEMA_VERSION),)
            ).fetchall()
            cursor.commit()
        _LOG.info("%s is up to date.", path)
    except duckdb.Error as problem:
        raise EventsUnusable(
            f"The event store {path} could not be brought up to date. Its data is as it was; the former version of Finora "
            f"can go on with it. Please report this: {problem}"
        ) from problem


def _pack_anew(cursor: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    """Let events rest as they do now that are in a table as they came, or packed in a former way, and sum them anew."""
    former = _as_they_came(cursor, packed="events" not in tables)
    for table in tables:
        if table == "daily" or (table.startswith("packed_") and table != EVENTS):
            cursor.execute(f"DROP TABLE {table}").fetchall()
    for statement in (*run_tables(), *packed_tables()):
        cursor.execute(statement).fetchall()
    for days in _days_by_pieces(cursor, former):
        _pack_events(cursor, former, days)
    cursor.execute(f"DROP TABLE {_FORMER}").fetchall()
    for statement in views():
        cursor.execute(statement).fetchall()
    ((events,),) = cursor.execute(f"SELECT count(*) FROM {EVENTS}").fetchall()
    if events >= rollup.LARGE:
        rollup.make_grown(cursor)
    zone = cursor.execute("SELECT value FROM meta WHERE key = 'zone'").fetchall()
    if zone:
        rollup.rebuild(cursor, ZoneInfo(zone[0][0]), kept(cursor))


def _as_they_came(cursor: duckdb.DuckDBPyConnection, *, packed: bool) -> str:
    """Put the events aside, and return what tells them as they came; the former views go."""
    told = cursor.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall()
    for name, _sql in told:
        cursor.execute(f"DROP VIEW {name}").fetchall()
    cursor.execute(f"ALTER TABLE {EVENTS if packed else 'events'} RENAME TO {_FORMER}").fetchall()
    if not packed:
        return _FORMER
    # The file itself says how its version packed; a copy unpacked would take many times the space.
    reading = dict(told)["events"].partition(" AS ")[2].strip().removesuffix(";")
    return f"({reading.replace(f'FROM {EVENTS}', f'FROM {_FORMER}')})"


def _days_by_pieces(cursor: duckdb.DuckDBPyConnection, former: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of days of UTC that hold all events, each enough of them to be worth a statement, and not too many for the memory."""
    counted = cursor.execute(
        f"SELECT ts // {DAY_MS}, count(*) FROM {former} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    begins, held = None, 0
    for day, events in counted:
        begins = day if begins is None else begins
        held += events
        if held >= _PIECE or day == counted[-1][0]:
            yield begins, day + 1
            begins, held = None, 0


def _pack_events(cursor: duckdb.DuckDBPyConnection, former: str, days: tuple[int, int]) -> None:
    """Let the events of some days rest as they do now, with numbers for their ids."""
    bounds = tuple(day * DAY_MS for day in days)
    sql = f"SELECT {', '.join(EVENT_COLUMNS)} FROM {former} WHERE ts >= ? AND ts < ?"
    events = cursor.sql(sql, params=bounds).to_arrow_table().combine_chunks()
    for name, numbers in number_ids(cursor, events).items():
        events = events.set_column(events.schema.get_field_index(name), name, numbers)
    with lent(cursor, "former_piece", read_once(events)):
        cursor.execute(pack("former_piece")).fetchall()


def _names(cursor: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    return {name for (name,) in cursor.execute(f"SELECT table_name FROM {source}()").fetchall()}
