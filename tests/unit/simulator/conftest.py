"""The small cast, shared by tests that only read."""

import pytest

from finora.simulator import Simulation, small
from finora.simulator.in_process import Json, Reader


@pytest.fixture(scope="session")
def cast() -> Simulation:
    """The small cast; not to be changed."""
    return small()


@pytest.fixture
def reader(cast: Simulation) -> Reader:
    """A reader of the small cast."""
    return Reader(cast)


@pytest.fixture(scope="session")
def wire(cast: Simulation) -> list[Json]:
    """Every event of the small cast as it is served, newest first."""
    return Reader(cast).everything()
