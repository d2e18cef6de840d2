"""Subscriptions folded into the overview, as a person switches them on and goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support.browsing import AXE, Site, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_the_switch_makes_chart_and_tables_those_of_total_cost(
    browser: Browser, full_site: Site, *, scripts: bool
) -> None:
    with watched(browser, full_site, java_script_enabled=scripts) as page:
        sign_in(page)
        page.goto("/?period=28d")
        expect(page.locator("#tile-total_cost")).to_contain_text("spend +")
        total = page.locator("#tile-total_cost .tile-figure").inner_text()
        page.get_by_role("link", name="With subscriptions", exact=True).click()
        expect(page.get_by_role("heading", name="Total cost by model")).to_be_visible()
        expect(page).to_have_url(f"{full_site.url}/?subscriptions=1")
        expect(page.locator("#models-table")).to_contain_text("Cursor Teams Standard")
        expect(page.locator("#tile-total_cost .tile-figure")).to_have_text(total)
        page.locator("#models-table").get_by_role("link", name="Cursor Teams Standard").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("#tile-total_cost")).to_be_visible()
        page.go_back()
        page.get_by_role("link", name="Without subscriptions", exact=True).click()
        expect(page.get_by_role("heading", name="Spend by model")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_overview_with_subscriptions_fits_and_is_accessible(
    browser: Browser, full_site: Site, width: int
) -> None:
    with watched(browser, full_site, viewport={"width": width, "height": 900}, bypass_csp=True) as page:
        sign_in(page)
        page.goto("/?period=28d&subscriptions=1")
        expect(page.locator("spend-chart svg").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [each["id"] for each in found["violations"]] == []
