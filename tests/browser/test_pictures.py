"""The main pages look as they did: compared with small pictures, at one company, one seed and one moment.

After a change that was meant: `pytest tests/browser/test_pictures.py --update-pictures`, and look at what changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.browsing import Site, sign_in, watched
from support.pictures import DarkRoom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parent / "pictures"
DRAWN_BY = FOLDER / "chromium.txt"
PAGES = {"overview": "/", "explore": "/explore?by=person&period=90d", "events": "/events"}
MOST_DIFFERENT = 0.01
"""Of a picture. A panel, a colour or a row that is missing is more, a differently smoothed letter is none."""


@pytest.fixture(scope="session")
def dark_room(browser: Browser) -> Iterator[DarkRoom]:
    page = browser.new_page()
    yield DarkRoom(page)
    page.close()


@pytest.fixture
def updating(pytestconfig: pytest.Config, browser: Browser) -> bool:
    major = browser.version.split(".")[0]
    if pytestconfig.getoption("--update-pictures"):
        FOLDER.mkdir(exist_ok=True)
        DRAWN_BY.write_text(f"{major}\n", encoding="ascii")
        return True
    drawn_by = DRAWN_BY.read_text(encoding="ascii").strip()
    if drawn_by != major:
        pytest.skip(
            f"the pictures were drawn by Chromium {drawn_by}, and this is {major}, which draws otherwise"
        )
    return False


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(
    browser: Browser, full_site: Site, dark_room: DarkRoom, name: str, theme: str, *, updating: bool
) -> None:
    small = dark_room.shrunk(screenshot(browser, full_site, PAGES[name], theme))
    kept = FOLDER / f"{name}-{theme}.webp"
    if updating:
        kept.write_bytes(small)
    assert dark_room.difference(kept.read_bytes(), small) <= MOST_DIFFERENT


def test_a_picture_of_another_page_is_told_apart(dark_room: DarkRoom) -> None:
    """The comparison must see what people see."""
    kept = {name: (FOLDER / f"{name}-light.webp").read_bytes() for name in PAGES}
    assert dark_room.difference(kept["overview"], kept["overview"]) == 0
    assert dark_room.difference(kept["overview"], kept["explore"]) > 5 * MOST_DIFFERENT
    assert dark_room.difference(kept["overview"], kept["events"]) > 5 * MOST_DIFFERENT


def screenshot(browser: Browser, site: Site, path: str, theme: str) -> bytes:
    size = {"width": 1280, "height": 896}
    with watched(browser, site, viewport=size, color_scheme=theme, reduced_motion="reduce") as page:
        sign_in(page)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        for chart in page.locator("spend-chart").all():
            chart.locator("svg, canvas").first.wait_for(state="attached")
        page.wait_for_timeout(300)
        return page.screenshot(animations="disabled", caret="hide")
