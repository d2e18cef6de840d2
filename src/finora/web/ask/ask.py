"""The page that answers a question in plain English."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.ask import Answer, Asked, Chip, charted
from finora.ask.words import MOST_CHARACTERS
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.event_order import EventOrder
from finora.spend.query import CHANGE, Filter, SpendQuery
from finora.spend.result import Group, SpendResult
from finora.spend.url import filter_text
from finora.values.interval import suited_interval
from finora.web.address.links import View, address, equal, fixed, narrowed, without_filter
from finora.web.ask.table import table_of
from finora.web.figures import formats
from finora.web.figures.charts import MOST_SERIES, Drawing, chart_of, read_buckets, series_key
from finora.web.figures.headline import comparing, summary
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit

Json = dict[str, Any]


_NO_FIGURES: Json = {
    "chips": [],
    "columns": [],
    "rows": [],
    "totals": None,
    "explore_href": "",
    "events_href": "",
    "chart": None,
    "chart_title": "",
    "dates_text": "",
}


class AskPage:
    """The page Ask: a question in its address, and the answer."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return its routes."""
        return (Route("GET", "/ask", self.show),)

    def show(self, request: Request) -> Response:
        """Answer a question."""
        visit = self._site.visit(request)
        question = request.query_params.get("q", "").strip()[:MOST_CHARACTERS]
        if not question:
            return self._empty(visit)
        asked = Asked(asker=visit.principal.email, own=visit.own, previous=self._previous(request))
        answer = self._site.workspace.ask.answer(question, asked)
        title = "Answer" if answer.found else "Not understood"
        return self._site.page(
            visit,
            "ask.html",
            Heading(title="Ask", active="ask", announce=f"{title}. {answer.sentence}"),
            question=question,
            continues=self._site.links.continued(answer.query) if answer.query else "",
            asked=True,
            sentence=answer.sentence,
            confidence=answer.confidence,
            suggestions=self._linked(answer.suggestions),
            suggestions_title="You could ask",
            **self._figures(visit, answer),
        )

    def _empty(self, visit: Visit) -> Response:
        offered = self._site.workspace.ask.suggest("", Asked(own=visit.own))
        return self._site.page(
            visit,
            "ask.html",
            Heading(title="Ask", active="ask"),
            asked=False,
            **_NO_FIGURES,
            suggestions=self._linked(offered),
            suggestions_title="Questions that Finora answers",
        )

    def _previous(self, request: Request) -> SpendQuery | None:
        after = request.query_params.get("after", "")
        return self._site.links.read_continued(after) if after else None

    def _linked(self, questions: Iterable[str]) -> list[Json]:
        return [{"text": each, "href": address("/ask", [("q", each)])} for each in questions]

    def _chip(self, answer: Answer, chip: Chip) -> Json:
        """Return a chip with the ways to change what it says: both lead into Explore."""
        query = answer.query
        edit, remove = "", ""
        if query is not None and chip.parameters:
            edit = self._explore(query)
            place = next((at for at, each in enumerate(query.filters) if _says(each, chip)), None)
            if place is not None:
                remove = self._explore(without_filter(query, place))
                edit = self._site.links.explore(_view(query), ("filter", query.filters[place].dimension))
        return {"kind": chip.kind, "text": chip.text, "edit": edit, "remove": remove}

    def _explore(self, query: SpendQuery) -> str:
        return self._site.links.explore(_view(query))

    def _figures(self, visit: Visit, answer: Answer) -> Json:
        table = table_of(answer, self._site.zone)
        shown: Json = _NO_FIGURES | {
            "chips": [self._chip(answer, chip) for chip in answer.chips],
            "columns": table.columns,
            "rows": table.rows,
            "totals": table.totals,
        }
        if answer.query is None or answer.result is None:
            return shown
        query = answer.query
        return shown | {
            "explore_href": self._explore(query),
            "events_href": self._site.links.events(query, *_event_order(answer)),
            **self._chart(visit, query),
        }

    def _chart(self, visit: Visit, query: SpendQuery) -> Json:
        site = self._site
        span = site.workspace.spend.plan(query).span
        metrics = tuple(dict.fromkeys((*query.metrics, "events")))
        over_time = replace(charted(query), metrics=metrics, interval=query.interval or suited_interval(span))
        result = site.workspace.spend.answer(over_time, own=visit.own)
        if result.value(result.totals, "events") == 0:
            return {}
        metric = query.metrics[0]
        by = f" by {DIMENSIONS[query.dimensions[0]].label.lower()}" if query.dimensions else ""
        return {
            "chart": self._drawn(over_time, result),
            "chart_title": f"{METRICS[metric].label}{by}",
            "dates_text": formats.span_text(result.span, site.zone),
        }

    def _drawn(self, query: SpendQuery, result: SpendResult) -> Json:
        site = self._site
        coverage = site.coverage(site.workspace.connections.all())
        buckets = read_buckets(result, coverage, site.zone)
        keys = [series_key(group) for group in result.groups[:MOST_SERIES]]
        colours = site.standings.of(query.dimensions[0]).colours(keys) if query.dimensions else {}

        def series_href(group: Group) -> str:
            if not query.dimensions:
                return self._explore(query)
            return self._explore(narrowed(query, equal(query.dimensions[0], group.keys[0])))

        drawing = Drawing(
            metric=query.metrics[0],
            colours=colours,
            series_href=series_href,
            bucket_href=lambda bucket: self._explore(
                replace(query, period=fixed(bucket.start, bucket.end), interval=None)
            ),
            events_href=lambda bucket: site.links.events(
                replace(query, period=fixed(bucket.start, bucket.end))
            ),
            other_href=self._explore(query),
            summary=summary(result, query.metrics[0], comparing(result, coverage), buckets),
        )
        return chart_of(result, buckets, drawing)


def _says(each: Filter, chip: Chip) -> bool:
    return chip.parameters == (("f", filter_text(each)),)


def _event_order(answer: Answer) -> list[tuple[str, str]]:
    """Return the order of the events that are asked for as the page of events takes it; nothing for newest first."""
    by = answer.found.events_by if answer.found else ""
    return [("order", str(EventOrder(by)))] if by else []


def _view(query: SpendQuery) -> View:
    """Return a query as Explore shows it: by one dimension, with the one metric."""
    metric = query.metrics[0]
    order = tuple(each for each in query.order if each.by in (metric, CHANGE, *query.dimensions[:1]))
    return View(
        query=replace(
            query,
            metrics=(metric,),
            dimensions=query.dimensions[:1] or ("model",),
            order=order,
            offset=0,
            limit=min(query.limit, 50),
        )
    )
