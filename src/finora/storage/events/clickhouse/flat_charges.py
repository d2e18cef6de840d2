"""Flat charges: what subscriptions cost by day and seat, beside the roll-ups and with their keys; see DuckDB's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from finora.spend.catalog import SUBSCRIPTION
from finora.spend.model_name import key_of
from finora.storage.events.clickhouse.draft import Segment
from finora.storage.events.clickhouse.views import FLAT
from finora.storage.events.columns import FLAT_CONNECTION, PLAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.spend.store import FlatRate
    from finora.storage.events.clickhouse.draft import Draft
    from finora.storage.events.clickhouse.names import Names, Row

_LABEL = "Subscription"
_SCHEMA = pa.schema(
    [
        ("day", pa.int32()),
        ("connection", pa.uint16()),
        *((name, pa.int64()) for name in ("person", "model", "kind", "event_type", "amount")),
    ]
)


def replace(draft: Draft, names: Names, rates: Iterable[FlatRate], fingerprint: str) -> None:
    """Let these be the flat charges, in place of those that were."""
    subscription = {table: names.number(table, SUBSCRIPTION) for table in ("kinds", "event_types")}
    plans: dict[int, Row] = {}
    connections: set[int] = set()
    charged = [_SCHEMA.empty_table()]
    for rate in rates:
        model = names.number("models", PLAN + rate.plan)
        vendor = rate.vendor or "Unknown"
        plans[model] = (PLAN + rate.plan, rate.plan_label, key_of(vendor), vendor, SUBSCRIPTION, _LABEL)
        connections.add(rate.connection)
        same = {
            "connection": FLAT_CONNECTION + rate.connection if rate.connection else 0,
            "model": model,
            "kind": subscription["kinds"],
            "event_type": subscription["event_types"],
        }
        charged.append(_table(names, rate, same))
    rows = pa.concat_tables(charged)
    draft.put(Segment(kind=FLAT, rows=rows.num_rows, note=fingerprint))
    draft.fill("flat_charges", rows)
    for table, number in subscription.items():
        names.write(table, {number: (SUBSCRIPTION, _LABEL)}, draft.version)
    names.write("models", plans, draft.version)
    names.keep(draft.version)
    _name_connections(draft, names, connections - {0})


def _table(names: Names, rate: FlatRate, same: dict[str, int]) -> pa.Table:
    charges = rate.charges.filter(pc.not_equal(rate.charges["amount"], 0))
    columns = {
        "day": charges["day"],
        "person": names.number_column("person", charges["person"]),
        "amount": charges["amount"],
        **{name: pa.array([number] * charges.num_rows, pa.int64()) for name, number in same.items()},
    }
    return pa.table([columns[name] for name in _SCHEMA.names], names=_SCHEMA.names).cast(_SCHEMA)


def _name_connections(draft: Draft, names: Names, linked: Iterable[int]) -> None:
    """Give the connections of flat charges rows of their own, called as those they are of."""
    present = names.rows("connections")
    wanted: dict[int, Row] = {0: ("none", "No connection", SUBSCRIPTION, _LABEL)}
    for number in linked:
        key, label, *_ = present.get(number, (str(number), f"Connection {number}"))
        wanted[FLAT_CONNECTION + number] = (key, label, SUBSCRIPTION, _LABEL)
    former = {number: row for number, row in present.items() if number == 0 or number >= FLAT_CONNECTION}
    gone = {number: row for number, row in former.items() if number not in wanted}
    names.write("connections", gone, draft.version, deleted=True)
    changed = {number: row for number, row in wanted.items() if present.get(number) != row}
    names.write("connections", changed, draft.version)
