"""A browser at a Finora below a path: styles, scripts, charts, clicks and the palette all stay there."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.accounts import OPERATOR, Role
from finora.simulator import small
from support.browsing import served, watched
from support.pages import OWNER, PASSWORD
from support.simulated import connect, workspace_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from finora.simulator import Simulation
    from finora.workspace import Workspace

pytestmark = pytest.mark.browser

BELOW = "/tools/finora"


def fill(workspace: Workspace, simulated: Simulation) -> None:
    workspace.accounts.create_user(OPERATOR, email=OWNER, role=Role.OWNER, password=PASSWORD, name="Olivia")
    connect(workspace, simulated)
    workspace.schedule.run_due()


def test_a_journey_never_leaves_the_path(browser: Browser, tmp_path: Path) -> None:
    simulated = small()
    with workspace_for(simulated, tmp_path, base_url=f"http://127.0.0.1{BELOW}") as workspace:
        with ThreadPoolExecutor(1) as beside:
            beside.submit(fill, workspace, simulated).result()
        with (
            served(workspace, simulated) as site,
            watched(browser, replace(site, url=f"{site.url}{BELOW}/")) as page,
        ):
            page.goto("sign-in")
            page.get_by_label("E-mail").fill(OWNER)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.locator("form button[type=submit]").click()
            expect(page).to_have_url(re.compile(rf"{BELOW}/$"))
            expect(page.locator("#overview-chart svg").first).to_be_visible()
            page.get_by_role("link", name="Explore", exact=True).first.click()
            expect(page).to_have_url(re.compile(rf"{BELOW}/explore"))
            page.locator("#groups tbody tr").first.get_by_role("link").first.click()
            expect(page).to_have_url(re.compile(rf"{BELOW}/explore\?f="))
            page.keyboard.press("Control+k")
            page.locator("#palette-typed").fill("last month")
            page.locator("#palette-found [role=option]").filter(has_text="Last month").click()
            expect(page).to_have_url(re.compile(rf"{BELOW}/explore\?period=last_month.*f="))
