"""Charts as `<spend-chart>` takes them; docs/design.md has the contract."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.catalog import METRICS
from finora.spend.rendering import figure
from finora.spend.result import Group, SpendResult
from finora.values.interval import Interval
from finora.values.period import utc_text
from finora.web.address.links import ChartKind, Scale
from finora.web.figures.coverage import Coverage, Extent
from finora.web.figures.formats import bucket_label
from finora.web.figures.scale import scaled
from finora.web.figures.shapes import UNITS
from finora.web.figures.standing import COLOURS

MOST_SERIES = COLOURS
OTHER = "other"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket that has begun, inside the period, and how much of it was read. `place` is its place in the result."""

    place: int
    start: datetime
    end: datetime
    label: str
    partial: bool
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How a result is drawn.

    Attributes:
        metric: Which of the result's metrics.
        colours: The number of each series' colour, by its key.
        series_href: Where a click on a group leads.
        bucket_href: Where a click on a bucket leads.
        events_href: Where a bucket's single events are.
        other_href: Where a click on the rest leads.
        summary: The message in one sentence.
        kind: Bars, lines or areas.
        scale: What the heights say.
        before: What the span compared with is called, where it is drawn as well.
        hidden: Keys of the series that are left out.
        hide_href: Where a choice of series to leave out leads; without it, all are shown.
        zoom: The address of a stretch of buckets, with places for its ends.
        reset: The address of the view before zooming.
    """

    metric: str
    colours: Mapping[str, int]
    series_href: Callable[[Group], str]
    bucket_href: Callable[[Bucket], str]
    events_href: Callable[[Bucket], str]
    other_href: str
    summary: str
    kind: ChartKind = ChartKind.BARS
    scale: Scale = Scale.AMOUNT
    before: str | None = None
    hidden: Collection[str] = ()
    hide_href: Callable[[Sequence[str]], str] | None = None
    zoom: str | None = None
    reset: str | None = None


def series_key(group: Group) -> str:
    """Return the key that ties a group's row to its series."""
    return " · ".join(group.keys) or "all"


def series_label(group: Group) -> str:
    """Return what people call a group."""
    return " · ".join(group.labels) or "Total"


def read_buckets(result: SpendResult, coverage: Coverage, zone: ZoneInfo) -> list[Bucket]:
    """Return a result's buckets that have begun, each with how much of it was read."""
    now, span, interval = result.plan.moment.now, result.span, result.query.interval
    if interval is None:
        return []
    many_days = (span.end - span.start).days > 1
    found = []
    for place, (begin, end) in enumerate(zip(result.buckets, [*result.buckets[1:], span.end], strict=True)):
        start = max(begin, span.start)
        if start >= now:
            break
        extent = coverage.extent(start, min(end, now))
        bucket = Bucket(
            place=place,
            start=start,
            end=end,
            label=bucket_label(begin, interval, zone, many_days=many_days),
            partial=end > now or extent is Extent.PART,
            missing=extent is Extent.NOTHING,
        )
        found.append(bucket)
    return _told_apart(found, zone)


def chart_of(result: SpendResult, buckets: Sequence[Bucket], drawing: Drawing) -> Json:
    """Return a result as a chart: its first groups, and all others together in grey.

    What cannot be added, such as people, who may be in several groups, is drawn as lines and never stacked.
    """
    additive = METRICS[drawing.metric].additive
    scale = drawing.scale if additive else Scale.AMOUNT
    strands = strands_of(result, drawing)
    shown = [strand for strand in strands if strand.key not in drawing.hidden]
    values = scaled(result, drawing.metric, [strand.group for strand in shown], buckets, scale)
    by_key = {strand.key: row for strand, row in zip(shown, values, strict=True)}
    nothing = [None] * len(buckets)
    return {
        "type": (drawn_as(drawing.kind, scale) if additive else ChartKind.LINES).value,
        "stack": "share" if scale is Scale.SHARE else "amount",
        "cumulative": scale is Scale.RUNNING,
        "additive": additive,
        "unit": "percent" if scale is Scale.SHARE else UNITS.get(METRICS[drawing.metric].unit, "count"),
        "buckets": [_bucket_json(bucket, drawing) for bucket in buckets],
        "series": [
            strand.told()
            | {"hidden": strand.key in drawing.hidden, "values": by_key.get(strand.key, nothing)}
            | _legend_hrefs(strand.key, [each.key for each in strands], drawing)
            for strand in strands
        ],
        "previous": _previous(result, drawing, [strand.group for strand in shown], buckets, scale),
        "zoom": drawing.zoom,
        "reset": drawing.reset,
        "summary": drawing.summary,
    }


def drawn_as(kind: ChartKind, scale: Scale) -> ChartKind:
    """Return how a chart is drawn: a running sum is a slope, and bars would say that each stood for its bucket."""
    return ChartKind.AREAS if scale is Scale.RUNNING and kind is ChartKind.BARS else kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One series: its group and how it looks."""

    group: Group
    key: str
    label: str
    colour: int | str
    href: str

    def told(self) -> Json:
        """Return what a chart is told of it, but for its values."""
        return {"key": self.key, "label": self.label, "colour": self.colour, "href": self.href}


def strands_of(result: SpendResult, drawing: Drawing) -> list[Strand]:
    """Return the series of a result: its first groups, then the rest; the whole where it is by nothing."""
    groups = result.groups[:MOST_SERIES] if result.query.dimensions else (result.totals,)
    strands = [
        Strand(
            group=group,
            key=series_key(group),
            label=series_label(group),
            colour=drawing.colours.get(series_key(group), 0),
            href=drawing.series_href(group),
        )
        for group in groups
    ]
    rest = rest_of(result, drawing.metric)
    if rest is not None:
        label = f"Other ({rest.members:,})"
        strands.append(Strand(group=rest, key=OTHER, label=label, colour=OTHER, href=drawing.other_href))
    return strands


def _legend_hrefs(key: str, keys: Sequence[str], drawing: Drawing) -> Json:
    """Return where a legend's entry leads: to it alone, or back to all; and to all but it, or with it again."""
    if drawing.hide_href is None or len(keys) < 2:
        return {}
    others = [each for each in keys if each != key]
    alone = set(drawing.hidden) == set(others)
    toggled = [each for each in keys if (each in drawing.hidden) != (each == key)]
    return {
        "only": drawing.hide_href([] if alone else others),
        "toggle": drawing.hide_href([] if set(toggled) == set(keys) else toggled),
    }


def _previous(
    result: SpendResult, drawing: Drawing, shown: Sequence[Group], buckets: Sequence[Bucket], scale: Scale
) -> Json | None:
    """Return the course of the span compared with, of all that is drawn together."""
    if drawing.before is None or scale is Scale.SHARE or not result.totals.previous_series:
        return None
    parts = shown if METRICS[drawing.metric].additive else [result.totals]
    place = result.query.metrics.index(drawing.metric)
    sums = [
        sum(figures[place] for figures in column)
        for column in zip(*(group.previous_series for group in parts), strict=True)
    ]
    course = list(accumulate(sums)) if scale is Scale.RUNNING else sums
    shift = 0 if scale is Scale.RUNNING else _weekday_shift(result)
    values = [
        str(figure(drawing.metric, course[at])) if 0 <= (at := bucket.place + shift) < len(course) else None
        for bucket in buckets
    ]
    return {
        "label": f"{drawing.before}, weekday by weekday" if shift else drawing.before,
        "labels": _labels_before(result, buckets, shift),
        "values": values,
    }


def _labels_before(result: SpendResult, buckets: Sequence[Bucket], shift: int) -> list[str | None]:
    """Return what the bucket compared with is called, for each bucket."""
    before, interval, zone = result.plan.compared_buckets, result.query.interval, result.query.zone
    if interval is None:
        return []
    many_days = len(before) > 1 and (before[-1] - before[0]).days > 0
    return [
        bucket_label(before[at], interval, zone, many_days=many_days)
        if 0 <= (at := bucket.place + shift) < len(before)
        else None
        for bucket in buckets
    ]


def _weekday_shift(result: SpendResult) -> int:
    """Return by how many days the days compared with are moved, so that Mondays stand beside Mondays: three at most."""
    before = result.plan.compared_buckets
    if result.query.interval is not Interval.DAY or not before or not result.buckets:
        return 0
    zone = result.query.zone
    days = result.buckets[0].astimezone(zone).weekday() - before[0].astimezone(zone).weekday()
    return (days + 3) % 7 - 3


def rest_of(result: SpendResult, metric: str) -> Group | None:
    """Return all groups that have no series of their own, as one; none where nothing is left.

    Groups in the table but not in the chart are added to the result's own rest. What cannot be added, such as people,
    who may be in several groups, is left out.
    """
    beyond = result.groups[MOST_SERIES:]
    rest = result.other if result.other is not None and result.other.members else None
    if not beyond:
        return rest
    if not METRICS[metric].additive:
        return None
    parts = [*beyond, *([rest] if rest else [])]
    return Group(
        keys=(OTHER,),
        labels=("Other",),
        values=_sums([part.values for part in parts]),
        series=tuple(_sums(column) for column in zip(*(part.series for part in parts), strict=True)),
        previous_series=tuple(
            _sums(column) for column in zip(*(part.previous_series for part in parts), strict=True)
        ),
        members=len(beyond) + (rest.members if rest else 0),
    )


def _sums(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def _bucket_json(bucket: Bucket, drawing: Drawing) -> Json:
    return {
        "start": utc_text(bucket.start),
        "end": utc_text(bucket.end),
        "label": bucket.label,
        "href": drawing.bucket_href(bucket),
        "events": drawing.events_href(bucket),
        "partial": bucket.partial,
        "missing": bucket.missing,
    }


def _told_apart(buckets: list[Bucket], zone: ZoneInfo) -> list[Bucket]:
    """Return buckets with labels that differ: an hour that a change of the clock repeats says its offset."""
    times = Counter(bucket.label for bucket in buckets)
    return [
        bucket
        if times[bucket.label] == 1
        else replace(bucket, label=f"{bucket.label} {bucket.start.astimezone(zone):%Z}")
        for bucket in buckets
    ]
