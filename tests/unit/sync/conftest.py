"""What the tests of syncing share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.storage.ledger import Ledger, open_ledger
from support.simulated import Meddler, connect, workspace_for
from support.stood_clock import StoodClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.workspace import Workspace


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def clock() -> StoodClock:
    """Return a clock that stands still."""
    return StoodClock()


@pytest.fixture
def meddler(simulated: Simulation) -> Meddler:
    """Return what stands between."""
    return Meddler(simulated)


@pytest.fixture
def workspace(simulated: Simulation, meddler: Meddler, tmp_path: Path) -> Iterator[Workspace]:
    """Return an open workspace with a connected team that was not synced yet."""
    with workspace_for(simulated, tmp_path, transport=meddler) as opened:
        connect(opened, simulated)
        yield opened
