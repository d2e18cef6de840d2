"""Every page, found from the routes themselves: for everybody, in both themes, on a phone, within its budget, and quiet."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from finora.app import create_app
from finora.gate import SESSION_COOKIE
from support.browsing import AXE, Site, sign_in, watched
from support.pages import OWNER, PASSWORD
from support.pages import Page as Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

KILOBYTE = 1024
BEGINNINGS = (
    "/",
    "/explore?by=person&filter=model&f=is,vendor,anthropic",
    "/settings/api-keys",
    "/subscriptions",
)
NOT_PAGES = re.compile(r"^/(api/|static|metrics|healthz|readyz)|\.(csv|ics|json|md|txt)$|/row$|^/sign-in/")
NOT_WHILE_SIGNED_IN = {"/sign-in", "/setup/{token}", "/link/{token}"}
NOT_FOUND_BY_LINKS = {
    "/ask": "/ask?q=who+spent+the+most+this+week",
    "/settings": "/settings",
    "/palette": "/palette?q=o",
    "/forgot": "/forgot",
    "/subscriptions/people": "/subscriptions/people",
}
"""What a form leads to, what leads on at once, is met while signed out, or is linked for other roles."""
_MOST_LOADS = 3


@pytest.fixture(scope="session")
def addresses(full_site: Site) -> dict[str, str]:
    """An address of each page that there is: by its route, found by following links from page to page."""
    token = full_site.workspace.accounts.sign_in(OWNER, PASSWORD, address="127.0.0.1").token
    client = httpx.Client(base_url=full_site.url, cookies={SESSION_COOKIE: token}, follow_redirects=True)
    with client:
        found = dict(_followed(client, _patterns(full_site)))
    return found | NOT_FOUND_BY_LINKS


def _patterns(site: Site) -> dict[str, re.Pattern[str]]:
    """Return the patterns of all pages' paths, by path."""
    app = create_app(site.workspace)
    paths = [
        context.path
        for context in iter_route_contexts(app.routes)
        if "GET" in (context.methods or ()) and context.path
    ]
    return {
        path: re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + "$")
        for path in sorted(paths, key=lambda path: "{" in path)
        if not NOT_PAGES.search(path) and path not in NOT_WHILE_SIGNED_IN
    }


def _followed(client: httpx.Client, patterns: dict[str, re.Pattern[str]]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    waiting = list(BEGINNINGS)
    while waiting:
        link = waiting.pop(0)
        path = link.split("?")[0]
        route = next((route for route, pattern in patterns.items() if pattern.match(path)), None)
        if route is None or route in seen:
            continue
        seen.add(route)
        yield route, link
        waiting += [each.split("#")[0] for each in Read(client.get(link)).links if each.startswith("/")]


def test_every_page_is_looked_at(full_site: Site, addresses: dict[str, str]) -> None:
    """A new page that no link leads to would be tested by nobody."""
    assert set(_patterns(full_site)) - set(addresses) == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anyone_out(
    browser: Browser, full_site: Site, addresses: dict[str, str], theme: str
) -> None:
    """axe finds nothing, on any page, in either theme; and no page says anything on the console."""
    found = {}
    with watched(browser, full_site, color_scheme=theme, bypass_csp=True) as page:
        sign_in(page)
        for address in (*addresses.values(), *BEGINNINGS):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            if violations := axe(page):
                found[address] = violations
        page.goto("/")
        for key, dialog in (("Control+k", "#palette"), ("?", "#shortcuts")):
            page.keyboard.press(key)
            page.locator(dialog).wait_for()
            page.wait_for_timeout(300)
            if violations := axe(page):
                found[dialog] = violations
            page.keyboard.press("Escape")
            page.locator(dialog).wait_for(state="hidden")
    assert found == {}


def axe(page: Page) -> list[tuple[str, list[str]]]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]


def test_every_page_fits_a_phone(browser: Browser, full_site: Site, addresses: dict[str, str]) -> None:
    with watched(browser, full_site, viewport={"width": 390, "height": 844}) as page:
        sign_in(page)
        widths = {}
        for address in addresses.values():
            page.goto(address)
            page.locator("h1").wait_for()
            widths[address] = page.locator("body").evaluate("() => document.documentElement.scrollWidth")
        assert {address: width for address, width in widths.items() if width > 390} == {}


def test_nothing_moves_while_a_page_loads(
    browser: Browser, full_site: Site, addresses: dict[str, str]
) -> None:
    with watched(browser, full_site, bypass_csp=True) as page:
        page.add_init_script(
            """window.moved = 0;
            new PerformanceObserver((list) => {
              for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value;
            }).observe({type: 'layout-shift', buffered: true});"""
        )
        sign_in(page)
        # On a machine that is busy the font may come a frame late, and so once in many loads.
        moved = {
            address: min(_shift(page, address) for _load in range(_MOST_LOADS))
            for address in addresses.values()
            if _shift(page, address)
        }
        assert {address: shift for address, shift in moved.items() if shift} == {}


def _shift(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)
    shift: float = page.evaluate("() => window.moved")
    return shift


def test_pages_keep_to_their_budgets(full_site: Site, browser: Browser) -> None:
    """Of what is loaded before the first paint, as it comes over the wire."""
    with watched(browser, full_site) as page:
        sign_in(page)
        loaded: dict[str, int] = {}
        page.on("response", lambda answer: loaded.update({answer.url: len(gzip.compress(answer.body()))}))
        page.goto("/explore?by=person&period=90d")
        page.wait_for_load_state("networkidle")
        scripts = [size for url, size in loaded.items() if "/app-" in url and url.endswith(".js")]
        styles = [size for url, size in loaded.items() if url.endswith(".css")]
        (html,) = [size for url, size in loaded.items() if "/explore?" in url]
        assert len(scripts) == len(styles) == 1
        assert sum(scripts) <= 45 * KILOBYTE
        assert sum(styles) <= 20 * KILOBYTE
        assert html <= 60 * KILOBYTE


def test_every_page_has_the_strict_policy(full_site: Site, addresses: dict[str, str]) -> None:
    token = full_site.workspace.accounts.sign_in(OWNER, PASSWORD, address="127.0.0.1").token
    client = httpx.Client(base_url=full_site.url, cookies={SESSION_COOKIE: token}, follow_redirects=True)
    with client:
        for address in (*addresses.values(), "/nothing-here"):
            policy = client.get(address).headers["content-security-policy"]
            assert "default-src 'none'" in policy, address
            assert not re.search(r"unsafe|https?:|data:|\*", policy), address


def test_every_page_says_something_without_scripts(
    browser: Browser, full_site: Site, addresses: dict[str, str]
) -> None:
    with watched(browser, full_site, java_script_enabled=False) as page:
        sign_in(page)
        for address in addresses.values():
            page.goto(address)
            assert page.locator("h1").inner_text(), address
            assert page.locator("main").inner_text().strip(), address
        page.goto("/")
        page.locator("#palette-link").click()
        page.get_by_role("searchbox", name="Go to or do").fill("felix")
        page.keyboard.press("Enter")
        page.get_by_role("link", name=re.compile("Felix")).first.click()
        assert "/people/felix" in page.url
