"""Two sites to visit, and one Chromium to visit them with."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from finora.accounts import OPERATOR, Role
from support.browsing import Site, Unhurried, served
from support.pages import OWNER, PASSWORD
from support.simulated import company, connect, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from finora.simulator import Simulation
    from finora.workspace import Workspace

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these Chromium asks its maker's servers for things, which a test must not.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def fresh_site(tmp_path: Path) -> Iterator[Site]:
    """A Finora nobody has been at, before a Cursor that takes its time."""
    simulated = simulation(company(11, seats=6, days=60, events=4_000))
    with (
        workspace_for(simulated, tmp_path, transport=Unhurried(simulated, 0.25)) as workspace,
        served(workspace, simulated) as site,
    ):
        workspace.schedule.start()
        yield site


@pytest.fixture(scope="session")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A synced Finora with an owner, for looking and not for changing."""
    simulated = simulation(company(11, seats=8, days=120, events=6_000))
    with workspace_for(simulated, tmp_path_factory.mktemp("full")) as workspace:
        # Playwright keeps an event loop in this thread, in which the simulation's own cannot run.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(_fill, workspace, simulated).result()
        with served(workspace, simulated) as site:
            yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield chromium
        chromium.close()


def _fill(workspace: Workspace, simulated: Simulation) -> None:
    workspace.accounts.create_user(
        OPERATOR, email=OWNER, role=Role.OWNER, password=PASSWORD, name="Olivia Owner"
    )
    subscription = {
        "name": "Cursor Business",
        "sku": "cursor-business",
        "seats": 10,
        "price_per_seat": "40.00",
        "billing_cycle": "monthly",
        "renewal_date": "2026-12-01",
    }
    workspace.subscriptions.create(OPERATOR, subscription)
    connect(workspace, simulated, name="Acme")
    (run,) = workspace.schedule.run_due()
    assert run.state == "completed", run.error
