"""A real server, a browser's page, and a watchful eye on what the browser says."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import uvicorn

from finora.app import create_app
from finora.cli.listening import listen
from finora.simulator import InProcessTransport
from support.pages import OWNER, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from finora.simulator import Simulation
    from finora.workspace import Workspace

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


class Unhurried(httpx.BaseTransport):
    """The simulated API, answering slowly enough that a person can watch."""

    def __init__(self, simulated: Simulation, seconds: float) -> None:
        self._inner = InProcessTransport(simulated)
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        time.sleep(self._seconds)
        return self._inner.handle_request(request)


@dataclass
class Site:
    """A served workspace and the simulated Cursor behind it."""

    url: str
    workspace: Workspace
    simulated: Simulation


@dataclass
class Watch:
    """What went wrong in the browser while nobody looked."""

    origin: str
    troubles: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings, among them every breach of the content security policy."""
        expected = (
            "status of 422" in message.text
        )  # a refused form is a page of its own, and Chromium remarks on it
        if message.type in {"error", "warning"} and not expected:
            self.troubles.append(f"console: {message.text}")

    def request(self, request: Request) -> None:
        """Note requests to another origin."""
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.origin:
            self.troubles.append(f"request to another origin: {request.url}")


@contextmanager
def served(workspace: Workspace, simulated: Simulation) -> Iterator[Site]:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(create_app(workspace), log_level="critical", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", workspace, simulated)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def watched(browser: Browser, site: Site, **options: object) -> Iterator[Page]:
    """Open a page, and fail at its end if anything went wrong in the browser."""
    watch = Watch(urlsplit(site.url).netloc)
    context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("console", watch.console)
    page.on("pageerror", lambda error: watch.troubles.append(f"script: {error}"))
    page.on("request", watch.request)
    try:
        yield page
        assert watch.troubles == []
    finally:
        context.close()


def sign_in(page: Page, email: str = OWNER) -> None:
    """Sign in as a person does."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").wait_for()
