"""Take the pictures of the README and the docs from a simulated company, always the same.

Usage: python scripts/pictures.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import sync_playwright  # noqa: E402 - as above

from finora.accounts import OPERATOR, Role  # noqa: E402 - as above
from support.browsing import Site, served, sign_in, watched  # noqa: E402 - as above
from support.pages import OWNER, PASSWORD  # noqa: E402 - as above
from support.simulated import company, connect, simulation, workspace_for  # noqa: E402 - as above

PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "overview": "/",
    "explore": "/explore?by=team&interval=week&period=90d",
    "events": "/events?f=is,event_type,agent",
    "api-keys": "/settings/api-keys",
}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"light": (1440, 900), "dark": (1440, 900), "phone": (390, 844)}


def main() -> None:
    """Simulate, sync, and take every picture in light, dark and on a phone."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    simulated = simulation(company(2026, seats=60, days=365, events=120_000))
    with tempfile.TemporaryDirectory() as folder, workspace_for(simulated, Path(folder)) as workspace:
        workspace.accounts.create_user(
            OPERATOR, email=OWNER, role=Role.OWNER, password=PASSWORD, name="Olivia Owner"
        )
        connect(workspace, simulated, name="Lumenworks")
        workspace.schedule.run_due()
        with served(workspace, simulated) as site:
            take(site)


def take(site: Site) -> None:
    """Take the pictures of a site."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for look, (width, height) in SIZES.items():
            scheme = "dark" if look == "dark" else "light"
            options = {
                "viewport": {"width": width, "height": height},
                "color_scheme": scheme,
                "reduced_motion": "reduce",
            }
            with watched(chromium, site, **options) as page:
                sign_in(page)
                for name, path in PAGES.items():
                    page.goto(path)
                    page.wait_for_load_state("networkidle")
                    page.wait_for_timeout(600)
                    page.screenshot(path=PICTURES / f"{name}-{look}.png")
        chromium.close()


main()
