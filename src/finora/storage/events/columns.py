"""What an event has in every engine: its columns, with the types that DuckDB calls them by, and its names."""

from __future__ import annotations

EVENT_COLUMNS: dict[str, str] = {
    "connection": "USMALLINT NOT NULL",
    "ts": "BIGINT NOT NULL",
    "ordinal": "UINTEGER NOT NULL",
    "person": "UINTEGER NOT NULL",
    "service_account": "UINTEGER NOT NULL",
    "model": "UINTEGER NOT NULL",
    "kind": "UINTEGER NOT NULL",
    "billing": "UTINYINT NOT NULL",
    "event_type": "UINTEGER NOT NULL",
    "basis": "UTINYINT NOT NULL",
    "apportioned": "BOOLEAN NOT NULL",
    "chargeable": "BOOLEAN NOT NULL",
    "cost": "BIGINT",
    "fee": "BIGINT NOT NULL",
    "list_cost": "BIGINT NOT NULL",
    "discount": "BIGINT NOT NULL",
    "input_tokens": "BIGINT NOT NULL",
    "output_tokens": "BIGINT NOT NULL",
    "cache_write_tokens": "BIGINT NOT NULL",
    "cache_read_tokens": "BIGINT NOT NULL",
    "requests": "BIGINT NOT NULL",
    "max_mode": "BOOLEAN NOT NULL",
    "headless": "BOOLEAN NOT NULL",
    "token_based": "BOOLEAN NOT NULL",
    "conversation": "VARCHAR",
    "cloud_agent": "VARCHAR",
    "automation": "VARCHAR",
    "extra": "VARCHAR",
    "run": "UINTEGER NOT NULL",
}

NAME_TABLES = {
    "person": "persons",
    "service_account": "service_accounts",
    "model": "models",
    "kind": "kinds",
    "event_type": "event_types",
}
"""The table each dictionary-encoded column of an event points into."""

FLAT_CONNECTION = 32_768
"""What is added to a connection's number where flat charges are of it: their provider is another."""
PLAN = "plan:"
"""What the key of a model begins with that is a plan, so that no model's own name is taken for it."""
