from collections.abc import Iterator
from pathlib import Path

import pytest

from finora.storage.ledger import Ledger, open_ledger


@pytest.fixture
def ledger_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite"


@pytest.fixture
def ledger(ledger_file: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{ledger_file}") as opened:
        yield opened
