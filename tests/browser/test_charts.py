"""Charts in the hand: dragged, hovered, pinned, walked with keys and tapped, as people do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from support.browsing import AXE
from support.gallery import looked_at, served_gallery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FloatRect, Locator, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with served_gallery() as url:
        yield url


@pytest.fixture
def page(browser: Browser, gallery: str) -> Iterator[Page]:
    with looked_at(browser, gallery) as page:
        yield page


def chart(page: Page, name: str) -> Locator:
    """A chart that is drawn and in view."""
    found = page.locator(f"#{name}")
    found.scroll_into_view_if_needed()
    found.locator("svg").first.wait_for()
    return found


def box(found: Locator) -> FloatRect:
    bounds = found.bounding_box()
    assert bounds is not None
    return bounds


def go(page: Page, found: Locator, x: float, y: float) -> None:
    """Move the mouse to a place in a chart, in parts of its width and height."""
    bounds = box(found)
    page.mouse.move(bounds["x"] + x * bounds["width"], bounds["y"] + y * bounds["height"])


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def tip(page: Page) -> Locator:
    return page.locator(".chart-tip:popover-open")


def test_dragging_across_days_zooms_into_them_and_ctrl_z_comes_back(page: Page) -> None:
    daily = chart(page, "daily")
    go(page, daily, 0.2, 0.5)
    page.mouse.down()
    go(page, daily, 0.4, 0.4)
    expect(daily.locator(".chart-selection")).to_be_visible()
    expect(tip(page)).to_contain_text("Let go to zoom in")
    expect(tip(page)).to_contain_text("Total")
    title = tip(page).locator(".chart-tip-title").inner_text()
    page.mouse.up()
    page.wait_for_url(re.compile("from="))
    chosen = parameters(page)
    first, last = (int(re.findall(r"\d+", part)[0]) for part in re.split(r" \W ", title))
    assert chosen == {
        "from": [f"2026-11-{first:02}T00:00:00+01:00"],
        "to": [f"2026-11-{last + 1:02}T00:00:00+01:00"],
    }
    assert "%2B01%3A00" in page.url, "a plus sign in an address would be read as a space"
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile(r"/$"))


def test_ctrl_z_is_left_to_what_is_typed(page: Page) -> None:
    page.goto("/?day=1")
    page.goto("/?day=2")
    field = page.locator("#table-search").first
    field.fill("opus")
    field.press("Control+z")
    assert parameters(page) == {"day": ["2"]}


def test_escape_lets_go_of_a_selection_without_going_anywhere(page: Page) -> None:
    daily = chart(page, "daily")
    go(page, daily, 0.2, 0.5)
    page.mouse.down()
    go(page, daily, 0.5, 0.5)
    expect(daily.locator(".chart-selection")).to_be_visible()
    page.keyboard.press("Escape")
    expect(daily.locator(".chart-selection")).to_have_count(0)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert urlsplit(page.url).query == ""


def test_a_click_opens_the_day_and_a_double_click_resets(page: Page) -> None:
    daily = chart(page, "daily")
    bounds = box(daily)
    page.mouse.click(bounds["x"] + 0.5 * bounds["width"], bounds["y"] + 0.12 * bounds["height"])
    page.wait_for_url(re.compile(r"\?day=\d+"))
    page.mouse.dblclick(bounds["x"] + 0.5 * bounds["width"], bounds["y"] + 0.12 * bounds["height"])
    page.wait_for_url(re.compile(r"\?reset=1"))
    page.wait_for_timeout(400)
    assert parameters(page) == {"reset": ["1"]}
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?day="))


def test_the_keyboard_selects_and_zooms_as_the_mouse_does(page: Page) -> None:
    share = chart(page, "share")
    share.focus()
    page.keyboard.press("ArrowLeft")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    expect(share.locator(".chart-selection")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Enter zooms in")
    page.keyboard.press("Escape")
    expect(share.locator(".chart-selection")).to_have_count(0)
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("from="))
    assert parameters(page) == {"from": ["2026-11-20T00:00:00+01:00"], "to": ["2026-11-22T00:00:00+01:00"]}


def test_enter_pins_the_tooltip_whose_links_can_be_reached_and_escape_comes_back(page: Page) -> None:
    share = chart(page, "share")
    share.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    pinned = page.get_by_role("dialog", name="1 Nov")
    expect(pinned.get_by_role("link", name="Zoom to 1 Nov")).to_be_focused()
    page.keyboard.press("Tab")
    expect(pinned.get_by_role("link", name="Show events")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(pinned.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pinned).to_have_count(0)
    expect(share).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?events=1$"))


def test_a_right_click_pins_and_a_click_elsewhere_lets_go(page: Page) -> None:
    daily = chart(page, "daily")
    bounds = box(daily)
    page.mouse.click(
        bounds["x"] + 0.3 * bounds["width"], bounds["y"] + 0.3 * bounds["height"], button="right"
    )
    pinned = page.locator(".chart-tip-pinned")
    expect(pinned.get_by_role("link", name="claude-4.5-sonnet", exact=True)).to_be_visible()
    go(page, daily, 0.6, 0.3)
    expect(pinned).to_be_visible()
    page.locator("#title").click()
    expect(page.locator(".chart-tip:popover-open")).to_have_count(0)
    assert urlsplit(page.url).query == "", "a right-click opens nothing"


def test_a_change_of_theme_loses_nothing(page: Page) -> None:
    daily = chart(page, "daily")
    bounds = box(daily)
    page.mouse.click(
        bounds["x"] + 0.3 * bounds["width"], bounds["y"] + 0.3 * bounds["height"], button="right"
    )
    text = tip(page).inner_text()
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    expect(page.locator(".chart-tip-pinned")).to_be_visible()
    assert tip(page).inner_text() == text
    assert daily.locator(".chart-crosshair").count() == 1


def test_the_tooltip_has_what_is_pointed_at_first_then_goes_by_size(page: Page) -> None:
    share = chart(page, "share")
    share.focus()
    page.keyboard.press("Home")
    lines = tip(page).locator(".chart-tip-line .chart-tip-label")
    order = ["claude-4.5-opus", "claude-4.5-sonnet", "gpt-5.1-codex", "gemini-3-pro", "grok-code-fast"]
    assert lines.all_inner_texts() == order
    page.keyboard.press("ArrowUp")
    assert lines.all_inner_texts() == [order[-1], *order[:-1]]
    expect(page.locator("#live")).to_contain_text("grok-code-fast 5.0%")
    go(page, chart(page, "areas"), 0.5, 0.8)
    expect(tip(page).locator(".chart-tip-more")).to_have_text("and 2 more")
    assert tip(page).locator(".chart-tip-swatch").count() == 12
    go(page, chart(page, "daily"), 0.3, 0.3)
    expect(tip(page).locator(".chart-tip-previous")).to_contain_text("%")


def test_one_crosshair_goes_over_all_charts_that_share_the_day(page: Page) -> None:
    share, other = chart(page, "share"), chart(page, "share-areas")
    go(page, share, 0.5, 0.5)
    expect(other.locator(".chart-crosshair")).to_have_count(1)
    expect(page.locator("#lines .chart-crosshair")).to_have_count(0)
    assert tip(page).count() == 1
    page.mouse.move(2, 2)
    expect(other.locator(".chart-crosshair")).to_have_count(0)


def test_the_legend_shows_only_one_or_leaves_one_out(page: Page) -> None:
    legend = page.locator("#chart-daily .legend")
    hidden = legend.locator("[data-hidden]")
    expect(hidden).to_contain_text("gemini-3-pro (hidden)")
    assert (
        hidden.locator(".legend-name").evaluate("each => getComputedStyle(each).textDecorationLine")
        == "line-through"
    )
    legend.get_by_role("link", name="gpt-5.1-codex", exact=True).click(modifiers=["Control"])
    page.wait_for_url(re.compile(r"\?hide=gpt-5.1-codex"))
    assert len(page.context.pages) == 1, "no tab opens"
    legend.get_by_role("link", name="Show gemini-3-pro").click()
    page.wait_for_url(re.compile(r"\?hide=gemini-3-pro"))
    legend.get_by_role("link", name="gpt-5.1-codex", exact=True).click()
    page.wait_for_url(re.compile(r"\?only=gpt-5.1-codex"))


def test_a_day_an_hour_and_a_model_open_what_they_stand_for(page: Page) -> None:
    calendar = chart(page, "calendar")
    calendar.locator("[data-part='261']").hover()
    expect(tip(page)).to_contain_text("$1,861.50")
    calendar.locator("[data-part='261']").click()
    page.wait_for_url(re.compile(r"\?calendar=2026-08-12"))
    chart(page, "grid").locator("[data-part='35']").click()
    page.wait_for_url(re.compile(r"\?weekday=1&hour=11"))
    tree = chart(page, "tree")
    tree.get_by_text("claude-4.5-sonnet-thinking").hover(force=True)
    expect(tip(page)).to_contain_text("4.7%, 21.7% of Claude Sonnet")
    tree.locator("[data-of='leaf-sonnet-thinking']").click()
    page.wait_for_url(re.compile(r"\?f=is,model,claude-4.5-sonnet-thinking"))
    tree.locator("[data-of='anthropic']").click(position={"x": 60, "y": 10})
    page.wait_for_url(re.compile(r"\?f=is,vendor,anthropic"))


def test_days_hours_and_models_are_walked_with_the_arrow_keys(page: Page) -> None:
    chart(page, "calendar").focus()
    expect(tip(page)).to_contain_text("Thu 19 Nov so far")
    page.keyboard.press("ArrowLeft")
    expect(tip(page)).to_contain_text("Thu 12 Nov")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#live")).to_contain_text("Wed 11 Nov: $")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?calendar=2026-11-11"))
    tree = chart(page, "tree")
    tree.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(tip(page)).to_contain_text("Claude Sonnet")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?f=is,model,claude-4.5-sonnet$"))


def test_what_was_not_read_is_hatched_and_never_nothing(page: Page) -> None:
    unread = chart(page, "calendar").locator(".chart-cell-hatched[data-part]")
    assert unread.count() == 4
    unread.first.hover()
    expect(tip(page)).to_contain_text("no data yet")
    assert "$" not in tip(page).inner_text()
    expect(page.locator("#daily .chart-missing")).to_have_count(1)
    go(page, chart(page, "daily"), 0.37, 0.5)
    expect(tip(page)).to_contain_text("no data yet")


def test_a_finger_pins_the_tooltip_and_reaches_its_links(browser: Browser, gallery: str) -> None:
    with looked_at(browser, gallery, has_touch=True) as page:
        share = chart(page, "share")
        bounds = box(share)
        page.touchscreen.tap(bounds["x"] + 0.2 * bounds["width"], bounds["y"] + 0.5 * bounds["height"])
        expect(page.locator(".chart-tip-pinned")).to_be_visible()
        assert urlsplit(page.url).query == "", "the first tap only shows"
        tip(page).get_by_role("link", name="Zoom to").tap()
        page.wait_for_url(re.compile(r"\?day="))
        chart(page, "calendar").locator("[data-part='100']").tap()
        tip(page).get_by_role("link", name=re.compile("^Open ")).tap()
        page.wait_for_url(re.compile(r"\?calendar="))


def test_a_legend_entry_lights_its_series_until_something_else_is_pointed_at(page: Page) -> None:
    tree = chart(page, "tree")
    page.locator("#chart-daily .legend a.legend-name").first.hover()
    expect(page.locator("#daily .chart-dim").first).to_be_attached()
    tree.locator("[data-of='leaf-codex']").hover()
    expect(page.locator("#daily .chart-dim")).to_have_count(0)


def test_legends_work_without_scripts(browser: Browser, gallery: str) -> None:
    with looked_at(browser, gallery, java_script_enabled=False) as page:
        page.locator("#chart-daily").get_by_role("link", name="Hide gpt-5.1-codex").click()
        assert parameters(page) == {"hide": ["gpt-5.1-codex"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_chart_shuts_anyone_out(browser: Browser, gallery: str, theme: str) -> None:
    """axe finds nothing in any chart, nor in a pinned tooltip."""
    with looked_at(browser, gallery, color_scheme=theme, bypass_csp=True) as page:
        chart(page, "tree")
        chart(page, "share").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chart-tip-pinned")).to_be_visible()
        page.add_script_tag(path=str(AXE))
        found = page.evaluate(
            "async () => (await axe.run({include: [['spend-chart'], ['.legend'], ['.chart-tip-pinned']]}, {resultTypes: ['violations']})).violations"
        )
        assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
