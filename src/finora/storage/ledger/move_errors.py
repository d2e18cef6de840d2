"""Why a ledger is not moved to PostgreSQL. After each of them both databases are as they were."""

from __future__ import annotations

from finora.errors import BadRequest, StorageError


class NoLedgerToMove(BadRequest):
    """There is no ledger where the settings say."""

    code = "no_ledger_to_move"
    title = "There is no ledger to move"


class LedgerNotInFile(BadRequest):
    """The ledger is in PostgreSQL already."""

    code = "ledger_not_in_file"
    title = "The ledger is not in a file"


class LedgerIsThere(BadRequest):
    """The ledger was to be moved to where it is."""

    code = "ledger_is_there"
    title = "The ledger is there already"


class LedgerTargetNotPostgreSQL(BadRequest):
    """The address to move the ledger to is none of PostgreSQL."""

    code = "ledger_target_not_postgresql"
    title = "The ledger can only be moved to PostgreSQL"


class LedgerTargetNotEmpty(StorageError):
    """The database to move the ledger to holds something."""

    code = "ledger_target_not_empty"
    title = "The ledger was not moved"


class LedgerTargetUnusable(StorageError):
    """The database to move the ledger to cannot be reached, or does not let us."""

    code = "ledger_target_unusable"
    title = "The ledger was not moved"


class LedgerRowUnfit(StorageError):
    """PostgreSQL refuses a row that SQLite has."""

    code = "ledger_row_unfit"
    title = "The ledger was not moved"


class LedgerMoveUnproven(StorageError):
    """What arrived is not what was sent."""

    code = "ledger_move_unproven"
    title = "The move is not proven"
