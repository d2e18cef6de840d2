"""Where events and their roll-ups rest, packed (see `resting`), and the views that tell them as they are.

The views `events`, `daily` and so on give all of it back, so that nobody else has to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import HOURLY, HOURLY_KINDS, HOURLY_PEOPLE, OF_RUNS, ROLLUPS, WEEKLY
from finora.storage.events.columns import EVENT_COLUMNS
from finora.storage.events.duckdb.resting import ways_of
from finora.storage.events.duckdb.schema import rollup_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.spend.rollups import Rollup

EVENTS = "packed_events"
SUMMED = {each: f"packed_{each.table}" for each in (*OF_RUNS, *ROLLUPS, *WEEKLY)}
"""Where roll-ups rest."""
GROWN = (*OF_RUNS, HOURLY_PEOPLE, HOURLY, HOURLY_KINDS, *WEEKLY)
"""Roll-ups that only large stores keep: a small one's events, or days, are read about as fast, and take less space."""
ALWAYS = tuple(each for each in SUMMED if each not in GROWN)
"""Those that every store keeps."""


def packed_tables() -> tuple[str, ...]:
    """Return the statements that make the tables where events rest and the roll-ups that every store keeps."""
    return _table(EVENTS, EVENT_COLUMNS), *map(rollup_table, ALWAYS)


def rollup_table(rollup: Rollup) -> str:
    """Return the statement that makes the table where a roll-up rests."""
    return _table(SUMMED[rollup], rollup_columns(rollup))


def rollup_view(rollup: Rollup) -> str:
    """Return the statement that makes the view of a roll-up."""
    return f"CREATE VIEW {rollup.table} AS SELECT {_unpacked(rollup_columns(rollup))} FROM {SUMMED[rollup]}"


def pack(table: str) -> str:
    """Return the statement that puts a table's events, with the columns of the view, where events rest."""
    return f"INSERT INTO {EVENTS} {packed(table)}"


def unpacked_sums(rollup: Rollup, where: str) -> str:
    """Return the statement that tells a roll-up's rows that meet a condition, and their place, as `rid`."""
    columns = {name: kind for name, kind in rollup_columns(rollup).items() if name != "members"}
    return (
        f"SELECT {_unpacked(columns)}, rid FROM (SELECT *, rowid AS rid FROM {SUMMED[rollup]} WHERE {where})"
    )


def pack_sums(rollup: Rollup, source: str) -> str:
    """Return the statement that puts a source's rows of a roll-up where they rest."""
    return f"INSERT INTO {SUMMED[rollup]} {_packed_rows(rollup_columns(rollup), source)}"


def packed(table: str) -> str:
    """Return the statement that tells a table's events as they rest."""
    return _packed_rows(EVENT_COLUMNS, table)


def unpacked(source: str) -> str:
    """Return the statement that tells of packed events what they were, and their place, as `rid`.

    Conditions of the source hold before anything is unpacked, which the view of events would not see to.
    """
    return f"SELECT {_unpacked(EVENT_COLUMNS)}, rid FROM (SELECT *, rowid AS rid FROM {source})"


def views() -> tuple[str, ...]:
    """Return the statements that make the views of these; the one of events also has their place, as `rid`."""
    return (
        f"CREATE VIEW events AS SELECT {_unpacked(EVENT_COLUMNS)}, rowid AS rid FROM {EVENTS}",
        *map(rollup_view, ALWAYS),
    )


def _packed(columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the columns in which a table's columns rest, each with its type and what it holds of them."""
    ways = ways_of(columns)
    packed: dict[str, tuple[str, str]] = {}
    for name, kind in columns.items():
        packed |= ways[name].rests if name in ways else {name: (kind, name)}
    return packed


def _table(name: str, columns: Mapping[str, str]) -> str:
    described = ", ".join(f"{column} {kind}" for column, (kind, _held) in _packed(columns).items())
    return f"CREATE TABLE {name} ({described})"


def _packed_rows(columns: Mapping[str, str], source: str) -> str:
    held = ", ".join(f"{expression} AS {name}" for name, (_kind, expression) in _packed(columns).items())
    return f"SELECT {held} FROM {source}"


def _unpacked(columns: Mapping[str, str]) -> str:
    ways = ways_of(columns)
    return ", ".join(f"{ways[name].told} AS {name}" if name in ways else name for name in columns)


PACKED_EVENTS = tuple(_packed(EVENT_COLUMNS))
"""The columns in which events rest."""
