"""Events: the last level of every figure, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.responses import Response

from finora.spend.event_order import NEWEST_FIRST, EventOrder
from finora.spend.listing import MOST_SOUGHT, EventPage, Listing
from finora.spend.query import InvalidQuery
from finora.spend.service import EventNotFound
from finora.values.money import usd_display
from finora.web.address import controls
from finora.web.address.links import View
from finora.web.events.table import EventTable
from finora.web.events.view import EventView
from finora.web.explore.explore import EDITING
from finora.web.explore.filters import FilterEditor, chips_of
from finora.web.figures import formats
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

_PAGE = 50
_OWN = frozenset({"cursor", "order", "find", "event"})
"""The address's own parameters: where the page begins, its order, what is searched, and the event that is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an address asks for, beside its period and filters."""

    listing: Listing
    event: str | None
    problems: tuple[str, ...]


class Events:
    """The list of events, and a page for each."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return their routes."""
        return (Route("GET", "/events", self.list), Route("GET", "/events/{event_id}", self.show))

    def list(self, request: Request) -> Response:
        """List the events of a period and filters; one of them may be open beside the list."""
        site, links = self._site, self._site.links
        visit = site.visit(request)
        found = links.read(request.query_params.multi_items(), EDITING | _OWN)
        view = View(
            query=replace(links.defaults, period=found.view.query.period, filters=found.view.query.filters)
        )
        asked = _asked(request)
        table = EventTable(
            links=links, zone=site.zone, query=view.query, listing=asked.listing, opened=asked.event
        )
        editor = FilterEditor(site, view, table.filtered)
        entered = editor.entered(request)
        if entered is not None:
            return site.go(table.filtered(view.asking(entered)))
        page, problems = self._page(visit, view, asked)
        span = site.workspace.spend.plan(view.query).span
        return site.page(
            visit,
            "events.html",
            Heading(
                title="Events", active="events", announce=f"{formats.plural(len(page.events), 'event')} shown"
            ),
            notices=tuple(
                Told(title="Part of the address was left out", text=problem)
                for problem in (*found.problems, *asked.problems, *problems)
            ),
            chips=chips_of(site, view, table.filtered, visit.own),
            editor=editor.model(request, visit.own),
            period=controls.period_choices(view, table.filtered),
            period_text=formats.period_text(view.query.period, span, site.zone),
            dates_text=formats.span_text(span, site.zone),
            before=controls.stepped(view, span, table.filtered, forward=False),
            after=controls.stepped(view, span, table.filtered, forward=True),
            can_go_on=span.end <= site.now(),
            table=table,
            page_rows=[table.row(event) for event in page.events],
            opened=self._opened(visit, asked.event),
            next_href=table.page(page.next_cursor) if page.next_cursor else None,
            first_href=table.page(None) if asked.listing.cursor else None,
            explore_href=links.explore(view),
            files={form: links.event_file(view.query, form) for form in ("csv", "jsonl", "parquet")},
            wide_href="/events?period=all",
            outside=None if page.events else self._opened(visit, asked.listing.named_event),
        )

    def show(self, request: Request, event_id: str) -> Response:
        """Show all that is known of one event."""
        visit = self._site.visit(request)
        event, former = self._site.workspace.spend.event(event_id, own=visit.own)
        view = EventView(event=event, former=former, links=self._site.links, zone=self._site.zone)
        cost = "no price" if event.cost is None else usd_display(event.cost)
        return self._site.page(
            visit,
            "event.html",
            Heading(title=f"{event.event_type_label} by {event.person_label}, {cost}", active="events"),
            event=view,
        )

    def _opened(self, visit: Visit, event_id: str | None) -> EventView | None:
        """Return an event to show in or beside the list; none where it is none, or not the reader's own."""
        if event_id is None:
            return None
        try:
            event, former = self._site.workspace.spend.event(event_id, own=visit.own)
        except (EventNotFound, InvalidQuery):
            return None
        return EventView(event=event, former=former, links=self._site.links, zone=self._site.zone)

    def _page(self, visit: Visit, view: View, asked: _Asked) -> tuple[EventPage, tuple[str, ...]]:
        spend = self._site.workspace.spend
        try:
            return spend.events(view.query, asked.listing, limit=_PAGE, own=visit.own), ()
        except InvalidQuery as problem:
            if asked.listing.cursor is None:
                raise
            first = replace(asked.listing, cursor=None)
            return spend.events(view.query, first, limit=_PAGE, own=visit.own), (problem.message,)


def _asked(request: Request) -> _Asked:
    given = request.query_params
    order = NEWEST_FIRST
    problems: tuple[str, ...] = ()
    if "order" in given:
        try:
            order = EventOrder.parse(given["order"])
        except InvalidQuery as problem:
            problems = (problem.message,)
    sought = given.get("find", "").strip()[:MOST_SOUGHT]
    return _Asked(
        listing=Listing(order=order, sought=sought, cursor=given.get("cursor")),
        event=given.get("event"),
        problems=problems,
    )
