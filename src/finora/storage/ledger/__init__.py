"""The ledger: everything relational that Finora knows, in SQLite by default and in PostgreSQL at scale."""

from finora.storage.ledger.base import PASSING, Base, UTCDateTime, new_id
from finora.storage.ledger.engine import check_address
from finora.storage.ledger.errors import (
    LedgerBusy,
    LedgerDamaged,
    LedgerTooNew,
    LedgerUnusable,
    MigrationFailed,
)
from finora.storage.ledger.ledger import Ledger, erase_after_commit, open_ledger
from finora.storage.ledger.turns import LedgerTurns

__all__ = [
    "PASSING",
    "Base",
    "Ledger",
    "LedgerBusy",
    "LedgerDamaged",
    "LedgerTooNew",
    "LedgerTurns",
    "LedgerUnusable",
    "MigrationFailed",
    "UTCDateTime",
    "check_address",
    "erase_after_commit",
    "new_id",
    "open_ledger",
]
