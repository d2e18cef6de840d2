"""What the tests of syncing share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.storage.ledger import Ledger, open_ledger
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def clock() -> StoodClock:
    """Return a clock that stands still."""
    return StoodClock()
