"""The overview: what is spent, how that moved, and who, what and which model it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.connections import Connection
from finora.spend.catalog import METRICS
from finora.spend.query import CHANGE, MAX_ROWS, SpendQuery
from finora.spend.result import Group, SpendResult
from finora.values.interval import suited_interval
from finora.values.period import Period
from finora.web.address import controls
from finora.web.address.controls import Choice
from finora.web.address.links import View, equal, fixed, measured, narrowed, regrouped, sorted_by
from finora.web.figures.charts import MOST_SERIES, Drawing, chart_of, read_buckets, series_key
from finora.web.figures.coverage import Coverage, Extent
from finora.web.figures.formats import figure, period_text, span_text
from finora.web.figures.headline import HEADLINES, Comparing, comparing, summary, tiles
from finora.web.figures.panels import Panel, bases_text, part_panel, top_panel, type_panel
from finora.web.overview.nothing_read import flat_cost
from finora.web.settings.connection_view import ConnectionView
from finora.web.settings.keeping import view_of
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.site.words import Told

_ALSO = "unpriced_events"
_TILES = ("spend", "usage_value", "subscription_cost", "total_cost", "events", "people")
_TYPES = ("event_type", "basis", "max_mode")
"""Asked for at once, because finer groups cost nothing and a statement does."""
_SWITCH = "subscriptions"
"""The parameter that folds subscriptions into chart and panels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """The answers a whole overview is made of. `measure` is what its chart and panels show."""

    measure: str
    headline: SpendResult
    models: SpendResult
    people: SpendResult | None
    types: SpendResult
    teams: SpendResult | None


class Overview:
    """The first page."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", "/", self.show),)

    def show(self, request: Request) -> Response:
        """Show the overview of a period."""
        site, visit = self._site, self._site.visit(request)
        asked = site.links.read(request.query_params.multi_items(), frozenset({_SWITCH}))
        folded = request.query_params.get(_SWITCH) == "1"
        query = replace(site.links.defaults, period=asked.view.query.period, compare=asked.view.query.compare)
        connections = site.workspace.connections.all()
        coverage = site.coverage(connections)
        heading = Heading(title="Overview", active="overview")
        if coverage.is_empty:
            return self._nothing_yet(visit, heading, connections, query)
        answers = self._answers(query, visit.own, folded=folded)
        content = self._content(query, answers, coverage)
        return site.page(
            visit,
            "overview.html",
            heading,
            notices=(*_not_understood(asked.problems), *_unpriced(answers.headline)),
            connections=connections,
            reading=self._first_reads(connections),
            here=self._here(query, folded=folded),
            **content,
        )

    def _here(self, query: SpendQuery, *, folded: bool) -> str:
        """Return the address of the overview of a query's period, with subscriptions folded in or without."""
        plain = self._site.links.overview(query)
        return f"{plain}{'&' if '?' in plain else '?'}{_SWITCH}=1" if folded else plain

    def _choices(self, query: SpendQuery, result: SpendResult, *, folded: bool) -> dict[str, Any]:
        view = View(query=query)

        def href(chosen: View) -> str:
            return self._here(chosen.query, folded=folded)

        return {
            "keep": [(_SWITCH, "1")] if folded else [],
            "switch": [
                Choice(
                    label="Without subscriptions", href=self._here(query, folded=False), current=not folded
                ),
                Choice(label="With subscriptions", href=self._here(query, folded=True), current=folded),
            ],
            "period": controls.period_choices(view, href),
            "period_text": period_text(query.period, result.span, self._site.zone),
            "dates_text": span_text(result.span, self._site.zone),
            "before": controls.stepped(view, result.span, href, forward=False),
            "after": controls.stepped(view, result.span, href, forward=True),
            "can_go_on": result.span.end <= self._site.now(),
            "compare": controls.comparison_choices(view, href),
        }

    def _nothing_yet(
        self, visit: Visit, heading: Heading, connections: list[Connection], query: SpendQuery
    ) -> Response:
        return self._site.page(
            visit,
            "overview_empty.html",
            heading,
            connections=connections,
            reading=[view_of(self._site, each) for each in connections],
            may_connect=visit.principal.may(Permission.MANAGE_CONNECTIONS),
            flat=flat_cost(self._site, query, visit.own),
        )

    def _first_reads(self, connections: list[Connection]) -> list[ConnectionView]:
        """Return the connections whose history is still being read for the first time."""
        views = [view_of(self._site, each) for each in connections if each.last_sync_at is None]
        return [view for view in views if view.progress is not None]

    def _answers(self, query: SpendQuery, own: str | None, *, folded: bool) -> _Answers:
        """Ask all at once for what most periods show, and again for the few in which the plan covered everything."""
        measure = "total_cost" if folded else "spend"
        answers = self._measured(query, own, measure)
        fitting = measure if folded else measure_of(answers.headline)
        return answers if fitting == measure else self._measured(query, own, fitting)

    def _measured(self, query: SpendQuery, own: str | None, measure: str) -> _Answers:
        short = replace(query, metrics=(measure,))
        interval = suited_interval(self._site.workspace.spend.plan(query).span)
        asked = {
            # Apart from the models, whose statements are then of one metric that can be subtracted.
            "models": replace(short, interval=interval),
            "headline": replace(query, metrics=(*HEADLINES, _ALSO), dimensions=()),
            "types": replace(short, dimensions=_TYPES, compare=None, limit=MAX_ROWS),
        }
        if own is None:
            asked["people"] = replace(short, dimensions=("person",))
            asked["teams"] = replace(short, dimensions=("team",))
        if not self._site.workspace.subscriptions.is_empty():  # else nothing need be asked
            asked["flat"] = replace(query, metrics=("subscription_cost",), dimensions=())
        found = dict(zip(asked, self._site.workspace.spend.answers(*asked.values(), own=own), strict=True))
        return _Answers(
            measure=measure,
            headline=_together(found["headline"], found.get("flat")),
            models=found["models"],
            people=found.get("people"),
            types=found["types"],
            teams=found.get("teams"),
        )

    def _content(self, query: SpendQuery, answers: _Answers, coverage: Coverage) -> dict[str, Any]:
        links, models, measure = self._site.links, answers.models, answers.measure
        folded = measure == "total_cost"
        compare = comparing(models, coverage)
        buckets = read_buckets(models, coverage, self._site.zone)
        colours = self._site.standings.of("model").colours(
            series_key(group) for group in models.groups[:MOST_SERIES]
        )
        by_model = measured(query, measure)

        def into(dimension: str, further: str) -> Callable[[Group], str]:
            def href(group: Group) -> str:
                narrow = narrowed(by_model, equal(dimension, group.keys[0]))
                return links.explore(View(query=regrouped(narrow, further)))

            return href

        def movers(dimension: str) -> str:
            if by_model.compare is None:
                return ""
            fell = models.value(models.totals, measure) < (models.previous(models.totals, measure) or 0)
            ranked = sorted_by(regrouped(by_model, dimension), CHANGE, descending=not fell)
            return f"{links.explore(View(query=ranked))}#groups"

        drawing = Drawing(
            metric=measure,
            colours=colours,
            series_href=into("model", "person"),
            events_href=lambda bucket: links.events(
                replace(by_model, period=fixed(bucket.start, bucket.end))
            ),
            before=compare.than if compare.sound else None,
            zoom=links.zooming(View(query=by_model)),
            bucket_href=lambda bucket: links.explore(
                View(query=replace(by_model, period=fixed(bucket.start, bucket.end)))
            ),
            other_href=links.explore(View(query=replace(by_model, limit=25))),
            summary=summary(models, measure, compare, buckets),
        )
        return {
            "continues": links.continued(replace(by_model, dimensions=(), order=())),
            "measure_label": METRICS[measure].label,
            "money": "US dollars, spend and subscriptions" if folded else "US dollars",
            **self._choices(query, models, folded=folded),
            "tiles": _tiles(
                answers.headline, compare, lambda metric: links.explore(View(query=measured(query, metric)))
            ),
            "is_empty": not any(
                answers.headline.value(answers.headline.totals, each) for each in ("events", measure)
            ),
            "was_read": coverage.extent(models.span.start, min(models.span.end, self._site.now()))
            is not Extent.NOTHING,
            "chart": chart_of(models, buckets, drawing),
            "interval": models.query.interval,
            "models": top_panel(
                models, measure, compare, into("model", "person"), colours=colours, by_change=movers("model")
            ),
            "people": _panel(answers.people, compare, into("person", "model"), movers("person")),
            "teams": _panel(answers.teams, compare, into("team", "person"), movers("team")),
            "types": type_panel(answers.types, measure, into("event_type", "model")),
            "bases": bases_text(answers.types, measure),
            "max_mode": part_panel(
                answers.types,
                measure,
                "max_mode",
                lambda key: links.explore(View(query=narrowed(by_model, equal("max_mode", key)))),
            ),
            "all": {
                name: links.explore(View(query=regrouped(by_model, name)))
                for name in ("model", "person", "team", "event_type", "basis", "max_mode")
            },
            "patterns_href": links.patterns(View(query=query)),
            "wider": self._here(replace(query, period=Period.relative("all")), folded=folded),
        }


def measure_of(headline: SpendResult) -> str:
    """Return what the panels of a period show: spend, or usage value where the plan covered everything."""
    billed = headline.value(headline.totals, "spend")
    return "spend" if billed or not headline.value(headline.totals, "usage_value") else "usage_value"


def _together(headline: SpendResult, flat: SpendResult | None) -> SpendResult:
    """Return the headline with subscriptions and total cost beside, which is quicker than one statement of them all.

    Args:
        headline: Of events.
        flat: The same of subscriptions; none where there are none, and then they cost nothing.
    """
    cost, cost_before = (flat.totals.values, flat.totals.previous) if flat else ((0,), None)
    place = headline.query.metrics.index("spend")

    def beside(figures: tuple[int, ...], cost: tuple[int, ...]) -> tuple[int, ...]:
        return (*figures, cost[0], figures[place] + cost[0])

    totals, before = headline.totals, headline.totals.previous
    query = replace(headline.query, metrics=(*headline.query.metrics, "subscription_cost", "total_cost"))
    return replace(
        headline,
        plan=replace(headline.plan, query=query),
        totals=replace(
            totals,
            values=beside(totals.values, cost),
            previous=before and beside(before, cost_before or (0,)),
        ),
    )


def _tiles(result: SpendResult, compare: Comparing, href: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the tiles; the one of the total says what is added up in it."""
    found = tiles(result, compare, href, names=_TILES)
    parts = (
        f"{figure(name, result.value(result.totals, name)).text} {word}"
        for name, word in (("spend", "spend"), ("subscription_cost", "subscriptions"))
    )
    total = next(tile for tile in found if tile["id"] == "total_cost")
    total["note"] = "; ".join(filter(None, (" + ".join(parts), total["note"])))
    return found


def _panel(
    result: SpendResult | None, compare: Comparing, href: Callable[[Group], str], by_change: str
) -> Panel | None:
    """Return a panel; none where it says nothing, as where nobody is in a team."""
    if result is None or [group.keys for group in result.groups] in ([], [("none",)]):
        return None
    return top_panel(result, result.query.metrics[0], compare, href, by_change=by_change)


def _not_understood(problems: tuple[str, ...]) -> tuple[Told, ...]:
    if not problems:
        return ()
    return (Told(title="Part of this address was not understood", text=" ".join(problems), level="caution"),)


def _unpriced(result: SpendResult) -> tuple[Told, ...]:
    count = result.value(result.totals, _ALSO)
    if not count:
        return ()
    return (
        Told(
            title=f"{count:,} events have no price",
            text="The provider gave none for them, so they count as events and add nothing to any amount.",
        ),
    )
