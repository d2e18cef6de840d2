"""The table of single events, and the addresses of its orders, pages and rows."""

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.event_order import NEWEST_FIRST, ORDERS, EventOrder
from finora.spend.listing import ListedEvent, Listing
from finora.spend.query import SpendQuery
from finora.web.address.links import Links, View
from finora.web.events.view import BASES
from finora.web.figures import formats

_COLUMNS = (
    {"key": "time", "label": "Time"},
    {"key": "person", "label": "Person", "keep": True},
    {"key": "model", "label": "Model"},
    {"key": "type", "label": "Event type"},
    {"key": "billing", "label": "Billing"},
    {"key": "tokens", "label": "Tokens", "numeric": True},
    {"key": "cost", "label": "Cost", "numeric": True, "keep": True},
)
_TOLD_BESIDE = frozenset({"type", "billing"})
"""Columns that the open event tells anyway."""
_SORTED = {
    ("time", True): "newest first",
    ("time", False): "oldest first",
    ("cost", True): "dearest first",
    ("cost", False): "cheapest first",
    ("tokens", True): "most tokens first",
    ("tokens", False): "fewest tokens first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """A list of events as its page shows it. `opened` is the id of the event beside it."""

    links: Links
    zone: ZoneInfo
    query: SpendQuery
    listing: Listing
    opened: str | None = None

    def filtered(self, view: View) -> str:
        """Return the address of another period or other filters, sorted and searched alike."""
        return self.links.events(view.query, *self._kept())

    def page(self, cursor: str | None) -> str:
        """Return the address of the page that begins at a cursor."""
        return self.links.events(self.query, *self._kept(), *([("cursor", cursor)] if cursor else []))

    @property
    def closed_href(self) -> str:
        """The list with no event beside it."""
        return self.page(self.listing.cursor)

    @property
    def sought(self) -> str:
        """What is searched for."""
        return self.listing.sought

    @property
    def sorted_words(self) -> str:
        """How the list is sorted, in words."""
        return _SORTED[self.listing.order.by, self.listing.order.descending]

    @property
    def keep(self) -> list[tuple[str, str]]:
        """The parameters that a change of the period keeps."""
        return [*self._filters(), *self._kept()]

    @property
    def keep_for_search(self) -> list[tuple[str, str]]:
        """The parameters that a search keeps."""
        dates = self.links.parameters(View(query=replace(self.links.defaults, period=self.query.period)))
        return [*dates, *self._filters(), *(each for each in self._kept() if each[0] != "find")]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns; time, tokens and cost can be sorted by. Beside an open event there is room for fewer."""
        return [
            column | ({"sort": self._sort(str(column["key"]))} if column["key"] in ORDERS else {})
            for column in _COLUMNS
            if not (self.opened and column["key"] in _TOLD_BESIDE)
        ]

    def row(self, event: ListedEvent) -> dict[str, Any]:
        """Return an event as a row that opens it beside the list."""
        basis = event.type_basis.key
        mark = " ≈" if basis == "activity" else ""
        cursor = [("cursor", self.listing.cursor)] if self.listing.cursor else []
        return {
            "id": f"event-{event.id}",
            "href": self.links.events(self.query, *self._kept(), *cursor, ("event", event.id)),
            "title": "Open this event",
            "current": event.id == self.opened,
            "cells": {
                "time": {
                    "text": formats.moment(event.at, self.zone),
                    "exact": formats.precise_moment(event.at, self.zone),
                },
                "person": event.person_label,
                "model": event.model_label,
                "type": {"text": event.event_type_label + mark, "exact": BASES[basis]},
                "billing": {
                    "text": event.billing_class.key.replace("_", " ").capitalize(),
                    "exact": event.kind,
                },
                "tokens": {"text": formats.count_short(event.tokens), "exact": f"{event.tokens:,} tokens"},
                "cost": formats.cost_cell(event.cost),
            },
        }

    def _sort(self, name: str) -> dict[str, Any]:
        order = self.listing.order
        current = order.by == name
        wanted = EventOrder(name, not order.descending if current else True)
        other = replace(self, listing=replace(self.listing, order=wanted, cursor=None))
        return {
            "href": other.page(None),
            "direction": ("desc" if order.descending else "asc") if current else None,
        }

    def _filters(self) -> list[tuple[str, str]]:
        return [each for each in self.links.parameters(View(query=self.query)) if each[0] == "f"]

    def _kept(self) -> list[tuple[str, str]]:
        order = [] if self.listing.order == NEWEST_FIRST else [("order", str(self.listing.order))]
        return [*order, *([("find", self.listing.sought)] if self.listing.sought else [])]
