"""Events: the last level of every figure, one by one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.spend.listing import EventPage, ListedEvent
from finora.spend.query import InvalidQuery
from finora.values.money import usd_display
from finora.web import controls, formats
from finora.web.event_view import BASES, EventView
from finora.web.explore import EDITING
from finora.web.filters import FilterEditor, chips_of
from finora.web.links import View
from finora.web.routing import Route
from finora.web.site import Heading, Site, Visit
from finora.web.words import Told

_PAGE = 50
_COLUMNS = (
    {"key": "time", "label": "Time"},
    {"key": "person", "label": "Person", "keep": True},
    {"key": "model", "label": "Model"},
    {"key": "type", "label": "Event type"},
    {"key": "billing", "label": "Billing"},
    {"key": "tokens", "label": "Tokens", "numeric": True},
    {"key": "cost", "label": "Cost", "numeric": True, "keep": True},
)


class Events:
    """The list of events, and a page for each."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return their routes."""
        return (Route("GET", "/events", self.list), Route("GET", "/events/{event_id}", self.show))

    def list(self, request: Request) -> Response:
        """List the events of a period and filters, newest first."""
        site, links = self._site, self._site.links
        visit = site.visit(request)
        found = links.read(request.query_params.multi_items(), EDITING | {"cursor"})
        view = View(
            query=replace(links.defaults, period=found.view.query.period, filters=found.view.query.filters)
        )
        editor = FilterEditor(site, view, self._href)
        entered = editor.entered(request)
        if entered is not None:
            return site.go(links.events(entered))
        page, problems = self._page(visit, view, request.query_params.get("cursor"))
        span = site.workspace.spend.plan(view.query).span
        told = (*found.problems, *problems)
        return site.page(
            visit,
            "events.html",
            Heading(
                title="Events", active="events", announce=f"{formats.plural(len(page.events), 'event')} shown"
            ),
            notices=tuple(Told(title="Part of the address was left out", text=problem) for problem in told),
            chips=chips_of(site, view, self._href, visit.own),
            editor=editor.model(request, visit.own),
            period=controls.period_choices(view, self._href),
            period_text=formats.period_text(view.query.period, span, site.zone),
            dates_text=formats.span_text(span, site.zone),
            keep=[("f", value) for name, value in links.parameters(view) if name == "f"],
            columns=list(_COLUMNS),
            rows=[self._row(event) for event in page.events],
            bases=BASES,
            next_href=links.events(view.query, ("cursor", page.next_cursor)) if page.next_cursor else None,
            first_href=links.events(view.query) if request.query_params.get("cursor") else None,
            explore_href=links.explore(view),
            files={form: links.event_file(view.query, form) for form in ("csv", "jsonl", "parquet")},
            wide_href="/events?period=all",
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

    def _href(self, view: View) -> str:
        return self._site.links.events(view.query)

    def _page(self, visit: Visit, view: View, cursor: str | None) -> tuple[EventPage, tuple[str, ...]]:
        spend = self._site.workspace.spend
        try:
            return spend.events(view.query, cursor=cursor, limit=_PAGE, own=visit.own), ()
        except InvalidQuery as problem:
            if cursor is None:
                raise
            return spend.events(view.query, limit=_PAGE, own=visit.own), (problem.message,)

    def _row(self, event: ListedEvent) -> dict[str, Any]:
        zone = self._site.zone
        basis = event.type_basis.key
        mark = " ≈" if basis == "activity" else ""
        return {
            "id": f"event-{event.id}",
            "href": f"/events/{event.id}",
            "title": "Open this event",
            "cells": {
                "time": {
                    "text": formats.moment(event.at, zone),
                    "exact": formats.precise_moment(event.at, zone),
                },
                "person": event.person_label,
                "model": event.model_label,
                "type": {"text": event.event_type_label + mark, "exact": BASES[basis]},
                "billing": {
                    "text": event.billing_class.key.replace("_", " ").capitalize(),
                    "exact": event.kind,
                },
                "tokens": {"text": formats.count_short(event.tokens), "exact": f"{event.tokens:,} tokens"},
                "cost": None if event.cost is None else {"text": usd_display(event.cost)},
            },
        }
