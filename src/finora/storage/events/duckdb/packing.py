"""How events and their roll-ups rest on disk: figures as what is left over from a good guess, which is mostly nothing.

The engine packs small numbers into few bits, so a column that is nearly always zero costs nearly nothing. Three of an
event's figures can nearly always be told shorter, and so can their sums where the events of a row are of one model:

* the list cost is the price without the fee and before the discount;
* the fee, where there is one, is 250 nano-USD a token (0.25 USD a million, Cursor's token rate);
* request units are a fourth of the list cost in cents, with one decimal: in millionths, whole hundred thousands.

The guess needs not be right for the figure to be exact: the columns that end in `_rest` hold what it missed. And the ids of
the run that an event belongs to (conversation, cloud agent, automation) nearly always come together, so that they rest
as one text, of which the engine keeps each different one once in a stretch of events. The views `events`, `daily` and
so on give all of it back, so that nobody else has to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.rollups import HOURLY, HOURLY_KINDS, HOURLY_PEOPLE, ROLLUPS, WEEKLY
from finora.storage.events.columns import EVENT_COLUMNS
from finora.storage.events.duckdb.schema import rollup_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from finora.spend.rollups import Rollup

EVENTS = "packed_events"
SUMMED = {each: f"packed_{each.table}" for each in (*ROLLUPS, *WEEKLY)}
"""Where roll-ups rest."""
GROWN = (HOURLY_PEOPLE, HOURLY, HOURLY_KINDS, *WEEKLY)
"""Roll-ups that only large stores keep: a small one's events, or days, are read about as fast, and take less space."""
ALWAYS = tuple(each for each in SUMMED if each not in GROWN)
"""Those that every store keeps."""
_GUESSED_FEE = "250 * (input_tokens + output_tokens + cache_write_tokens + cache_read_tokens)"
_PACKED: dict[str, dict[str, str]] = {
    "fee": {"fee_any": "BOOLEAN NOT NULL", "fee_rest": "BIGINT NOT NULL"},
    "list_cost": {"list_rest": "BIGINT NOT NULL"},
    "requests": {"tenths_rest": "BIGINT NOT NULL", "request_rest": "BIGINT NOT NULL"},
    "conversation": {"ids": "VARCHAR"},
    "cloud_agent": {},
    "automation": {},
}
_IDS = ("conversation", "cloud_agent", "automation")
_BETWEEN, _ESCAPE = "chr(31)", "chr(30)"
"""What stands between the ids of a text; no id holds it but after the other, which stands for both."""


def _guessed_tenths(list_cost: str) -> str:
    """Return the tenths of request units that a list cost stands for, 0.4 cents each, rounded half up."""
    return f"({list_cost} // 2000000 + 1) // 2"


def _joined(*, plain: bool) -> str:
    """Return the ids of an event as one text; without an id, none."""
    parts = [
        name
        if plain
        else f"replace(replace({name}, {_ESCAPE}, {_ESCAPE} || '0'), {_BETWEEN}, {_ESCAPE} || '1')"
        for name in _IDS
    ]
    whole = f" || {_BETWEEN} || ".join(f"coalesce({part}, '')" for part in parts)
    return f"CASE WHEN coalesce({', '.join(_IDS[1:])}) IS NOT NULL THEN {whole} ELSE {parts[0]} END"


def _part(place: int) -> str:
    """Return one of the ids from the text."""
    part = f"split_part(ids, {_BETWEEN}, {place})"
    return f"nullif(replace(replace({part}, {_ESCAPE} || '1', {_BETWEEN}), {_ESCAPE} || '0', {_ESCAPE}), '')"


_PACK = {
    "fee_any": "fee <> 0",
    "fee_rest": f"CASE WHEN fee = 0 THEN 0 ELSE fee - {_GUESSED_FEE} END",
    "list_rest": "list_cost - discount + fee - coalesce(cost, 0)",
    "tenths_rest": f"requests // 100000 - {_guessed_tenths('list_cost')}",
    "request_rest": "requests % 100000",
    "ids": _joined(plain=False),
}
_PACK_PLAIN = _PACK | {"ids": _joined(plain=True)}
_FEE = f"CASE WHEN fee_any THEN fee_rest + {_GUESSED_FEE} ELSE 0 END"
_LIST_COST = f"list_rest + discount - ({_FEE}) + coalesce(cost, 0)"
_UNPACK = {
    "fee": _FEE,
    "list_cost": _LIST_COST,
    "requests": f"(tenths_rest + {_guessed_tenths(f'({_LIST_COST})')}) * 100000 + request_rest",
    **{name: _part(place) for place, name in enumerate(_IDS, 1)},
}


def packed_tables() -> tuple[str, ...]:
    """Return the statements that make the tables where events rest and the roll-ups that every store keeps."""
    return _table(EVENTS, EVENT_COLUMNS), *map(rollup_table, ALWAYS)


def rollup_table(rollup: Rollup) -> str:
    """Return the statement that makes the table where a roll-up rests."""
    return _table(SUMMED[rollup], rollup_columns(rollup))


def rollup_view(rollup: Rollup) -> str:
    """Return the statement that makes the view of a roll-up."""
    return f"CREATE VIEW {rollup.table} AS SELECT {_unpacked(rollup_columns(rollup))} FROM {SUMMED[rollup]}"


def has_plain_ids(events: pa.Table) -> bool:
    """Return whether no id holds what stands between ids, as none does but by accident; to see that takes no time."""
    texts = [
        bytes(data)
        for name in _IDS
        for chunk in events[name].chunks
        if (data := chunk.buffers()[-1]) is not None
    ]
    return not any(mark in text for text in texts for mark in (b"\x1e", b"\x1f"))


def pack(table: str, *, plain: bool = False) -> str:
    """Return the statement that puts a table's events, with the columns of the view, where events rest; see `packed`."""
    return f"INSERT INTO {EVENTS} {packed(table, plain=plain)}"


def pack_sums(rollup: Rollup, source: str) -> str:
    """Return the statement that puts a source's rows of a roll-up where they rest."""
    return f"INSERT INTO {SUMMED[rollup]} {_packed_rows(rollup_columns(rollup), source)}"


def packed(table: str, *, plain: bool = False) -> str:
    """Return the statement that tells a table's events as they rest.

    Args:
        table: Its name.
        plain: Whether all of its events' ids are known to be plain (`has_plain_ids`), which takes less time.
    """
    return _packed_rows(EVENT_COLUMNS, table, _PACK_PLAIN if plain else _PACK)


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


def _packed(columns: Mapping[str, str]) -> dict[str, str]:
    packed: dict[str, str] = {}
    for name, kind in columns.items():
        packed |= _PACKED.get(name, {name: kind})
    return packed


def _table(name: str, columns: Mapping[str, str]) -> str:
    described = ", ".join(f"{column} {kind}" for column, kind in _packed(columns).items())
    return f"CREATE TABLE {name} ({described})"


def _packed_rows(columns: Mapping[str, str], source: str, ways: Mapping[str, str] = _PACK) -> str:
    selected = ", ".join(f"{ways[name]} AS {name}" if name in ways else name for name in _packed(columns))
    return f"SELECT {selected} FROM {source}"


def _unpacked(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{_UNPACK[name]} AS {name}" if name in _UNPACK else name for name in columns)


PACKED_EVENTS = tuple(_packed(EVENT_COLUMNS))
"""The columns in which events rest."""
