"""A person with a browser: visits pages of the whole application, follows links, fills in forms, and reads what stands there."""

from __future__ import annotations

import asyncio
import html
import re
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx

from finora.accounts import OPERATOR, Role
from finora.app import create_app
from support.simulated import connect, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from finora.simulator import Simulation
    from finora.workspace import Workspace

PASSWORD = "correct horse 7 battery"
OWNER = "owner@acme.test"


class Page(HTMLParser):
    """What stands on a page."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.source = response.text
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.charts: list[str] = []
        self.title = ""
        self._texts: list[str] = []
        self._in_title = False
        self._select = ""
        self.feed(self.source)

    @property
    def text(self) -> str:
        """All words, with single spaces between."""
        return re.sub(r"\s+", " ", " ".join(self._texts)).strip()

    def form(self, action: str) -> Form:
        """Return the form that is sent to an address."""
        return next(each for each in self.forms if each.action == action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, forms and their fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "form":
            self.forms.append(Form(found.get("action", ""), found.get("method", "get")))
        if tag == "spend-chart":
            self.charts.append(found["data-chart"])
        if self.forms and tag == "input" and found.get("name"):
            self.forms[-1].note(found)
        if self.forms and tag == "select":
            self._select = found["name"]
        if self.forms and tag == "option" and self._select:
            self.forms[-1].choose(self._select, found["value"], chosen="selected" in found)
        self._in_title = tag == "title" or (self._in_title and tag not in {"meta", "link"})

    def handle_endtag(self, tag: str) -> None:
        """Note where the title ends."""
        self._in_title = self._in_title and tag != "title"
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        """Collect words."""
        self._texts.append(data)
        if self._in_title:
            self.title += data


class Form:
    """A form as it would be sent with nothing filled in."""

    def __init__(self, action: str, method: str) -> None:
        self.action = html.unescape(action)
        self.method = method.lower()
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()

    def note(self, found: dict[str, str]) -> None:
        """Note a field and what it holds."""
        name, kind = found["name"], found.get("type", "text")
        self.names.add(name)
        if kind not in {"checkbox", "radio"} or "checked" in found:
            self.fields[name] = found.get("value", "")

    def choose(self, name: str, value: str, *, chosen: bool) -> None:
        """Note an option; the first is chosen where none says so."""
        self.names.add(name)
        if chosen or name not in self.fields:
            self.fields[name] = value


class _InProcess(httpx.BaseTransport):
    """Carries requests to the application in this process."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = await self._transport.handle_async_request(request)
        packed = b"".join([part async for part in response.aiter_raw()])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(packed))


class Visitor:
    """Somebody at the application."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.http = httpx.Client(
            transport=_InProcess(create_app(workspace, "operator")),
            base_url=workspace.settings.public_url,
            follow_redirects=True,
        )

    def sign_in(self, email: str = OWNER) -> Page:
        """Sign in."""
        return self.send("/sign-in", email=email, password=PASSWORD)

    def open(self, address: str) -> Page:
        """Open an address, following redirects."""
        return Page(self.http.get(address))

    def send(self, address: str, **fields: str) -> Page:
        """Send a form as our own page would, following redirects."""
        return Page(self.http.post(address, data={"csrf": self.csrf, **fields}))

    def fill_in(self, page: Page, action: str, **fields: str) -> Page:
        """Fill in a form of a page and send it."""
        form = page.form(action)
        assert set(fields) <= form.names, f"{action} has no fields {set(fields) - form.names}"
        if form.method == "get":
            return Page(self.http.get(action, params=form.fields | fields))
        return Page(self.http.post(action, data=form.fields | fields))

    @property
    def csrf(self) -> str:
        """The token that pages put into forms."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.http.get("/settings/account").text)
        return found[1] if found else ""


@contextmanager
def visited(
    simulated: Simulation,
    folder: Path,
    *,
    connected: bool = True,
    **settings: Any,  # noqa: ANN401 - those of `Settings`
) -> Iterator[Visitor]:
    """Yield an owner who is signed in; the simulated team is connected and read unless told otherwise."""
    with workspace_for(simulated, folder, **settings) as workspace:
        add_user(workspace, OWNER, Role.OWNER)
        if connected:
            connect(workspace, simulated, name="Lumenworks")
            workspace.schedule.run_due()
        visitor = Visitor(workspace)
        visitor.sign_in()
        yield visitor


def add_user(workspace: Workspace, email: str, role: Role) -> str:
    """Make a user and return their id."""
    return workspace.accounts.create_user(OPERATOR, email=email, role=role, password=PASSWORD, name="").id
