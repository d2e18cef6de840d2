"""The command palette: one field that goes anywhere and does anything, as a dialog by its JSON and as a plain page."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import JSONResponse, Response

from finora.accounts import Permission
from finora.documentation import pages
from finora.spend.listing import Listing
from finora.spend.service import EventNotFound
from finora.values.money import usd_display
from finora.values.period import Period
from finora.web.address.controls import PERIOD_KEYS, PERIODS
from finora.web.address.navigation import Place
from finora.web.figures.formats import moment
from finora.web.palette.entry import Entry, best
from finora.web.palette.shortcuts_page import HERE as SHORTCUTS
from finora.web.palette.values import PaletteValues
from finora.web.settings.tabs import settings_tabs
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.times import in_period, places_at, times_at

HERE = "/palette"
_MOST = 30
_LONGEST = 200
_FIRST_VALUES = 5
_THEMES = (("system", "Follow the system's theme"), ("light", "Light theme"), ("dark", "Dark theme"))


class Palette:
    """The command palette."""

    def __init__(self, site: Site) -> None:
        self._site = site
        workspace = site.workspace
        self._values = PaletteValues(workspace.spend, workspace.store, workspace.directory, site.links)

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", HERE, self.show),)

    def show(self, request: Request) -> Response:
        """Show what fits `q`; `at` is the address of the page that the palette stands over."""
        visit = self._site.visit(request)
        typed = request.query_params.get("q", "")[:_LONGEST]
        at = request.query_params.get("at", "") or _page_before(request)
        entries = self._found(visit, typed, at)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"results": [_shown(each) for each in entries]}, headers={"Vary": "Accept"})
        response = self._site.page(
            visit,
            "palette.html",
            Heading(title="Go to", announce=f"{len(entries)} found"),
            typed=typed,
            at=at,
            entries=[each for each in entries if each.act != "copy-link"],
        )
        response.headers["Vary"] = "Accept"
        return response

    def _found(self, visit: Visit, typed: str, at: str) -> list[Entry]:
        values = self._values.of(visit.own)
        times = times_at(self._site.links, at, visit.request)
        fixed = [*_places(visit, places_at(times)), *_actions(visit)]
        if not typed.strip():
            return [*fixed, *values[:_FIRST_VALUES]]
        near = best([*fixed, *values, *self._periods(at), *_documentation()], typed, _MOST)
        return [*self._event(visit, typed), *near]

    def _event(self, visit: Visit, typed: str) -> Iterable[Entry]:
        """Yield the event whose whole id was typed, where it is the reader's to see."""
        named = Listing(sought=typed).named_event
        if named is None:
            return
        try:
            event, _former = self._site.workspace.spend.event(named, own=visit.own)
        except EventNotFound:
            return
        yield Entry(
            kind="Event",
            label=f"{event.event_type_label} by {event.person_label}, {moment(event.at, self._site.zone)}",
            icon="events",
            href=f"/events/{event.id}",
            hint="no price" if event.cost is None else usd_display(event.cost),
        )

    def _periods(self, at: str) -> Iterable[Entry]:
        """Yield the ways to the same page in another period; to the overview's from where there are no figures."""
        for name in PERIODS:
            period = Period.relative(name)
            yield Entry(
                kind="Period",
                label=period.label,
                icon="calendar",
                href=in_period(at, period, self._site.links.defaults.period),
                also="change",
                key=PERIOD_KEYS.get(name, "").upper(),
            )


def _places(visit: Visit, places: Iterable[Place]) -> Iterable[Entry]:
    for place in places:
        yield Entry(
            kind="Page",
            label=place.label,
            icon=place.name,
            href=place.href,
            key=f"G {place.letter.upper()}",
            also="go to",
        )
    for tab in settings_tabs(visit.principal, ""):
        yield Entry(
            kind="Settings", label=str(tab["label"]), icon="settings", href=str(tab["href"]), also="go to"
        )


def _actions(visit: Visit) -> Iterable[Entry]:
    def action(label: str, icon: str, **further: str) -> Entry:
        return Entry(kind="Action", label=label, icon=icon, **further)

    if visit.principal.may(Permission.MANAGE_SUBSCRIPTIONS):
        yield action("New subscription", "plus", href="/subscriptions/new", also="add seats")
    if visit.principal.may(Permission.MANAGE_CONNECTIONS):
        yield action("Connect Cursor", "plug", href="/settings/api-keys#connect", also="add api key provider")
    yield action("Copy link to this page", "link", act="copy-link", also="share url")
    for theme, label in _THEMES:
        yield action(
            label,
            {"system": "system", "light": "sun", "dark": "moon"}[theme],
            act=f"press theme-{theme}",
            also="switch colours mode",
        )
    yield action("Keyboard shortcuts", "question", href=SHORTCUTS, key="?", also="keys help")


def _documentation() -> Iterable[Entry]:
    yield Entry(
        kind="Help", label="Documentation", icon="book", href="/docs", key="G H", also="help docs manual"
    )
    for page in pages():
        yield Entry(
            kind="Help", label=page.title, icon="book", href=page.href, also=f"help docs {page.summary}"
        )


def _shown(entry: Entry) -> dict[str, Any]:
    names = ("kind", "label", "icon", "href", "act", "hint", "key")
    return {name: value for name in names if (value := getattr(entry, name))}


def _page_before(request: Request) -> str:
    """Return the page of ours that led here; nothing where none did."""
    before = urlsplit(request.headers.get("referer", ""))
    if before.netloc != request.url.netloc or before.path == HERE:
        return ""
    return before.path + (f"?{before.query}" if before.query else "")
