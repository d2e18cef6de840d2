"""Clicks in a real Chromium on a million events: from the click to the frame that shows what was clicked for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.server import synced
from bench.table import Measured, slowest

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

_LIMIT = 200
_ROUNDS = 12
_DAYS = 90
_REST_MILLISECONDS = 200
_PASSWORD = "correct horse 7 battery"  # noqa: S105 - of a server that lives as long as the measurement
_EMAIL = "bench@finora.test"
_QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
_STOPWATCH = """
let began = 0;
addEventListener("click", (event) => { began = event.timeStamp; }, {capture: true});
addEventListener("finora:page", () => {
  const clicked = began;
  requestAnimationFrame(() => {
    scheduler.postTask(() => {
      document.documentElement.dataset.took = String(performance.now() - clicked);
    }, {priority: "user-blocking"});
  });
});
addEventListener("finora:drawn", () => {
  document.documentElement.dataset.drawn = String(performance.now() - began);
});
"""
"""Stops in the first task after the frame in which the new page is painted, and so before its chart is drawn for the next."""

_CLICKS = {
    "the stretch of time before": ("/explore?by=model&{dates}", "#step-before"),
    "the same on the overview": ("/?{dates}", "#step-before"),
    "another tile's metric": ("/explore?by=model&{dates}", "#tile-tokens a"),
    "another dimension": ("/explore?by=model&{dates}", "#by li:nth-child(2) a"),
    "a person, as a filter": ("/explore?by=person&{dates}", "#groups tbody .row-link"),
    "drill into a model": ("/explore?by=model&{dates}", "#groups tbody .row-actions a"),
    "a filter taken away": ("/explore?by=person&f=is,vendor,anthropic&{dates}", "#chips .chip-remove"),
    "single events": ("/explore?by=model&{dates}", "#to-events"),
}
"""Where each click is made, and on what. Each round has days of its own, so that no answer is remembered."""


@dataclass(frozen=True, slots=True)
class _Times:
    """Milliseconds from a click to the frame of the new page, and to its chart where it has one."""

    painted: float
    drawn: float | None


def measure() -> list[Measured]:
    """Return the figures of clicking."""
    with synced() as server, sync_playwright() as playwright:
        user = {"email": _EMAIL, "role": "owner", "name": "Bench", "password": _PASSWORD}
        server.client.post("/api/v1/users", json=user).raise_for_status()
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(_QUIET))
        size: ViewportSize = {"width": 1280, "height": 900}
        page = chromium.new_context(base_url=str(server.client.base_url), viewport=size).new_page()
        page.add_init_script(_STOPWATCH)
        _sign_in(page)
        times = {name: _clicked(page, *click) for name, click in _CLICKS.items()}
        chromium.close()
    drawn = [each.drawn for found in times.values() for each in found if each.drawn is not None]
    return [
        *(
            Measured(
                f"click to frame, {name}: p95", (slowest([each.painted for each in found]),), "ms", _LIMIT
            )
            for name, found in times.items()
        ),
        Measured("click to the chart of the new page, of all these: p95", (slowest(drawn),), "ms"),
    ]


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(_EMAIL)
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").wait_for()


def _clicked(page: Page, beginning: str, target: str) -> list[_Times]:
    times = []
    for back in range(_ROUNDS):
        end = datetime.now(UTC).date() - timedelta(days=back)
        page.goto(beginning.format(dates=f"from={end - timedelta(days=_DAYS)}&to={end}"))
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(_REST_MILLISECONDS)
        times.append(_took(page, target))
    return times


def _took(page: Page, target: str) -> _Times:
    html = page.locator("html")
    html.evaluate("(html) => { delete html.dataset.drawn; }")
    page.locator(target).first.evaluate("(link) => link.click()")
    page.locator("html[data-took]").wait_for(state="attached")
    page.wait_for_timeout(_REST_MILLISECONDS)
    drawn = html.get_attribute("data-drawn")
    return _Times(float(html.get_attribute("data-took") or "nan"), float(drawn) if drawn else None)
