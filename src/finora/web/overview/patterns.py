"""Patterns: when the money goes, by day and by hour, and into which models; the overview shows them below its panels."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.spend.query import SpendQuery
from finora.spend.result import SpendResult
from finora.values.interval import Interval
from finora.values.period import Period, midnight
from finora.web.address import controls
from finora.web.address.links import View, regrouped
from finora.web.figures.formats import period_text, span_text
from finora.web.figures.shapes import calendar_of, grid_of, tree_of
from finora.web.overview.overview import measure_of
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit

_YEAR = timedelta(days=364)
_HOURS = 24
_WEEKDAYS = 7
_MANY_MODELS = 200


class Patterns:
    """The page Patterns."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", "/patterns", self.show),)

    def show(self, request: Request) -> Response:
        """Show the patterns of a period; days are those of a year, as one sees no pattern in fewer."""
        site, visit = self._site, self._site.visit(request)
        asked = site.links.read(request.query_params.multi_items())
        query = replace(site.links.defaults, period=asked.view.query.period, compare=None, dimensions=())
        headline = site.workspace.spend.answer(
            replace(query, metrics=("spend", "usage_value")), own=visit.own
        )
        query = replace(query, metrics=(measure_of(headline),))
        by_model = self._by_model(query, visit)
        view = View(query=query)
        return site.page(
            visit,
            "patterns.html",
            Heading(title="Patterns", active="overview"),
            period=controls.period_choices(view, site.links.patterns),
            period_text=period_text(query.period, by_model.span, site.zone),
            dates_text=span_text(by_model.span, site.zone),
            before=controls.stepped(view, by_model.span, site.links.patterns, forward=False),
            after=controls.stepped(view, by_model.span, site.links.patterns, forward=True),
            can_go_on=by_model.span.end <= site.now(),
            **self._charts(query, by_model, visit),
        )

    def _charts(self, query: SpendQuery, by_model: SpendResult, visit: Visit) -> dict[str, Any]:
        links = self._site.links
        colours = self._site.standings.of("vendor").colours(group.keys[0] for group in by_model.groups)
        by_hour = self._by_hour(query, visit)
        return {
            "days": self._calendar(query, visit),
            "hours": grid_of(by_hour, links),
            "tree": tree_of(by_model, links, colours),
            "hours_href": links.explore(View(query=by_hour.query)),
            "models_href": links.explore(View(query=regrouped(query, "vendor", "model"))),
        }

    def _calendar(self, query: SpendQuery, visit: Visit) -> dict[str, Any]:
        site = self._site
        today = site.now().astimezone(site.zone).date()
        first = today - timedelta(days=today.weekday()) - _YEAR
        year = Period.absolute(midnight(first, site.zone), midnight(today + timedelta(days=1), site.zone))
        found = site.workspace.spend.answer(replace(query, period=year, interval=Interval.DAY), own=visit.own)
        return calendar_of(found, site.coverage(site.workspace.connections.all()), site.links, site.zone)

    def _by_hour(self, query: SpendQuery, visit: Visit) -> SpendResult:
        asked = replace(query, dimensions=("weekday", "hour"), limit=_WEEKDAYS * _HOURS)
        return self._site.workspace.spend.answer(asked, own=visit.own)

    def _by_model(self, query: SpendQuery, visit: Visit) -> SpendResult:
        asked = replace(query, dimensions=("vendor", "family", "model"), limit=_MANY_MODELS)
        return self._site.workspace.spend.answer(asked, own=visit.own)
