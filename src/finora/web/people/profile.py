"""A profile: what a person or a team did in a period, panel by panel, each with its way into Explore."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from finora.people import Amounts
from finora.spend.listing import ListedEvent
from finora.spend.query import SpendQuery
from finora.spend.result import Group, SpendResult
from finora.values.interval import Interval, suited_interval
from finora.values.period import Period, Span
from finora.web.address.links import View, equal, fixed, measured, narrowed, regrouped
from finora.web.figures.charts import MOST_SERIES, Drawing, chart_of, read_buckets, series_key
from finora.web.figures.coverage import Coverage, Extent
from finora.web.figures.formats import cost_cell, moment, plural, precise_moment
from finora.web.figures.headline import comparing, summary
from finora.web.figures.panels import bases_text, top_panel, type_panel
from finora.web.people.address import ListingAddress
from finora.web.people.heat import HOURS, busiest, heat_rows
from finora.web.site.site import Site, Visit

Json = dict[str, Any]

_NEWEST = 8
_ALL_TYPES = 100
_WEEK_HOURS = 7 * 24

EVENT_COLUMNS = (
    {"key": "time", "label": "Time"},
    {"key": "person", "label": "Person"},
    {"key": "model", "label": "Model"},
    {"key": "type", "label": "Event type"},
    {"key": "cost", "label": "Cost", "numeric": True, "keep": True},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Makes the panels of one person's or team's page.

    Attributes:
        site: The workspace's pages.
        visit: Who looks.
        here: The page's address.
        dimension: `person` or `team`.
        key: Whose.
        by: What the chart is broken down by.
        now: What was found for the period, to tell whether anything was billed.
    """

    site: Site
    visit: Visit
    here: ListingAddress
    dimension: str
    key: str
    by: str
    now: Amounts

    @property
    def measure(self) -> str:
        """What charts and panels show: spend, or usage value where nothing was billed."""
        return "spend" if self.now.spend or not self.now.usage_value else "usage_value"

    @property
    def query(self) -> SpendQuery:
        """All that is theirs in the period."""
        base = self.here.query(self.site.links.defaults)
        return replace(base, metrics=(self.measure,), filters=(equal(self.dimension, self.key),))

    def content(self, span: Span, coverage: Coverage) -> Json:
        """Return the panels' content; without events only why there is nothing.

        Args:
            span: The period.
            coverage: What was read of it.
        """
        links = self.site.links
        content: Json = {
            "measure": self.measure,
            "is_empty": not self.now.events,
            "was_read": coverage.extent(span.start, min(span.end, self.site.now())) is not Extent.NOTHING,
            "wider": f"{self.here.path}?period=all",
            "events_href": links.events(self.query),
            "explore_href": links.explore(View(query=regrouped(self.query, self.by))),
        }
        return content if not self.now.events else content | self._panels(span, coverage)

    def _panels(self, span: Span, coverage: Coverage) -> Json:
        links, query = self.site.links, self.query
        course = self._answer(
            replace(query, dimensions=(self.by,), interval=suited_interval(span), limit=MOST_SERIES)
        )
        models = (
            course
            if self.by == "model"
            else self._answer(replace(query, dimensions=("model",), limit=MOST_SERIES))
        )
        apart = replace(query, compare=None)
        types = self._answer(replace(apart, dimensions=("event_type", "basis"), limit=_ALL_TYPES))
        hours = self._answer(
            replace(apart, metrics=("events",), dimensions=("weekday", "hour"), limit=_WEEK_HOURS)
        )
        compare = comparing(course, coverage)
        colours = self._colours(course)
        return {
            "interval": course.query.interval,
            "chart": self._chart(course, coverage, colours),
            "models": top_panel(
                models,
                self.measure,
                compare,
                self._into("model", "event_type"),
                colours=colours if self.by == "model" else None,
            ),
            "types": type_panel(types, self.measure, self._into("event_type", "model")),
            "bases": bases_text(types, self.measure),
            "hours": HOURS,
            "heat": heat_rows(hours, "events", self._into_hour),
            "busiest": busiest(hours, "events"),
            "active_days": self._active_days(span),
            "newest": [self._event(each) for each in self._newest()],
            "all": {
                name: links.explore(View(query=regrouped(query, name)))
                for name in ("model", "person", "event_type", "basis", "weekday", "hour")
            },
        }

    def _answer(self, query: SpendQuery) -> SpendResult:
        return self.site.workspace.spend.answer(query, own=self.visit.own)

    def _colours(self, course: SpendResult) -> dict[str, int]:
        return self.site.standings.of(self.by).colours(series_key(group) for group in course.groups)

    def _into(self, dimension: str, further: str) -> Callable[[Group], str]:
        def href(group: Group) -> str:
            narrow = narrowed(self.query, equal(dimension, group.keys[0]))
            return self.site.links.explore(View(query=regrouped(narrow, further)))

        return href

    def _into_hour(self, weekday: str, hour: str) -> str:
        narrow = narrowed(self.query, equal("weekday", weekday), equal("hour", hour))
        return self.site.links.explore(View(query=measured(regrouped(narrow, "model"), "events")))

    def _chart(self, course: SpendResult, coverage: Coverage, colours: dict[str, int]) -> Json:
        links, site = self.site.links, self.site
        by = regrouped(self.query, self.by)
        buckets = read_buckets(course, coverage, site.zone)
        compare = comparing(course, coverage)
        drawing = Drawing(
            metric=self.measure,
            colours=colours,
            series_href=self._into(self.by, "event_type" if self.by == "model" else "model"),
            bucket_href=lambda bucket: links.explore(
                View(query=replace(by, period=fixed(bucket.start, bucket.end)))
            ),
            events_href=lambda bucket: links.events(replace(by, period=fixed(bucket.start, bucket.end))),
            other_href=links.explore(View(query=replace(by, limit=25))),
            summary=summary(course, self.measure, compare, buckets),
            before=compare.than if compare.sound else None,
            zoom=links.zooming(View(query=by)),
        )
        return chart_of(course, buckets, drawing)

    def _active_days(self, span: Span) -> str:
        """Return on how many of the period's days so far there were events."""
        until = min(span.end, self.site.now())
        query = replace(
            self.query,
            metrics=("events",),
            compare=None,
            interval=Interval.DAY,
            period=Period.absolute(span.start, span.end),
        )
        course = self._answer(replace(query, dimensions=()))
        days = [start for start in course.buckets if start < until]
        active = sum(figures[0] > 0 for figures in course.totals.series)
        return f"{active:,} of {plural(len(days), 'day')}"

    def _newest(self) -> tuple[ListedEvent, ...]:
        return self.site.workspace.spend.events(self.query, limit=_NEWEST, own=self.visit.own).events

    def _event(self, event: ListedEvent) -> Json:
        zone = self.site.zone
        return {
            "id": event.id,
            "href": f"/events/{event.id}",
            "title": "Open this event",
            "cells": {
                "time": {"text": moment(event.at, zone), "exact": precise_moment(event.at, zone)},
                "person": event.person_label,
                "model": event.model_label,
                "type": event.event_type_label + (" ≈" if event.type_basis.key == "activity" else ""),
                "cost": cost_cell(event.cost),
            },
        }
