"""What people come to ask is answered from the overview in three clicks at most, without a key being typed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.values.money import usd_display
from finora.values.period import Period
from support.browsing import sign_in, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

    from finora.spend.result import Group, SpendResult
    from support.browsing import Site

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class Hand:
    """Clicks, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def choose(self, period: str) -> None:
        """Choose a period: its menu, then its name."""
        self.click(self.page.get_by_role("button", name=re.compile("^Period")))
        self.click(self.page.locator("#period").get_by_role("link", name=period))
        expect(self.page.get_by_role("button", name=re.compile("^Period"))).to_contain_text(period)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def hand(request: pytest.FixtureRequest, browser: Browser, full_site: Site) -> Iterator[Hand]:
    with watched(browser, full_site, viewport=request.param, has_touch=request.param is PHONE) as page:
        sign_in(page)
        hand = Hand(page)
        yield hand
        assert 1 <= hand.clicks <= 3


def answered(site: Site, period: str, *dimensions: str, **more: object) -> SpendResult:
    asked = {
        "dimensions": dimensions, "period": Period.relative(period), "compare": Comparison.PREVIOUS, "limit": 8,
    }  # fmt: skip
    return site.workspace.spend.answer(SpendQuery(**asked | more))  # type: ignore[arg-type]


def shows(row: Locator, group: Group) -> None:
    expect(row).to_contain_text(group.labels[0])
    expect(row).to_contain_text(usd_display(group.values[0]))


def test_who_spent_most_this_week(hand: Hand, full_site: Site) -> None:
    hand.choose("This week")
    shows(hand.page.locator("#people-table tbody tr").first, answered(full_site, "wtd", "person").groups[0])


def test_which_model_drove_last_months_rise_or_fall(hand: Hand, full_site: Site) -> None:
    plain = answered(full_site, "last_month", "model")
    fell = plain.totals.values[0] < (plain.totals.previous or (0,))[0]
    driver = answered(full_site, "last_month", "model", order=(Order(CHANGE, descending=not fell),)).groups[0]
    hand.choose("Last month")
    first = hand.page.locator("#models-table tbody tr").first.locator(".change")
    expect(first).to_be_visible()  # each of the largest says how it moved
    hand.click(hand.page.locator("#models-table").get_by_role("link", name="Change"))
    row = hand.page.locator("#groups tbody tr").first
    shows(row, driver)
    expect(row.locator(".change")).to_be_visible()


def test_how_much_of_it_was_max_mode(hand: Hand, full_site: Site) -> None:
    found = answered(full_site, "last_month", "max_mode")
    hand.choose("Last month")
    for group in found.groups:
        expect(hand.page.locator("#max-mode-table")).to_contain_text(usd_display(group.values[0]))
    hand.click(hand.page.locator("#max-mode").get_by_role("link", name="Explore"))
    rows = hand.page.locator("#groups tbody tr")
    expect(rows).to_have_count(len(found.groups))
    for row, group in zip(rows.all(), found.groups, strict=True):
        shows(row, group)
        expect(row.locator(".change")).to_be_visible()


def test_what_one_person_did_on_the_spike_day(hand: Hand) -> None:
    page = hand.page
    row = page.locator("#people-table .row-link").nth(1)
    name = row.inner_text()
    hand.click(row)
    expect(page.locator("#chips")).to_contain_text(f"Person is {name}")
    chart = json.loads(page.locator("spend-chart").get_attribute("data-chart") or "")
    sums = [
        sum(float(each["values"][place] or 0) for each in chart["series"])
        for place in range(len(chart["buckets"]))
    ]
    spike = chart["buckets"][sums.index(max(sums))]
    expect(page.locator("spend-chart svg").first).to_be_visible()
    page.locator("spend-chart").scroll_into_view_if_needed()
    hand.clicks += 1
    if page.viewport_size == DESKTOP:
        x, y = _where(page, spike["label"], page.mouse.move)
        page.mouse.click(x, y)
        expect(page).to_have_url(re.compile("from=.*to="))
        hand.click(page.get_by_role("link", name="Single events"))
    else:
        _where(page, spike["label"], page.touchscreen.tap)
        hand.click(page.locator(".chart-tip-actions").get_by_role("link", name="events"))
    expect(page).to_have_url(re.compile(r"/events\?from=.*f=is,person,"))
    expect(page.locator("#events tbody tr").first).to_contain_text(name)


def _where(page: Page, label: str, point: Callable[[float, float], None]) -> tuple[float, float]:
    """Return where a bucket is drawn, which the tooltip says when it is pointed at."""
    frame = page.locator("spend-chart").bounding_box()
    assert frame is not None
    y = frame["y"] + frame["height"] / 2
    for step in range(0, int(frame["width"]), 4):
        point(frame["x"] + step, y)
        tip = page.locator(".chart-tip")
        if tip.count() and label in tip.inner_text().splitlines()[:1]:
            return frame["x"] + step, y
    raise AssertionError(f"{label} is nowhere")


def test_how_much_claude_against_gpt_in_chat(hand: Hand, full_site: Site) -> None:
    chat = (Filter(Operator.IS, "event_type", ("chat",)),)
    hand.click(hand.page.locator("#types-table").get_by_role("link", name="Chat"))
    expect(hand.page.locator("#chips")).to_contain_text("Event type is Chat")
    hand.click(hand.page.get_by_role("navigation", name="By").get_by_role("link", name="Vendor"))
    expect(hand.page).to_have_url(re.compile("by=vendor"))
    for group in answered(full_site, "28d", "vendor", filters=chat).groups[:3]:
        row = hand.page.locator(f"[id='groups-row-vendor-{group.keys[0]}']")
        shows(row, group)
