"""The event store's tables.

`packed_events` holds one row an event and `events` is the view of it that everyone reads (see `packing`);
`(connection, ts, ordinal)` names an event for good, and `run` is the sync run that read it first. Names that repeat are
numbers into small tables, where row 0 stands for “none”, and so are the ids of runs into large ones (see `run_ids`). `daily` and the other tables of `spend.rollups` sum `events`
exactly by the workspace's days. `reads` has a row for each window whose read changed something; where the window had been read before, that is a
revision, and `revised_events` keeps the figures that it replaced. `covered` holds the stretches of time read so far,
merged, and `found_empty` those that held nothing when they were read first and are not believed to be empty yet.
`flat_charges` holds what subscriptions cost by day and seat (see `flat_charges`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.single_runs import RUN_IDS
from finora.storage.events.columns import EVENT_COLUMNS

if TYPE_CHECKING:
    from finora.spend.rollups import Rollup

SCHEMA_VERSION = 6
"""Counted up with every change of the tables; `upgrades` leads there from each former one."""

_NAME_COLUMNS = "id UINTEGER NOT NULL, key VARCHAR NOT NULL, label VARCHAR NOT NULL"

_TALLY = "{0}_events BIGINT NOT NULL, {0}_spend BIGINT NOT NULL, {0}_usage_value BIGINT NOT NULL"


def rollup_columns(rollup: Rollup) -> dict[str, str]:
    """Return a roll-up's columns with their types."""
    kinds = EVENT_COLUMNS | {"hour": "UTINYINT NOT NULL"} | dict.fromkeys(RUN_IDS, "UINTEGER NOT NULL")
    people = {"block": "USMALLINT NOT NULL", "members": "BIT"} if rollup.people else {}
    return {
        "day": "INTEGER NOT NULL",
        **{name: kinds[name] for name in rollup.keys},
        **people,
        **dict.fromkeys(rollup.figures, "BIGINT NOT NULL"),
        **({"sole": "BOOLEAN NOT NULL"} if rollup.sole else {}),
    }


FLAT_CHARGES = (
    "CREATE TABLE flat_charges (day INTEGER NOT NULL, connection USMALLINT NOT NULL, person UINTEGER NOT NULL, "
    "model UINTEGER NOT NULL, kind UINTEGER NOT NULL, event_type UINTEGER NOT NULL, amount BIGINT NOT NULL)"
)

FOUND_EMPTY = (
    "CREATE TABLE found_empty (connection USMALLINT NOT NULL, start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL, "
    "read_at BIGINT NOT NULL)"
)

TABLES = (
    "CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL)",
    f"CREATE TABLE persons ({_NAME_COLUMNS}, team VARCHAR NOT NULL, team_label VARCHAR NOT NULL)",
    f"CREATE TABLE service_accounts ({_NAME_COLUMNS})",
    (
        f"CREATE TABLE models ({_NAME_COLUMNS}, vendor VARCHAR NOT NULL, vendor_label VARCHAR NOT NULL, "
        "family VARCHAR NOT NULL, family_label VARCHAR NOT NULL)"
    ),
    f"CREATE TABLE kinds ({_NAME_COLUMNS})",
    f"CREATE TABLE event_types ({_NAME_COLUMNS})",
    (
        "CREATE TABLE connections (id USMALLINT NOT NULL, key VARCHAR NOT NULL, label VARCHAR NOT NULL, "
        "provider VARCHAR NOT NULL, provider_label VARCHAR NOT NULL)"
    ),
    "CREATE TABLE covered (connection USMALLINT NOT NULL, start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL)",
    FOUND_EMPTY,
    (
        "CREATE TABLE reads (id BIGINT NOT NULL, connection USMALLINT NOT NULL, run UINTEGER NOT NULL, start_ms BIGINT NOT NULL, "
        f"end_ms BIGINT NOT NULL, read_at BIGINT NOT NULL, {_TALLY.format('before')}, {_TALLY.format('after')}, "
        "added BIGINT NOT NULL, revised BIGINT NOT NULL, withdrawn BIGINT NOT NULL, retained BIGINT NOT NULL, "
        "revision BOOLEAN NOT NULL)"
    ),
    (
        "CREATE TABLE revised_events (read_id BIGINT NOT NULL, connection USMALLINT NOT NULL, ts BIGINT NOT NULL, "
        "ordinal UINTEGER NOT NULL, cost BIGINT, chargeable BOOLEAN NOT NULL, kind UINTEGER NOT NULL, fee BIGINT NOT NULL)"
    ),
    FLAT_CHARGES,
)

NONE_ROWS = (
    "INSERT INTO persons VALUES (0, 'unattributed', 'Unattributed', 'none', 'No team')",
    "INSERT INTO service_accounts VALUES (0, 'none', 'No service account')",
    "INSERT INTO models VALUES (0, 'unknown', 'Unknown', 'unknown', 'Unknown', 'other', 'Other')",
    "INSERT INTO kinds VALUES (0, 'none', 'None')",
    "INSERT INTO event_types VALUES (0, 'unknown', 'Unknown')",
)
