"""Explore: any metric by one or two dimensions over any period, and every control a link."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from finora.entity_tag import entity_tag, unchanged
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.rendering import result_to_json
from finora.spend.result import Group, SpendResult
from finora.values.interval import Interval
from finora.values.period import Period
from finora.web.address import controls
from finora.web.address.links import Links, TableKind, View, equal, fixed, narrowed, regrouped
from finora.web.address.show_query import shown
from finora.web.explore.asking import page_answer, whole_query
from finora.web.explore.choices import ExploreChoices
from finora.web.explore.files import attached, csv_of
from finora.web.explore.filters import FilterEditor, chips_of
from finora.web.explore.matrix import MatrixMaker
from finora.web.explore.table import TableMaker, Way
from finora.web.figures import formats
from finora.web.figures.charts import Bucket, Drawing, chart_of, read_buckets, series_key
from finora.web.figures.coverage import Coverage
from finora.web.figures.headline import Comparing, comparing, summary, tiles
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

EDITING = frozenset({"filter", "operator", "value"})
"""The address's own parameters: the filter being edited, and what was entered."""
_MOST_DIMENSIONS = 2


class Explore:
    """The page Explore and its files."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._links: Links = site.links
        self._row_ways: Callable[..., str] = vars(site.templates.get_template("pages/row_ways.html").module)[
            "row_ways"
        ]

    def routes(self) -> Iterable[Route]:
        """Return its routes."""
        return (
            Route("GET", "/explore", self.show),
            Route("GET", "/explore.json", self.as_json),
            Route("GET", "/explore.csv", self.as_csv),
        )

    def show(self, request: Request) -> Response:
        """Show the page."""
        visit = self._site.visit(request)
        found = self._links.read(request.query_params.multi_items(), EDITING)
        view = self._grouped(found.view)
        editor = FilterEditor(self._site, view, self._links.explore)
        entered = editor.entered(request)
        if entered is not None:
            return self._site.go(self._links.explore(view.asking(entered)))
        result = page_answer(self._site.workspace.spend, view, self._interval(view), visit.own)
        notices = tuple(
            Told(title="Part of the address was left out", text=problem) for problem in found.problems
        )
        title = self._title(view, result)
        connections = self._site.workspace.connections.all()
        return self._site.page(
            visit,
            "explore.html",
            Heading(title="Explore", active="explore", announce=title),
            notices=notices,
            view=view,
            result=result,
            connections=connections,
            **self._content(visit, view, result, self._site.coverage(connections)),
            editor=editor.model(request, visit.own),
        )

    def as_json(self, request: Request) -> Response:
        """Return what is on the page as JSON."""
        visit = self._site.visit(request)
        view = self._grouped(self._links.read(request.query_params.multi_items(), EDITING).view)
        tag = self._tag(visit, view, "json")
        if known := unchanged(request, tag):
            return known
        headers = attached(view, "json") | {"ETag": tag}
        return JSONResponse(result_to_json(self._answer(visit, view)), headers=headers)

    def as_csv(self, request: Request) -> Response:
        """Return the page's table as CSV."""
        visit = self._site.visit(request)
        view = self._grouped(self._links.read(request.query_params.multi_items(), EDITING).view)
        tag = self._tag(visit, view, "csv")
        if known := unchanged(request, tag):
            return known
        result = self._answer(visit, view)
        if view.table is TableKind.TOTALS:
            result = replace(result, plan=replace(result.plan, query=replace(result.query, interval=None)))
        headers = attached(view, "csv") | {"ETag": tag}
        return Response(csv_of(result), media_type="text/csv; charset=utf-8", headers=headers)

    def _grouped(self, view: View) -> View:
        """Return the view by as many dimensions as the page shows: one, or two."""
        dimensions = view.query.dimensions[:_MOST_DIMENSIONS] or ("model",)
        if dimensions == view.query.dimensions:
            return view
        return replace(view, query=regrouped(view.query, *dimensions))

    def _answer(self, visit: Visit, view: View) -> SpendResult:
        asked = whole_query(view, self._interval(view))
        return self._site.workspace.spend.answer(asked, own=visit.own)

    def _tag(self, visit: Visit, view: View, form: str) -> str:
        asked = whole_query(view, self._interval(view))
        state = self._site.workspace.spend.state_of(asked, own=visit.own)
        return entity_tag(state, form, view.table.value)

    def _interval(self, view: View) -> Interval:
        return controls.interval_for(view.query, self._site.workspace.spend.plan(view.query).span)

    def _content(self, visit: Visit, view: View, result: SpendResult, coverage: Coverage) -> dict[str, Any]:
        site, query = self._site, view.query
        compare = comparing(result, coverage)
        buckets = read_buckets(result, coverage, site.zone)
        colours = self._colours(view, result)
        choices = ExploreChoices(view, self._links)
        interval = result.query.interval or controls.interval_for(query, result.span)
        href = self._links.explore(view)
        return {
            "continues": self._links.continued(query),
            "keep": [
                each
                for each in self._links.parameters(view)
                if each[0] not in {"period", "from", "to", "interval"}
            ],
            "period": controls.period_choices(view, self._links.explore),
            "period_text": formats.period_text(query.period, result.span, site.zone),
            "dates_text": formats.span_text(result.span, site.zone),
            "before": controls.stepped(view, result.span, self._links.explore, forward=False),
            "after": controls.stepped(view, result.span, self._links.explore, forward=True),
            "can_go_on": result.span.end <= site.now(),
            "compare": controls.comparison_choices(view, self._links.explore),
            "intervals": controls.interval_choices(view, result.span, interval, self._links.explore),
            "choices": choices,
            "subject": self._subject(view),
            "tiles": tiles(result, compare, choices.measuring, query.metrics[0]),
            "chips": chips_of(site, view, self._links.explore, visit.own),
            "chart": chart_of(result, buckets, self._drawing(view, result, compare, buckets, colours)),
            "table": self._table(view, result, compare, colours, buckets),
            "events_href": self._links.events(query),
            "csv_href": self._links.explore(view, path="/explore.csv"),
            "json_href": self._links.explore(view, path="/explore.json"),
            "event_files": {
                form: self._links.event_file(query, form) for form in ("csv", "jsonl", "parquet")
            },
            "asked": shown(query, site.workspace.settings.public_url, href),
            "fixed_href": self._links.explore(
                view.having(period=Period.absolute(result.span.start, result.span.end))
            ),
            "is_empty": not result.value(result.totals, "events") and not result.totals.values[0],
            "wide_href": self._links.explore(view.having(period=Period.relative("all"), filters=())),
        }

    def _colours(self, view: View, result: SpendResult) -> dict[str, int]:
        # Pairs of values have no standing of their own; each pair keeps the colour its name gives it.
        first, *further = view.query.dimensions
        standing = self._site.standings.of("conversation" if further else first)
        return standing.colours(series_key(group) for group in result.groups)

    def _table(
        self,
        view: View,
        result: SpendResult,
        compare: Comparing,
        colours: dict[str, int],
        buckets: list[Bucket],
    ) -> dict[str, Any]:
        maker = TableMaker(
            view=view, links=self._links, colours=colours, compare=compare, draw_ways=self._draw_ways
        )
        if view.table is TableKind.PERIODS:
            matrix = MatrixMaker(maker, result, buckets)
            return {
                "columns": matrix.columns(),
                "rows": matrix.rows(),
                "totals": matrix.totals(),
                "wide": True,
            }
        return {
            "columns": maker.columns(result),
            "rows": maker.rows(result),
            "totals": maker.totals(result),
            "wide": False,
        }

    def _drawing(
        self,
        view: View,
        result: SpendResult,
        compare: Comparing,
        buckets: list[Bucket],
        colours: dict[str, int],
    ) -> Drawing:
        metric = view.query.metrics[0]

        def series_href(group: Group) -> str:
            pairs = zip(view.query.dimensions, group.keys, strict=True)
            only = narrowed(view.query, *(equal(name, key) for name, key in pairs))
            return self._links.explore(view.asking(only))

        def within(bucket: Bucket) -> View:
            return view.having(period=fixed(bucket.start, bucket.end), interval=None)

        zoomed = view.having(period=self._links.defaults.period, interval=None)
        return Drawing(
            metric=metric,
            kind=view.chart,
            scale=view.scale,
            colours=colours,
            series_href=series_href,
            bucket_href=lambda bucket: self._links.explore(within(bucket)),
            events_href=lambda bucket: self._links.events(within(bucket).query),
            other_href=self._links.explore(view.having(limit=min(view.query.limit + 25, 1000))),
            summary=summary(result, metric, compare, buckets),
            before=compare.than if compare.sound else None,
            hidden=view.hidden,
            hide_href=lambda keys: self._links.explore(replace(view, hidden=tuple(keys))),
            zoom=self._links.zooming(zoomed),
            reset=self._links.explore(zoomed) if view.query.period.start else None,
        )

    def _draw_ways(self, row_id: str, label: str, ways: Sequence[Way]) -> Markup:
        """Draw the ways on at a row's end."""
        return Markup(self._row_ways(row_id, label, ways))  # noqa: S704 - the macro escapes what it is given

    def _title(self, view: View, result: SpendResult) -> str:
        total = formats.figure(view.query.metrics[0], result.totals.values[0]).text
        return f"{self._subject(view)}: {total}"

    def _subject(self, view: View) -> str:
        by = " and ".join(DIMENSIONS[name].label.lower() for name in view.query.dimensions)
        return f"{METRICS[view.query.metrics[0]].label} by {by}"
