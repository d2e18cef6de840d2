"""From nothing to one's own numbers, and from a number to the event behind it, as a person goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.spend.query import SpendQuery
from finora.values.money import usd_short
from finora.values.period import Period
from support.browsing import Site, sign_in, watched
from support.pages import OWNER, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def test_an_owner_connects_watches_reads_drills_rotates_and_removes(
    browser: Browser, fresh_site: Site
) -> None:
    keys = fresh_site.simulated.keys[0]
    with watched(browser, fresh_site) as page:
        _become_owner(page, fresh_site)
        _connect(page, keys.personal)
        expect(page.get_by_text("Invalid Team API Key")).to_be_visible()
        expect(page.get_by_text("personal", exact=False).first).to_be_visible()
        assert keys.personal not in page.content()
        _connect(page, f"  {keys.admin} ")
        _watch_progress(page)
        _read_overview(page, fresh_site)
        _drill_to_one_event(page)
        _rotate(page, keys.spare)
        _remove(page)
        for key in (keys.admin, keys.spare, keys.personal):
            assert key not in page.content()


def _become_owner(page: Page, site: Site) -> None:
    link = site.workspace.accounts.new_setup_link()
    page.goto(f"/setup/{link}")
    page.get_by_label("Name").fill("Olivia Owner")
    page.get_by_label("E-mail").fill(OWNER)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/settings/api-keys$"))


def _connect(page: Page, key: str) -> None:
    page.get_by_label("Provider", exact=True).select_option("cursor")
    page.get_by_label("Admin API Key").fill(key)
    page.get_by_role("button", name="Save").click()


def _watch_progress(page: Page) -> None:
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_text("Syncing").first).to_be_visible()
    expect(page.locator("progress")).to_have_count(0, timeout=60_000)
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()


def _read_overview(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Overview").click()
    spend = site.workspace.spend.answer(SpendQuery(period=Period.relative("28d")))
    shown = usd_short(spend.totals.values[0])
    figures = page.get_by_role("list", name="Headline figures").locator(".tile-figure")
    expect(figures.get_by_text(shown).first).to_be_visible()
    expect(page.locator("spend-chart svg").first).to_be_visible()


def _drill_to_one_event(page: Page) -> None:
    page.get_by_role("link", name="Explore", exact=True).first.click()
    page.locator("#groups tbody tr").first.get_by_role("link").first.click()
    expect(page.locator("#chips")).to_contain_text("is")
    page.get_by_role("link", name=re.compile("^Break .* down by person$")).first.click()
    expect(page).to_have_url(re.compile("by=person"))
    page.get_by_role("link", name="Single events").click()
    expect(page).to_have_url(re.compile("/events"))
    page.locator("#events tbody tr").first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"event=1-\d+-\d+"))
    expect(page.get_by_label("The event", exact=True).get_by_text("provider's own figure")).to_be_visible()
    page.get_by_role("link", name="Its own page").click()
    expect(page).to_have_url(re.compile(r"/events/1-\d+-\d+"))
    expect(page.get_by_text("provider's own figure")).to_be_visible()


def _rotate(page: Page, key: str) -> None:
    page.goto("/settings/api-keys")
    page.get_by_role("link", name="Update").click()
    page.get_by_label("Admin API Key").fill(key)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("was replaced")).to_be_visible()
    expect(page.get_by_text(re.compile("Revoke the old key")).first).to_be_visible()
    expect(page.get_by_text(f"…{key[-4:]}").first).to_be_visible()


def _remove(page: Page) -> None:
    expect(page.locator("progress")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name=re.compile("^Remove ")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("was removed")).to_be_visible()


def test_the_pages_work_without_scripts(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site, java_script_enabled=False) as page:
        sign_in(page)
        page.goto("/explore?by=person")
        page.locator("#groups tbody tr").first.get_by_role("link").first.click()
        expect(page.locator("#chips")).to_contain_text("Person is")
        page.goto("/events")
        page.get_by_role("link", name="Next").click()
        expect(page.locator("#events tbody tr").first).to_be_visible()
