"""A subscription's life as a person lives it: added, dearer from next month on, deleted by mistake, and back again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from finora.accounts import OPERATOR, Role
from finora.subscriptions.accrual import next_month
from finora.values.period import add_months
from support.browsing import AXE, Site, served, sign_in, watched
from support.pages import OWNER, PASSWORD
from support.simulated import company, connect, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from finora.simulator import Simulation
    from finora.workspace import Workspace

pytestmark = pytest.mark.browser

BOOK = "/subscriptions"
VIEWER = "viewer@acme.test"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A synced Finora with an owner and a viewer, for changing."""
    simulated = simulation(company(11, seats=4, days=40, events=400))
    with workspace_for(simulated, tmp_path_factory.mktemp("flat")) as workspace:
        # Playwright keeps an event loop in this thread, in which the simulation's own cannot run.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(_fill, workspace, simulated).result()
        with served(workspace, simulated) as found:
            yield found


def _fill(workspace: Workspace, simulated: Simulation) -> None:
    for email, role in ((OWNER, Role.OWNER), (VIEWER, Role.VIEWER)):
        workspace.accounts.create_user(OPERATOR, email=email, role=role, password=PASSWORD, name="")
    connect(workspace, simulated, name="Acme")
    (run,) = workspace.schedule.run_due()
    assert run.state == "completed", run.error


@pytest.fixture(autouse=True)
def cleared(site: Site) -> Iterator[None]:
    yield
    for each in site.workspace.subscriptions.all():
        site.workspace.subscriptions.delete(OPERATOR, each.id)


def _month_cost(page: Page, month: str) -> str:
    opener = page.get_by_text("The months as a table")
    if not page.locator("#months-table").is_visible():
        opener.click()
    return page.locator(f"#months-table-{month} td").first.inner_text()


def test_an_owner_adds_reprices_deletes_and_undoes(browser: Browser, site: Site) -> None:
    today = site.workspace.subscriptions.today
    this, last = today.replace(day=1), add_months(today.replace(day=1), -1)
    with watched(browser, site) as page:
        sign_in(page)
        page.get_by_role("link", name="AI Subscriptions").click()
        expect(page.get_by_text("No subscription is tracked yet")).to_be_visible()
        page.get_by_role("link", name="New subscription").click()
        _enter(page, start=f"{add_months(this, -3)}")
        expect(page.get_by_text("Cursor seats was added")).to_be_visible()
        expect(page.locator("#tile-monthly")).to_contain_text("$400.00")
        expect(page.locator("spend-chart svg").first).to_be_visible()
        before = [_month_cost(page, f"{month}") for month in (last, this)]
        assert before == ["$400.00", "$400.00"]
        _reprice(page, "44")
        expect(page.locator("#terms-table")).to_contain_text(f"{next_month(today):%-d %b %Y}")
        page.get_by_role("link", name="AI Subscriptions").first.click()
        expect(page.locator("#tile-next-month")).to_contain_text("$440.00")
        assert [_month_cost(page, f"{month}") for month in (last, this)] == before
        page.get_by_role("button", name="Delete Cursor seats").click()
        expect(page.get_by_text("Cursor seats was deleted")).to_be_visible()
        expect(page.get_by_text("No subscription is tracked yet")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Cursor seats is back as it was")).to_be_visible()
        expect(page.locator("#tile-next-month")).to_contain_text("$440.00")


def _enter(page: Page, start: str) -> None:
    """Fill in the form, watching what it says while one types."""
    page.get_by_label("Name").fill("Cursor seats")
    page.get_by_label("SKU").fill("cursor-pro")
    price = page.get_by_label("Price per seat (USD)")
    expect(price).to_have_value("20.00")
    expect(page.locator("#list-price")).to_contain_text("list price $20.00")
    page.get_by_label("Billing cycle").select_option("annual")
    expect(price).to_have_value("192.00")
    page.get_by_label("Seats", exact=True).fill("10")
    expect(page.locator("#equivalent")).to_contain_text("$16.00 a seat and month, $160.00 a month")
    price.fill("480")
    expect(page.locator("#equivalent")).to_contain_text("$40.00 a seat and month, $400.00 a month")
    page.get_by_label("SKU").fill("cursor-business")
    expect(price).to_have_value("480")
    page.get_by_label("Billing cycle").select_option("monthly")
    price.fill("-40")
    page.get_by_label("Start date").fill(start)
    page.get_by_role("button", name="Add subscription").click()
    expect(page.locator("#price_per_seat-error")).to_contain_text("Must not be negative.")
    expect(price).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Cursor seats")
    price.fill("40")
    page.get_by_role("button", name="Add subscription").click()


def _reprice(page: Page, price: str) -> None:
    page.get_by_role("link", name="Edit Cursor seats").click()
    page.get_by_label("Price per seat (USD)").fill(price)
    page.get_by_label("Next month").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Cursor seats was changed")).to_be_visible()


def test_everything_works_without_scripts(browser: Browser, site: Site) -> None:
    with watched(browser, site, java_script_enabled=False) as page:
        sign_in(page)
        page.goto(f"{BOOK}/new")
        page.get_by_label("Name").fill("Midjourney")
        page.get_by_label("SKU").fill("midjourney-pro")
        page.get_by_role("button", name="Fill in the list price").click()
        expect(page.get_by_label("Price per seat (USD)")).to_have_value("60.00")
        expect(page.get_by_label("Name")).to_have_value("Midjourney")
        page.get_by_label("Price per seat (USD)").press("Enter")
        expect(page.locator("#tile-monthly")).to_contain_text("$60.00")
        page.get_by_role("button", name="Delete Midjourney").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#tile-monthly")).to_contain_text("$60.00")


def test_a_file_is_checked_corrected_on_the_page_and_imported(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "plans.csv"
    file.write_text(
        "name,sku,seats,price_per_seat,billing_cycle,start_date\nClaude,claude-team,5,25.001,monthly,2026-10-01\n"
    )
    with watched(browser, site) as page:
        sign_in(page)
        page.goto(f"{BOOK}/import")
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#flaws-table")).to_contain_text("fraction of a cent")
        lines = page.get_by_role("textbox", name="Lines")
        lines.fill(lines.input_value().replace("25.001", "25"))
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_text("It would bring 1 new")).to_be_visible()
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_text("The file was imported")).to_be_visible()
        expect(page.locator("#tile-monthly")).to_contain_text("$125.00")


@pytest.fixture
def tracked(site: Site) -> str:
    """Subscriptions of every kind; return the id of the one that is linked."""
    kept = site.workspace.subscriptions
    (connection,) = kept.connections()
    plain = {"billing_cycle": "monthly", "start_date": "2026-01-15", "tags": ["team:a"]}
    made = kept.create(
        OPERATOR,
        plain
        | {
            "name": "Cursor for engineering and a name that goes on for quite a while",
            "sku": "cursor-business",
            "seats": 9,
            "price_per_seat": "40",
            "connection": connection,
            "renewal_date": "2026-12-01",
        },
    )
    kept.assign(OPERATOR, made.id, [{"person": "away@acme.test"}])
    kept.create(
        OPERATOR,
        plain
        | {
            "name": "Yearly",
            "sku": "own",
            "seats": 3,
            "price_per_seat": "99.99",
            "billing_cycle": "annual",
            "end_date": "2026-09-30",
        },
    )
    return made.id


def _pages(tracked: str) -> tuple[str, ...]:
    one = f"{BOOK}/{tracked}"
    return (
        BOOK,
        f"{BOOK}?tag=team:none",
        one,
        f"{one}/edit",
        f"{BOOK}/new",
        f"{BOOK}/people",
        f"{BOOK}/import",
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_shut_nobody_out(browser: Browser, site: Site, tracked: str, theme: str) -> None:
    """axe finds nothing, in either theme, for an owner, for a viewer, and where a form was refused."""
    with watched(browser, site, color_scheme=theme, bypass_csp=True) as page:
        sign_in(page)
        for path in _pages(tracked):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            _judge(page, path)
        page.goto(f"{BOOK}/new")
        page.get_by_role("button", name="Add subscription").click()
        expect(page.locator("#name-error")).to_be_visible()
        _judge(page, "a refused form")
    with watched(browser, site, color_scheme=theme, bypass_csp=True) as page:
        sign_in(page, VIEWER)
        page.goto(BOOK)
        _judge(page, "a viewer's own seats")


def _judge(page: Page, what: str) -> None:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == [], what


def test_the_pages_fit_a_phone(browser: Browser, site: Site, tracked: str) -> None:
    with watched(browser, site, viewport={"width": 390, "height": 844}) as page:
        sign_in(page)
        for path in _pages(tracked):
            page.goto(path)
            page.locator("h1").wait_for()
            assert page.locator("body").evaluate("body => document.documentElement.scrollWidth") <= 390, path
