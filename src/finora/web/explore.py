"""Explore: any metric by any dimension over any period, and every control a link."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.rendering import result_to_json, rows
from finora.spend.result import Group, SpendResult
from finora.values.period import Period
from finora.web import controls, formats
from finora.web.charts import Bucket, Drawing, chart_of, read_buckets, series_key
from finora.web.explore_table import TableMaker, measured_metrics
from finora.web.filters import FilterEditor, chips_of
from finora.web.headline import Comparing, comparing, summary, tiles
from finora.web.links import ChartKind, Links, View, equal, fixed, measured, narrowed, regrouped
from finora.web.routing import Route
from finora.web.show_query import shown
from finora.web.site import Heading, Site, Visit
from finora.web.words import Told

TABS = ("model", "person", "team", "event_type", "vendor", "billing")
EDITING = frozenset({"filter", "operator", "value"})
"""The address's own parameters: the filter being edited, and what was entered."""


class Explore:
    """The page Explore and its files."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._links: Links = site.links
        self._link_button: Callable[..., str] = vars(
            site.templates.get_template("components/button.html").module
        )["link_button"]

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
            return self._site.go(self._links.explore(replace(view, query=entered)))
        result = self._answer(visit, view)
        notices = tuple(
            Told(title="Part of the address was left out", text=problem) for problem in found.problems
        )
        title = self._title(view, result)
        return self._site.page(
            visit,
            "explore.html",
            Heading(title="Explore", active="explore", announce=title),
            notices=notices,
            view=view,
            result=result,
            **self._content(visit, view, result),
            editor=editor.model(request, visit.own),
        )

    def as_json(self, request: Request) -> Response:
        """Return what is on the page as JSON."""
        visit = self._site.visit(request)
        view = self._grouped(self._links.read(request.query_params.multi_items(), EDITING).view)
        return JSONResponse(result_to_json(self._answer(visit, view)), headers=_attached(view, "json"))

    def as_csv(self, request: Request) -> Response:
        """Return the page's table as CSV."""
        visit = self._site.visit(request)
        view = self._grouped(self._links.read(request.query_params.multi_items(), EDITING).view)
        result = self._answer(visit, view)
        plain = replace(result, plan=replace(result.plan, query=replace(result.query, interval=None)))
        return Response(_csv(plain), media_type="text/csv; charset=utf-8", headers=_attached(view, "csv"))

    def _grouped(self, view: View) -> View:
        """Return the view with the one dimension that the page is by."""
        dimensions = view.query.dimensions[:1] or ("model",)
        return (
            view
            if dimensions == view.query.dimensions
            else replace(view, query=regrouped(view.query, *dimensions))
        )

    def _answer(self, visit: Visit, view: View) -> SpendResult:
        spend = self._site.workspace.spend
        span = spend.plan(view.query).span
        asked = replace(
            view.query, metrics=measured_metrics(view.query), interval=controls.interval_for(view.query, span)
        )
        return spend.answer(asked, own=visit.own)

    def _content(self, visit: Visit, view: View, result: SpendResult) -> dict[str, Any]:
        site, query = self._site, view.query
        coverage = site.coverage(site.workspace.connections.all())
        compare = comparing(result, coverage)
        buckets = read_buckets(result, coverage, site.zone)
        colours = site.standings.of(query.dimensions[0]).colours(series_key(group) for group in result.groups)
        table = TableMaker(
            view=view, links=self._links, colours=colours, compare=compare, way_on=self._way_on
        )
        interval = result.query.interval or controls.interval_for(query, result.span)
        href = self._links.explore(view)
        return {
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
            "kinds": self._kinds(view),
            "tabs": self._tabs(view),
            "more_dimensions": self._more(view),
            "metrics": self._metrics(view),
            "tiles": tiles(result, compare, lambda name: self._measuring(view, name), query.metrics[0]),
            "chips": chips_of(site, view, self._links.explore, visit.own),
            "chart": chart_of(result, buckets, self._drawing(view, result, compare, buckets, colours)),
            "columns": table.columns(result),
            "rows": table.rows(result),
            "totals": table.totals(result),
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
            "is_empty": result.totals.values[result.query.metrics.index("events")] == 0,
            "wide_href": self._links.explore(view.having(period=Period.relative("all"), filters=())),
        }

    def _drawing(
        self,
        view: View,
        result: SpendResult,
        compare: Comparing,
        buckets: list[Bucket],
        colours: dict[str, int],
    ) -> Drawing:
        dimension, metric = view.query.dimensions[0], view.query.metrics[0]

        def series_href(group: Group) -> str:
            only = narrowed(view.query, equal(dimension, group.keys[0]))
            return self._links.explore(View(query=only, chart=view.chart))

        return Drawing(
            metric=metric,
            kind=view.chart,
            colours=colours,
            series_href=series_href,
            bucket_href=lambda bucket: self._links.explore(
                view.having(period=fixed(bucket.start, bucket.end), interval=None)
            ),
            other_href=self._links.explore(view.having(limit=min(view.query.limit + 25, 1000))),
            summary=summary(result, metric, compare, buckets),
        )

    def _way_on(self, href: str, words: str) -> Markup:
        """Draw the arrow at a row's end."""
        drawn: str = self._link_button(
            words, href, kind="quiet", icon="chevron-right", small=True, hide_label=True
        )
        return Markup(drawn)  # noqa: S704 - the macro escapes what it is given

    def _title(self, view: View, result: SpendResult) -> str:
        metric, dimension = view.query.metrics[0], view.query.dimensions[0]
        total = formats.figure(metric, result.totals.values[0]).text
        return f"{METRICS[metric].label} by {DIMENSIONS[dimension].label.lower()}: {total}"

    def _measuring(self, view: View, metric: str) -> str:
        return self._links.explore(replace(view, query=measured(view.query, metric)))

    def _kinds(self, view: View) -> list[controls.Choice]:
        return [
            controls.Choice(
                label=kind.value.capitalize(),
                href=self._links.explore(replace(view, chart=kind)),
                current=view.chart is kind,
            )
            for kind in ChartKind
        ]

    def _by(self, view: View, dimension: str) -> controls.Choice:
        href = self._links.explore(replace(view, query=regrouped(view.query, dimension)))
        return controls.Choice(
            label=DIMENSIONS[dimension].label, href=href, current=view.query.dimensions == (dimension,)
        )

    def _tabs(self, view: View) -> list[controls.Choice]:
        present = view.query.dimensions[0]
        names = TABS if present in TABS else (*TABS, present)
        return [self._by(view, name) for name in names]

    def _more(self, view: View) -> list[controls.Choice]:
        return [self._by(view, name) for name in DIMENSIONS if name not in TABS]

    def _metrics(self, view: View) -> list[controls.Choice]:
        return [
            controls.Choice(
                label=metric.label,
                href=self._measuring(view, metric.name),
                current=view.query.metrics[0] == metric.name,
            )
            for metric in METRICS.values()
        ]


def _attached(view: View, form: str) -> dict[str, str]:
    query = view.query
    period = query.period.key or f"{query.period.start:%Y-%m-%d}-to-{query.period.end:%Y-%m-%d}"
    name = f"finora-{query.metrics[0]}-by-{query.dimensions[0]}-{period}.{form}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _csv(result: SpendResult) -> str:
    """Return a result's rows, the rest and the totals as CSV; what a spreadsheet took for a formula is kept as text."""
    out = io.StringIO()
    dimension = result.query.dimensions[0]
    names = [dimension, f"{dimension}_label", *result.query.metrics]
    compared = result.plan.compared is not None
    writer = csv.writer(out)
    writer.writerow([*names, *(f"previous_{metric}" for metric in result.query.metrics if compared)])
    for row in rows(result):
        previous: Any = row.get("previous", {})
        figures = [row[metric] for metric in result.query.metrics]
        before = [previous[metric] for metric in result.query.metrics] if compared else []
        writer.writerow([_text(row[dimension]), _text(row[f"{dimension}_label"]), *figures, *before])
    return out.getvalue()


def _text(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
