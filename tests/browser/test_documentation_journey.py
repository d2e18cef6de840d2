"""Somebody in trouble reads the documentation: from a page, by search, on a phone, before signing in, and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.documentation import pages
from support.browsing import AXE, Site, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def test_from_any_page_to_an_answer(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site) as page:
        sign_in(page)
        page.keyboard.press("g")
        page.keyboard.press("h")
        page.wait_for_url("**/docs")
        page.get_by_role("searchbox", name="Search the documentation").fill("key refused")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="The key is refused").click()
        heading = page.get_by_role("heading", name="The key is refused")
        heading.wait_for()
        assert page.url.endswith("/docs/troubleshooting#the-key-is-refused")
        assert in_view(heading.bounding_box())


def in_view(box: object) -> bool:
    assert isinstance(box, dict)
    return bool(0 <= box["y"] < 400)


def test_a_command_is_copied_with_a_click(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/docs/getting-started")
        page.get_by_role("button", name="Copy").first.click()
        page.get_by_role("button", name="Copied").or_(page.locator("[data-copied]")).first.wait_for()
        assert page.locator("body").evaluate("() => navigator.clipboard.readText()") == "make demo"


def test_whoever_cannot_sign_in_can_read(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site) as page:
        page.goto("/sign-in")
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_role("link", name="How to get a new password").click()
        page.get_by_role("heading", name="Forgotten password").wait_for()
        page.get_by_role("link", name="Sign in").first.click()
        page.get_by_label("Password").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anyone_out_before_signing_in(browser: Browser, full_site: Site, theme: str) -> None:
    found = {}
    with watched(browser, full_site, color_scheme=theme, bypass_csp=True) as page:
        for address in ("/docs", "/docs?q=key", "/docs?q=zzqq", *(each.href for each in pages())):
            page.goto(address)
            if violations := axe(page):
                found[address] = violations
    assert found == {}


def axe(page: Page) -> list[str]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [each["id"] for each in found]


def test_every_page_of_it_fits_a_phone(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site, viewport={"width": 390, "height": 844}) as page:
        widths = {}
        for each in pages():
            page.goto(each.href)
            widths[each.name] = page.locator("body").evaluate("() => document.documentElement.scrollWidth")
        assert {name: width for name, width in widths.items() if width > 390} == {}
        page.get_by_role("link", name="All pages and headings").click()
        assert page.url.endswith("#contents")


def test_on_paper_there_is_the_text_alone(browser: Browser, full_site: Site) -> None:
    with watched(browser, full_site) as page:
        sign_in(page)
        page.goto("/docs/troubleshooting")
        page.emulate_media(media="print")
        for selector in ("#contents", ".docs-beside", ".docs-anchor", ".sidebar", ".copy-button"):
            assert not page.locator(selector).first.is_visible(), selector
        assert page.get_by_role("heading", name="The key is refused").is_visible()
