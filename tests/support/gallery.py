"""The component gallery behind the real policy, templates and scripts, for a browser to look at."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from jinja2 import Undefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

import finora.web
from finora.cli.listening import listen
from finora.web.site.templating import make_environment
from finora.web.wire.assets import Assets
from finora.web.wire.headers import SecurityHeaders
from support.browsing import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from starlette.requests import Request

_STATIC = Path(finora.web.__file__).parent / "static"
_PAGE = {
    "csrf": "token",
    "page": {"title": "Gallery", "active": "explore", "announce": ""},
    "viewer": {"name": "Ada Lovelace", "email": "ada@example.com", "role": "owner"},
    "single_keys": True,
    "notices": [],
    "freshness": {"text": "Data through 14:05, synced 3 min ago", "title": "Acme", "level": None},
}


def gallery() -> Starlette:
    """Return an application whose every page is the gallery; `/?theme=dark` is that in the dark."""
    assets = Assets(_STATIC)
    environment = make_environment(assets.url)
    # The frame may ask for more than the gallery has to say.
    environment.undefined = Undefined

    def show(request: Request) -> Response:
        theme = request.query_params.get("theme", "system")
        return HTMLResponse(environment.get_template("gallery.html").render(theme=theme, **_PAGE))

    routes = [Mount("/static", assets), Route("/{path:path}", show)]
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders, secure=False)])


@contextmanager
def served_gallery() -> Iterator[str]:
    """Serve the gallery, and give its address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(gallery(), log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def looked_at(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """Open the gallery, and fail at the end if anything went wrong in the browser."""
    watch = Watch(urlsplit(url).netloc)
    context = browser.new_context(base_url=url, viewport={"width": 1240, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("console", watch.console)
    page.on("pageerror", lambda error: watch.troubles.append(f"script: {error}"))
    page.on("request", watch.request)
    try:
        page.goto("/")
        yield page
        assert watch.troubles == []
    finally:
        context.close()


def main() -> None:
    """Serve the gallery until interrupted: `make gallery`."""
    with served_gallery() as url, suppress(KeyboardInterrupt):
        print(f"Every component in every state: {url}/?theme=light and {url}/?theme=dark (Ctrl+C ends)")  # noqa: T201 - a developer waits for the address
        threading.Event().wait()


if __name__ == "__main__":
    main()
