"""No figure hides its digits: they are a pointer, a key or a tap away, and nothing moves when they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.spend.query import SpendQuery
from finora.web.figures.formats import exact_usd
from support.browsing import sign_in, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from support.browsing import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, full_site: Site) -> Iterator[Page]:
    with watched(browser, full_site, viewport={"width": 1440, "height": 900}) as page:
        sign_in(page)
        yield page


def opacities(cell: Locator) -> list[str]:
    return [
        part.evaluate("(part) => getComputedStyle(part).opacity")
        for part in cell.locator(".at-hand > *").all()
    ]


def test_an_events_cost_shows_all_its_digits_to_pointer_focus_and_readers(
    page: Page, full_site: Site
) -> None:
    page.goto("/events")
    listed = full_site.workspace.spend.events(SpendQuery()).events
    place, cost = next(
        (place, each.cost) for place, each in enumerate(listed) if each.cost and each.cost % 10**7
        and each.cost > 10**7
    )  # fmt: skip
    row = page.locator("#events tbody tr").nth(place)
    cell = row.locator("td").last
    rest, width = opacities(cell), cell.bounding_box()
    assert rest == ["1", "0"]
    expect(cell.locator(".at-hand-digits")).to_have_text(exact_usd(cost))
    expect(cell).to_match_aria_snapshot(f'- cell "{exact_usd(cost)}"')
    row.hover()
    assert opacities(cell) == ["0", "1"]
    assert cell.bounding_box() == width
    page.mouse.move(0, 0)
    assert opacities(cell) == rest
    row.get_by_role("link").first.focus()
    assert opacities(cell) == ["0", "1"]
    assert cell.bounding_box() == width


def test_a_headline_figure_tells_all_its_digits_where_it_says_what_it_is(page: Page, full_site: Site) -> None:
    page.goto("/")
    spend = full_site.workspace.spend.answer(SpendQuery()).totals.values[0]
    definition = page.locator("#define-spend")
    page.get_by_role("button", name="What is Spend?").press("Enter")
    expect(definition).to_be_visible()
    expect(definition).to_contain_text(f"Exactly {exact_usd(spend)}, $")
    expect(definition).to_contain_text("before")
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()
    page.get_by_role("button", name="What is Spend?").hover()
    expect(definition).to_be_visible()


@pytest.mark.parametrize("table", ["models", "people", "teams"])
def test_a_phone_shows_how_each_row_of_the_overview_moved(
    browser: Browser, full_site: Site, table: str
) -> None:
    with watched(browser, full_site, viewport={"width": 390, "height": 844}) as page:
        sign_in(page)
        cells = page.locator(f"#{table}-table tbody .change-sign")
        expect(cells.first).to_be_visible()
        frame = page.locator(f"#{table}-table-frame")
        assert frame.evaluate("(frame) => frame.scrollWidth <= frame.clientWidth")
