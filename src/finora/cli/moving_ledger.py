"""The ledger's part of `finora migrate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.cli.moving_bar import bar
from finora.storage.ledger import open_ledger
from finora.storage.ledger.engine import parse_address
from finora.storage.ledger.move_errors import NoLedgerToMove
from finora.storage.ledger.moving import move_ledger, refuse_unfit_target
from finora.storage.ledger.sqlite import file_of
from finora.vault import KEY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from finora.settings import Settings
    from finora.storage.ledger.moving import MovedLedger


def refuse_unfit(settings: Settings, url: str) -> None:
    """Go on only if there is a ledger in a file, and the address leads to an empty PostgreSQL."""
    address = parse_address(settings.ledger_url)
    if address.get_backend_name() == "sqlite" and not file_of(address).exists():
        raise NoLedgerToMove(
            f"There is no ledger to move: {file_of(address)} does not exist. Is FINORA_DATA_DIR the data directory that Finora runs "
            "with? A Finora without data needs no move: set FINORA_DATABASE_URL, and start it."
        )
    refuse_unfit_target(settings.ledger_url, url)


def moved(settings: Settings, url: str, *, shown: bool) -> MovedLedger:
    """Move the ledger; the data directory must be held."""
    with bar("Moving the ledger", shown=shown) as tell, open_ledger(settings.ledger_url) as source:
        return move_ledger(source, url, tell)


def summary(moved: MovedLedger) -> str:
    """Return what was moved, in a sentence."""
    filled = sum(each.rows > 0 for each in moved.tables.values())
    return (
        f"The ledger is at {moved.place}: {moved.rows:,} rows in {filled} of {len(moved.tables)} tables, read back, and equal by count "
        "and checksum."
    )


def after(settings: Settings) -> str:
    """Return what is to be done next."""
    return (
        f"Set FINORA_DATABASE_URL to that address. {_key(settings)} Then start Finora, and look at finora doctor. The file "
        f"{_file(settings)} is as it was: do not start Finora on it again, and delete it once you have seen that all is well."
    )


def document(moved: MovedLedger) -> dict[str, object]:
    """Return what was moved, as JSON has it."""
    return {
        "place": moved.place,
        "rows": moved.rows,
        "tables": [
            {"table": name, "rows": each.rows, "checksum": each.checksum}
            for name, each in moved.tables.items()
        ],
        "left_behind": moved.left_behind,
    }


def _key(settings: Settings) -> str:
    """Return how the master key goes along, which is in neither database."""
    if settings.secret_key:
        return "The master key is not in it: every server needs the same FINORA_SECRET_KEY as here."
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        return "There is no master key here yet: make one with openssl rand -base64 32, and give every server the same FINORA_SECRET_KEY."
    return (
        f"The master key is not in it: it is in {path}. One server that keeps this data directory finds it there. Several need what is in "
        "that file as FINORA_SECRET_KEY, or a copy of the file (mode 600) by FINORA_SECRET_KEY_FILE, the same for all: without it the "
        "stored provider keys cannot be read."
    )


def _file(settings: Settings) -> Path:
    return file_of(parse_address(settings.ledger_url))
