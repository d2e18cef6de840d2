"""What a browser does by itself on a full load holds when only the page's inside changes: focus, scroll, words, errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support.browsing import Site, sign_in, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

_WAITED = """(busy) => new Promise((told) => {
  const pressed = performance.now();
  const look = () => getComputedStyle(busy).opacity === "0" ? requestAnimationFrame(look) : told(performance.now() - pressed);
  document.querySelector("[data-key=w]").click();
  look();
})"""
"""How many milliseconds pass in the browser until a press shows that something is on its way."""


@pytest.fixture
def page(browser: Browser, full_site: Site) -> Iterator[Page]:
    with watched(browser, full_site) as page:
        sign_in(page)
        page.goto("/explore")
        page.locator("spend-chart svg").first.wait_for()
        yield page


@pytest.fixture
def troubled(browser: Browser, full_site: Site) -> Iterator[Page]:
    """A page that is going to meet errors, which Chromium remarks on."""
    context = browser.new_context(base_url=full_site.url)
    page = context.new_page()
    sign_in(page)
    page.goto("/explore")
    yield page
    context.close()


def test_the_live_region_says_what_changed_and_the_focus_stays_in_reach(page: Page) -> None:
    page.locator("#groups tbody a.row-link").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chips")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("$")
    expect(page.locator("body > :focus, body:focus")).to_have_count(0)
    expect(page.locator("#page :focus")).to_have_count(1)


def test_the_focus_goes_to_the_panel_s_heading_when_its_element_is_gone(page: Page) -> None:
    page.goto("/explore?f=is,vendor,anthropic")
    page.locator("#chips .chip-remove").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chips")).to_have_count(0)
    expect(page.locator("#page :focus")).to_have_count(1)


def test_nothing_scrolls_when_a_filter_is_added_and_a_new_page_begins_at_its_top(page: Page) -> None:
    page.set_viewport_size({"width": 1200, "height": 500})
    row = page.locator("#groups tbody a.row-link").first
    row.scroll_into_view_if_needed()
    before = scrolled(page)
    assert before > 0
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chips")).to_be_visible()
    # What was filtered may leave less to scroll over.
    most: int = page.locator("body").evaluate(
        "() => Math.round(document.documentElement.scrollHeight - innerHeight)"
    )
    assert scrolled(page) == pytest.approx(min(before, most), abs=1)
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_title(re.compile("^Settings"))
    assert scrolled(page) == 0


def scrolled(page: Page) -> int:
    at: int = page.locator("body").evaluate("() => Math.round(scrollY)")
    return at


def test_quick_answers_show_no_progress_and_slow_ones_dim_after_a_moment(page: Page) -> None:
    held = hold(page, "**/explore?period=7d")
    busy, main = page.locator("#busy"), page.locator("main")
    waits: float = busy.evaluate(_WAITED)
    assert waits >= 140, "whoever is answered at once sees nothing flash"
    expect(busy).to_have_css("opacity", "1")
    expect(main).to_have_css("opacity", "0.6")
    held.pop().continue_()
    expect(page).to_have_url(re.compile("period=7d"))
    expect(main).to_have_css("opacity", "1")


def hold(page: Page, address: str) -> list[Route]:
    """Hold requests back until the test lets them go."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the browser go on until something holds; on a machine that is busy that takes a while."""
    for _step in range(500):
        if holds():
            return
        page.wait_for_timeout(20)
    pytest.fail("it did not come to hold in ten seconds")


def test_the_last_click_wins(page: Page) -> None:
    held = hold(page, "**/explore?period=7d")
    page.keyboard.press("w")
    until(page, lambda: bool(held))
    page.keyboard.press("y")
    expect(page).to_have_url(re.compile("period=ytd"))
    for route in held:
        route.abort()
    page.wait_for_timeout(150)
    expect(page).to_have_url(re.compile("period=ytd"))
    expect(page.locator("#page-notice")).to_have_count(0)


def test_an_error_stays_in_the_page_and_can_be_tried_again(troubled: Page) -> None:
    page = troubled
    page.route(
        "**/explore?period=7d",
        lambda route: route.fulfill(
            status=500,
            content_type="text/html",
            body='<div id="page"><h1 id="title">Something went wrong</h1><main id="main"><p>Nothing was lost.</p></main></div>',
        ),
    )
    page.keyboard.press("w")
    notice = page.locator("#page-notice")
    expect(notice).to_contain_text("Something went wrong")
    expect(notice).to_contain_text("Nothing was lost.")
    expect(page.locator("#groups tbody tr").first).to_be_visible()
    page.unroute("**/explore?period=7d")
    notice.get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("period=7d"))
    expect(notice).to_have_count(0)


def test_a_server_that_is_away_is_told_of_and_can_be_tried_again(troubled: Page) -> None:
    page = troubled
    page.context.set_offline(True)
    page.keyboard.press("w")
    notice = page.locator("#page-notice")
    expect(notice).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    notice.get_by_role("button", name="Try again").click()
    expect(page).to_have_url(re.compile("period=7d"))
    expect(notice).to_have_count(0)


def test_the_next_step_after_an_upgrade_loads_the_page_wholly(page: Page) -> None:
    page.locator("#page").evaluate("(page) => page.setAttribute('data-version', '/static/app-OLD.js')")
    page.locator("body").evaluate("(body) => body.setAttribute('data-mark', '')")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile("period=7d"))
    expect(page.locator("body[data-mark]")).to_have_count(0)
    expect(page.locator("spend-chart svg").first).to_be_visible()
