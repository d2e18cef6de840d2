"""Where Finora keeps things: the relational ledger and the analytical event store."""
