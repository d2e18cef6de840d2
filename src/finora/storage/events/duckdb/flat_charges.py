"""Flat charges: what subscriptions cost by day and seat, beside the roll-up and with its keys.

They are no events and are never among them. What stands for a plan among the models, and for a linked connection among
the connections, are rows of their own, so that a plan has a vendor and all flat charges the provider “Subscription”.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.catalog import SUBSCRIPTION
from finora.spend.model_name import key_of
from finora.storage.events.columns import FLAT_CONNECTION, PLAN
from finora.storage.events.duckdb.lent import lent

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from finora.spend.store import FlatRate
    from finora.storage.events.duckdb.names import Names

_LABEL = "Subscription"
_COLUMNS = "day, connection, person, model, kind, event_type, amount"


def replace(cursor: duckdb.DuckDBPyConnection, names: Names, rates: Iterable[FlatRate]) -> None:
    """Make these the flat charges, in place of those that were, within a transaction."""
    cursor.execute("DELETE FROM flat_charges").fetchall()
    cursor.execute("DELETE FROM connections WHERE id = 0 OR id >= ?", (FLAT_CONNECTION,)).fetchall()
    cursor.execute(
        "INSERT INTO connections VALUES (0, 'none', 'No connection', ?, ?)", (SUBSCRIPTION, _LABEL)
    ).fetchall()
    kind, event_type = (_named(cursor, names, table) for table in ("kinds", "event_types"))
    for rate in rates:
        numbers = (_connection(cursor, rate.connection), _plan(cursor, names, rate), kind, event_type)
        charges = pa.table(
            {
                "day": rate.charges["day"],
                "person": names.number_column(cursor, "person", rate.charges["person"]),
                "amount": rate.charges["amount"],
            }
        ).combine_chunks()
        with lent(cursor, "fresh_charges", charges.filter(pc.not_equal(charges["amount"], 0))):
            cursor.execute(
                f"INSERT INTO flat_charges ({_COLUMNS}) SELECT day, ?, person, ?, ?, ?, amount FROM fresh_charges",
                numbers,
            ).fetchall()


def _named(cursor: duckdb.DuckDBPyConnection, names: Names, table: str) -> int:
    """Return the number of what all flat charges are called in a table."""
    number = names.number(cursor, table, SUBSCRIPTION)
    cursor.execute(f"UPDATE {table} SET label = ? WHERE id = ?", (_LABEL, number)).fetchall()
    return number


def _plan(cursor: duckdb.DuckDBPyConnection, names: Names, rate: FlatRate) -> int:
    """Return the number of the row that stands for a plan among the models."""
    number = names.number(cursor, "models", PLAN + rate.plan)
    vendor = rate.vendor or "Unknown"
    cursor.execute(
        "UPDATE models SET (label, vendor, vendor_label, family, family_label) = (?, ?, ?, ?, ?) WHERE id = ?",
        (rate.plan_label, key_of(vendor), vendor, SUBSCRIPTION, _LABEL, number),
    ).fetchall()
    return number


def _connection(cursor: duckdb.DuckDBPyConnection, number: int) -> int:
    """Return the number of the row that stands for a connection among those that have flat charges."""
    if not number:
        return 0
    cursor.execute(
        "INSERT INTO connections SELECT ?, coalesce(max(key), ?), coalesce(max(label), ?), ?, ? FROM connections "
        "WHERE id = ? HAVING NOT EXISTS (SELECT 1 FROM connections WHERE id = ?)",
        (
            FLAT_CONNECTION + number,
            str(number),
            f"Connection {number}",
            SUBSCRIPTION,
            _LABEL,
            number,
            FLAT_CONNECTION + number,
        ),
    ).fetchall()
    return FLAT_CONNECTION + number
