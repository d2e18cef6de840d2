"""The statements an operator makes the tables of a cluster with; those of one machine Finora makes itself.

`python -m finora.storage.events.clickhouse.ddl replicated` prints `deploy/clickhouse/replicated.sql`; `sharded` the other.
"""

from __future__ import annotations

import sys

from finora.storage.events.clickhouse.schema import TABLES, Layout, create

_CLUSTER = "{cluster}"
_PROFILE = """
-- Ids of names repeat, though they are numbers.
SET allow_suspicious_low_cardinality_types = 1;

-- A write that Finora was told is there is on most replicas, and a question sees all writes before it, whichever replica it asks.
-- Finora writes one insert at a time, so that this costs little. What goes to other machines is there when the insert ends.
CREATE SETTINGS PROFILE IF NOT EXISTS finora ON CLUSTER '{cluster}' SETTINGS
  insert_quorum = 'auto',
  insert_quorum_parallel = 0,
  select_sequential_consistency = 1,
  distributed_foreground_insert = 1,
  prefer_global_in_and_join = 1"""
_HEADS = {
    "replicated": """
-- Finora's tables on one shard of several replicas: every machine has everything.
-- Run it once in an empty database that is on every machine, before Finora's first start. Finora finds the tables and makes none.
-- It wants a Keeper, and the macros {cluster} and {replica} on every machine.
--
--   clickhouse-client --host … --user … --password --database finora --queries-file deploy/clickhouse/replicated.sql
--
-- Then give Finora's user, here called finora, the profile that is made below:
--
--   ALTER USER finora ON CLUSTER '{cluster}' SETTINGS PROFILE 'finora';
--
-- Made by: python -m finora.storage.events.clickhouse.ddl replicated
-- This was not tried on a real cluster.""",
    "sharded": """
-- Finora's tables on several shards: events and roll-ups are cut among them by the hour and by the day; all else is whole on every machine.
-- Run it once in an empty database that is on every machine, before Finora's first start. Finora finds the tables and makes none.
-- It wants a Keeper, and the macros {cluster}, {shard} and {replica} on every machine. {replica} must be another on each machine of
-- all shards, not only within one: tables that are whole on every machine have one path in the Keeper for all of them, and a
-- machine whose {replica} is that of another cannot make its own.
--
--   clickhouse-client --host … --user … --password --database finora --queries-file deploy/clickhouse/sharded.sql
--
-- Then give Finora's user, here called finora, the profile that is made below:
--
--   ALTER USER finora ON CLUSTER '{cluster}' SETTINGS PROFILE 'finora';
--
-- Made by: python -m finora.storage.events.clickhouse.ddl sharded
-- This was not tried on a real cluster.""",
}


def statements(kind: str) -> str:
    """Return the file of a kind of cluster, `replicated` or `sharded`."""
    layout = Layout(cluster=_CLUSTER, sharded=kind == "sharded")
    made = [statement for table in TABLES for statement in create(table, layout)]
    return "\n\n".join([_HEADS[kind].strip(), *(f"{each};" for each in (_PROFILE.strip(), *made))]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(statements(sys.argv[1]))
