"""Finora whole: its API over real HTTP before a simulated Cursor over real HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from finora.simulator import small
from support.running import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finora.simulator import Simulation
    from support.running import Running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Serve a Finora of this test's own; it ends with the test."""
    with ExitStack() as closing:

        def start(simulated: Simulation | None = None, **settings: Any) -> Running:  # noqa: ANN401 - settings by name
            return closing.enter_context(running(simulated or small(), tmp_path / "data", **settings))

        yield start


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Finora with everything of the small company read, for asking and not for changing."""
    with running(small(), tmp_path_factory.mktemp("acme") / "data") as finora:
        finora.connect("Acme")
        yield finora


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Finora where nothing is connected, for what is refused."""
    with running(small(), tmp_path_factory.mktemp("fresh") / "data") as finora:
        yield finora
