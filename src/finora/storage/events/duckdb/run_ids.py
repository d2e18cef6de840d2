"""The ids of single runs, kept once and pointed to by number: conversations, cloud agents and automations.

There are millions, so that nobody has them in memory: the ids of a window are sought among all, and what is new gets the next
numbers, in the window's own transaction. Nearly all ids are UUIDs, which take half the space of their text and a fifth of the time to find.
Other texts are kept as they are. Number 0 is that of no run.

A cloud agent mostly holds one conversation, and has its number, so that events rest without it (see `resting`).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.catalog import DIMENSIONS, NONE, Lookup, label_of
from finora.spend.single_runs import RUN_IDS
from finora.storage.events.duckdb.lent import lent, read_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

_FOUND = (("uuid", "TRY_CAST(? AS UUID)"), ("lower(text)", "lower(?)"))
_IN_A_UUID = re.compile("[0-9A-Fa-f-]{1,36}")
_A_UUID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class _Ids(Lookup):
    """A table of ids."""

    def holding(self, sought: str, holds: Callable[[str], str]) -> list[str]:
        """Return conditions for ids that hold a text: most texts no UUID holds, and a whole one is found at once."""
        if _A_UUID.fullmatch(sought):
            return ["uuid = TRY_CAST(? AS UUID)", holds("text")]
        return [holds(self.key if _IN_A_UUID.fullmatch(sought) else "text")]


NUMBERED: Mapping[str, Lookup] = MappingProxyType({name: _Ids(f"{name}s", found=_FOUND) for name in RUN_IDS})
"""Where ids are found, by the column of events that has their numbers: each a view of the table `packed_…`."""
_APART = 2**31
"""The first number of a cloud agent that has none of its conversations'."""
_RECENT = 200_000
"""How many of the newest ids are looked through first: those of a window that is read again are nearly always among them."""
_UUID = "CASE WHEN CAST(TRY_CAST(key AS UUID) AS VARCHAR) = key THEN TRY_CAST(key AS UUID) END"
_TOLD_APART = f"{_UUID} AS uuid, CASE WHEN {_UUID} IS NULL THEN key END AS text"
_KNOWN = f"""
WITH s AS MATERIALIZED (SELECT place, {_TOLD_APART} FROM sought)
SELECT place, id FROM s JOIN {{table}} USING (uuid) WHERE {{part}}
UNION ALL SELECT place, id FROM s JOIN {{table}} USING (text) WHERE {{part}}"""
"""The places of ids that are among some of a table's, and their numbers."""


def run_tables() -> tuple[str, ...]:
    """Return the statements that make the tables, with the row of no run, and their views."""
    return tuple(statement for name in RUN_IDS for statement in _table(name))


def _table(name: str) -> tuple[str, ...]:
    view, none = NUMBERED[name].table, label_of(DIMENSIONS[name], NONE)
    key = "coalesce(CAST(uuid AS VARCHAR), text)"
    label = f"CASE id WHEN 0 THEN '{none}' ELSE {key} END"
    return (
        f"CREATE TABLE packed_{view} (id UINTEGER NOT NULL, uuid UUID, text VARCHAR)",
        f"INSERT INTO packed_{view} VALUES (0, NULL, '{NONE}')",
        f"CREATE VIEW {view} AS SELECT id, uuid, text, {key} AS key, {label} AS label FROM packed_{view}",
    )


def forget_unused(cursor: duckdb.DuckDBPyConnection) -> None:
    """Delete the ids that no event points to any more."""
    for name, lookup in NUMBERED.items():
        cursor.execute(
            f"DELETE FROM packed_{lookup.table} WHERE id <> 0 AND id NOT IN (SELECT {name} FROM events)"
        ).fetchall()


def number_ids(cursor: duckdb.DuckDBPyConnection, events: pa.Table) -> dict[str, pa.Array]:
    """Return the columns of ids of some events as numbers, giving new ids a number; null becomes 0.

    Args:
        cursor: An open transaction.
        events: `EVENT_SCHEMA`.
    """
    numbers: dict[str, pa.Array] = {}
    for name in RUN_IDS:
        coded = pc.dictionary_encode(_as_one(events[name]))
        beside = numbers["conversation"] if name == "cloud_agent" else None
        told = pa.array(_numbers(cursor, name, coded, beside), pa.uint32())
        numbers[name] = pc.fill_null(pc.take(told, coded.indices), 0)
    return numbers


def _as_one(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece; to have one that is put together once more would copy it."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers(
    cursor: duckdb.DuckDBPyConnection, name: str, coded: pa.DictionaryArray, beside: pa.Array | None
) -> np.ndarray:
    """Return the numbers of the different ids of a column; `beside` are the numbers of their events' conversations."""
    ids, table = coded.dictionary, f"packed_{NUMBERED[name].table}"
    numbers = np.zeros(len(ids), np.uint32)
    if not len(ids):
        return numbers
    sought = pa.table({"place": np.arange(len(ids)), "key": ids})
    ((newest,),) = cursor.execute(f"SELECT max(id) FROM {table}").fetchall()
    older = max(newest - _RECENT, 0)
    for part in (f"id > {older}", f"id BETWEEN 1 AND {older}"):
        with lent(cursor, "sought", read_once(sought)):
            known = cursor.execute(_KNOWN.format(table=table, part=part)).fetchnumpy()
        numbers[known["place"]] = known["id"]
        if older == 0 or numbers.all():
            break
    new = np.flatnonzero(numbers == 0)
    if len(new):
        if beside is None:
            numbers[new] = np.arange(newest + 1, newest + 1 + len(new))
        else:
            numbers[new] = _as_conversations(cursor, table, beside.to_numpy()[_first(coded)[new]])
        told = pa.table({"id": numbers[new], "key": ids.take(pa.array(new))})
        with lent(cursor, "new_ids", read_once(told)):
            cursor.execute(f"INSERT INTO {table} SELECT id, {_TOLD_APART} FROM new_ids").fetchall()
    return numbers


def _first(coded: pa.DictionaryArray) -> np.ndarray:
    """Return where each of the different ids is met first."""
    codes = pc.fill_null(coded.indices, -1).to_numpy()
    met = np.flatnonzero(codes >= 0)[::-1]
    first = np.zeros(len(coded.dictionary), np.int64)
    first[codes[met]] = met  # of several, the last one written stays, which is the first met
    return first


def _as_conversations(cursor: duckdb.DuckDBPyConnection, table: str, conversations: np.ndarray) -> np.ndarray:
    """Return numbers of new ids: those of the conversations they are met in, or numbers of their own where these are taken."""
    with lent(cursor, "wished", read_once(pa.table({"id": conversations}))):
        taken = cursor.execute(f"SELECT DISTINCT id FROM {table} JOIN wished USING (id)").fetchnumpy()["id"]
    free = ~np.isin(conversations, [0, *taken])
    _different, first = np.unique(conversations, return_index=True)
    free &= np.isin(np.arange(len(conversations)), first)
    ((next_one,),) = cursor.execute(
        f"SELECT coalesce(max(id) + 1, {_APART}) FROM {table} WHERE id >= {_APART}"
    ).fetchall()
    numbers = conversations.copy()
    numbers[~free] = np.arange(next_one, next_one + int((~free).sum()))
    return numbers
