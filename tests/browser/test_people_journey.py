"""From everybody to one person, their busiest hour and their team, as a person goes; on each page axe finds nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.people import Asked, people_of, sum_of
from finora.people.listing import Selection
from finora.values.money import usd_short
from finora.values.period import Period
from support.browsing import AXE, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from support.browsing import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def first(full_site: Site) -> str:
    """The address of who spent most."""
    figures = full_site.workspace.directory.figures(Asked(period=Period("28d")))
    return people_of(figures.lines, Selection())[0].who.key


def test_who_spent_most_is_found_looked_at_and_followed_into_explore(
    browser: Browser, full_site: Site, first: str
) -> None:
    directory = full_site.workspace.directory
    with watched(browser, full_site, viewport={"width": 1440, "height": 900}, bypass_csp=True) as page:
        sign_in(page)
        page.get_by_role("navigation", name="Main").get_by_role("link", name="People").click()
        expect(page).to_have_url(re.compile("/people$"))
        everybody = sum_of(directory.figures(Asked(period=Period("28d"))).lines)[0]
        tiles = page.get_by_role("list", name="Headline figures").locator(".tile-figure")
        expect(tiles.get_by_text(usd_short(everybody.total)).first).to_be_visible()
        page.get_by_role("link", name="Events", exact=True).last.click()
        expect(page).to_have_url(re.compile("sort=-events"))
        expect(page.locator("#everybody th[aria-sort=descending]")).to_contain_text("Events")
        page.get_by_role("searchbox", name="Find a person").fill(first.split("@", maxsplit=1)[0])
        expect(page).to_have_url(re.compile("q="))
        expect(page.locator("#everybody tbody tr")).to_have_count(1)
        page.locator("#everybody tbody tr").get_by_role("link").first.click()
        expect(page.locator("spend-chart svg").first).to_be_visible()
        _axe(page)
        page.locator("#hours-table td a").first.click()
        expect(page).to_have_url(re.compile(r"/explore\?.*f=is,weekday,"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/people", "/people?q=nobody-is-called-that", "/teams", "/teams/none"])
def test_pages_of_people_and_teams_are_open_to_everybody(
    browser: Browser, full_site: Site, path: str, theme: str
) -> None:
    with watched(browser, full_site, color_scheme=theme, bypass_csp=True) as page:
        sign_in(page)
        page.goto(path)
        expect(page.locator("main h2, main .empty-title").first).to_be_visible()
        _axe(page)


@pytest.mark.parametrize("path", ["/people", "/teams", "person"])
def test_a_phone_shows_two_columns_and_never_scrolls_sideways(
    browser: Browser, full_site: Site, path: str, first: str
) -> None:
    with watched(browser, full_site, viewport={"width": 390, "height": 844}) as page:
        sign_in(page)
        page.goto(f"/people/{first}" if path == "person" else path)
        width = page.locator("html").evaluate("page => page.scrollWidth")
        assert width <= 390
        if path != "person":
            table = page.locator(".listing table")
            expect(table.locator("tbody tr").first.locator("td:visible")).to_have_count(1)


def test_without_scripts_people_are_searched_and_sorted(
    browser: Browser, full_site: Site, first: str
) -> None:
    with watched(browser, full_site, java_script_enabled=False) as page:
        sign_in(page)
        page.goto("/people")
        page.get_by_role("searchbox", name="Find a person").fill(first)
        page.keyboard.press("Enter")
        expect(page.locator("#everybody tbody tr")).to_have_count(1)
        page.get_by_role("link", name="True total").last.click()
        expect(page).to_have_url(re.compile("sort=-total"))


def _axe(page: Page) -> None:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        "async () => (await axe.run()).violations.map(each => [each.id, each.nodes.map(n => n.html)])"
    )
    assert found == []
