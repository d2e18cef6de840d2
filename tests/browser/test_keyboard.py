"""Keys press what stands on the page, and never anything else; the palette goes where it is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support.browsing import Site, sign_in, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, full_site: Site) -> Iterator[Page]:
    with watched(browser, full_site) as page:
        sign_in(page)
        yield page


def query(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text) + "$")


@pytest.mark.parametrize(
    ("key", "period"),
    [
        ("d", "today"),
        ("e", "yesterday"),
        ("w", "7d"),
        ("m", "mtd"),
        ("p", "last_month"),
        ("y", "ytd"),
        ("l", "12mo"),
        ("a", "all"),
    ],
)
def test_a_letter_chooses_a_period(page: Page, key: str, period: str) -> None:
    page.goto("/explore?by=person")
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(rf"period={period}\b.*by=person"))


def test_arrows_step_through_time_and_f_comes_back(page: Page) -> None:
    page.goto("/explore")
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("from=.*to="))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    expect(page).to_have_url(query("/explore"))


def test_x_stops_comparing_and_compares_again(page: Page) -> None:
    page.goto("/explore")
    page.keyboard.press("x")
    expect(page).to_have_url(query("compare=none"))
    page.keyboard.press("x")
    expect(page).to_have_url(query("/explore"))


def test_g_and_a_letter_go_to_a_page_and_back_works(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page).to_have_url(query("/events"))
    expect(page).to_have_title(re.compile("^Events"))
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page).to_have_url(query("/explore"))
    page.go_back()
    expect(page).to_have_title(re.compile("^Events"))


def test_escape_clears_filters_but_first_closes_what_is_open(page: Page) -> None:
    page.goto("/explore?f=is,vendor,anthropic")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#chips")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#chips")).to_have_count(0)
    expect(page).to_have_url(query("/explore"))


def test_a_key_right_after_a_dialog_closed_counts(page: Page) -> None:
    """The browser moves the focus out of a closed dialog only when it paints next; a quick hand is not to wait for that."""
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-typed")).to_be_focused()
    page.evaluate("""() => {
        document.getElementById("palette").close();
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "?", bubbles: true}));
    }""")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_letters_that_are_typed_choose_nothing(page: Page) -> None:
    page.goto("/palette")
    field = page.get_by_role("searchbox", name="Go to or do")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("gowd?x")
    expect(field).to_have_value("gowd?x")
    expect(page).to_have_url(query("/palette"))


def test_letters_with_ctrl_or_alt_belong_to_the_browser(page: Page) -> None:
    page.goto("/explore")
    for keys in ("Control+d", "Alt+d", "Shift+D", "Control+Shift+D"):
        page.keyboard.press(keys)
    page.wait_for_timeout(200)
    expect(page).to_have_url(query("/explore"))


def test_single_keys_that_are_off_do_nothing_and_the_palette_still_opens(page: Page) -> None:
    page.goto("/shortcuts")
    page.get_by_role("button", name="Turn them off").click()
    page.get_by_text("do nothing now").wait_for()
    page.goto("/explore")
    page.keyboard.press("d")
    page.wait_for_timeout(200)
    expect(page).to_have_url(query("/explore"))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to or do")).to_be_focused()


def test_the_palette_goes_to_whom_one_types(page: Page) -> None:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to or do")
    expect(field).to_be_focused()
    field.press_sequentially("explore")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("Explore")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(query("/explore"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_palette_moves_by_arrows_and_says_what_is_chosen(page: Page) -> None:
    page.locator("#palette-link").click()
    field = page.get_by_role("combobox", name="Go to or do")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "palette-found-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    last = page.get_by_role("option").count() - 1
    expect(field).to_have_attribute("aria-activedescendant", f"palette-found-{last}")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(page.locator("#palette-link")).to_be_focused()


def test_the_palette_changes_the_theme_and_loses_nothing(page: Page) -> None:
    page.goto("/explore?by=person")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to or do").fill("dark theme")
    expect(page.get_by_role("option").first).to_contain_text("Dark theme")
    with page.expect_response("**/theme"):
        page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(query("/explore?by=person"))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_palette_says_when_nothing_fits(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to or do").fill("qqqqzzzz")
    expect(page.get_by_role("status").filter(has_text="Nothing fits")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(0)


def test_the_palette_opens_while_the_page_of_a_key_before_is_on_its_way_and_stays(page: Page) -> None:
    page.goto("/events?period=7d")
    page.locator("#events tbody a").first.click()
    expect(page.locator("#close-event")).to_be_visible()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route(re.compile(r"/events\?period=7d$"), slowly)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("aud")
    expect(page.locator("#close-event")).to_have_count(0)
    expect(page.locator("#palette-typed")).to_be_focused()
    expect(page.locator("#palette-typed")).to_have_value("aud")
    expect(page.locator("#palette-found")).to_contain_text("Audit")
    expect(page).to_have_url(re.compile("period=7d"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(query("/settings/audit"))
    expect(page.locator("#palette")).to_be_hidden()
