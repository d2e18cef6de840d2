"""How an event's figures rest on disk: as what is left over from a good guess, which is mostly nothing.

The engine packs small numbers into few bits, so a column that is nearly always zero costs nearly nothing. Three of an
event's figures can nearly always be told shorter:

* the list cost is the price without the fee and before the discount;
* the fee, where there is one, is 250 nano-USD a token (0.25 USD a million, Cursor's token rate);
* request units have one decimal, so that in millionths they are whole hundred thousands.

The guess needs not be right for the figure to be exact: the columns that end in `_rest` hold what it missed. The view
`events` gives the amounts back, so that nobody else has to know.
"""

from __future__ import annotations

from finora.storage.events.columns import EVENT_COLUMNS

_GUESSED_FEE = "250 * (input_tokens + output_tokens + cache_write_tokens + cache_read_tokens)"
_PACKED = {
    "fee": {"fee_any": "BOOLEAN NOT NULL", "fee_rest": "BIGINT NOT NULL"},
    "list_cost": {"list_rest": "BIGINT NOT NULL"},
    "requests": {"request_tenths": "BIGINT NOT NULL", "request_rest": "BIGINT NOT NULL"},
}
_PACK = {
    "fee_any": "fee <> 0",
    "fee_rest": f"CASE WHEN fee = 0 THEN 0 ELSE fee - {_GUESSED_FEE} END",
    "list_rest": "list_cost - discount + fee - coalesce(cost, 0)",
    "request_tenths": "requests // 100000",
    "request_rest": "requests % 100000",
}
_FEE = f"CASE WHEN fee_any THEN fee_rest + {_GUESSED_FEE} ELSE 0 END"
_UNPACK = {
    "fee": _FEE,
    "list_cost": f"list_rest + discount - ({_FEE}) + coalesce(cost, 0)",
    "requests": "request_tenths * 100000 + request_rest",
}


def packed_columns() -> dict[str, str]:
    """Return the columns of the table `packed_events` with their types."""
    columns: dict[str, str] = {}
    for name, kind in EVENT_COLUMNS.items():
        columns |= _PACKED.get(name, {name: kind})
    return columns


def pack(table: str) -> str:
    """Return the statement that puts a table's events, with the columns of the view, where events rest."""
    columns = ", ".join(f"{_PACK[name]} AS {name}" if name in _PACK else name for name in packed_columns())
    return f"INSERT INTO packed_events SELECT {columns} FROM {table}"


def view() -> str:
    """Return the statement that makes the view `events`: the events as they came, and their place as `rid`."""
    columns = ", ".join(f"{_UNPACK[name]} AS {name}" if name in _UNPACK else name for name in EVENT_COLUMNS)
    return f"CREATE VIEW events AS SELECT {columns}, rowid AS rid FROM packed_events"
