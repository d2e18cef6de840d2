"""Charts as `<spend-chart>` takes them; docs/design.md has the contract."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.catalog import METRICS, Unit
from finora.spend.rendering import figure
from finora.spend.result import Group, SpendResult
from finora.web.coverage import Coverage, Extent
from finora.web.formats import bucket_label
from finora.web.links import ChartKind
from finora.web.standing import COLOURS

MOST_SERIES = COLOURS
OTHER = "other"
_UNITS = {Unit.USD: "usd", Unit.TOKENS: "tokens"}

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
        kind: Bars, lines or areas.
        colours: The number of each series' colour, by its key.
        series_href: Where a click on a group leads.
        bucket_href: Where a click on a bucket leads.
        other_href: Where a click on the rest leads.
        summary: The message in one sentence.
    """

    metric: str
    kind: ChartKind
    colours: Mapping[str, int]
    series_href: Callable[[Group], str]
    bucket_href: Callable[[Bucket], str]
    other_href: str
    summary: str


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
    place = result.query.metrics.index(drawing.metric)

    def series(group: Group, key: str, label: str, colour: int | str, href: str) -> Json:
        values = [
            None if bucket.missing else str(figure(drawing.metric, group.series[bucket.place][place]))
            for bucket in buckets
        ]
        return {"key": key, "label": label, "colour": colour, "href": href, "values": values}

    groups = result.groups[:MOST_SERIES] if result.query.dimensions else (result.totals,)
    drawn = [
        series(
            group,
            series_key(group),
            series_label(group),
            drawing.colours.get(series_key(group), 0),
            drawing.series_href(group),
        )
        for group in groups
    ]
    rest = rest_of(result, drawing.metric)
    if rest is not None:
        drawn.append(series(rest, OTHER, f"Other ({rest.members:,})", OTHER, drawing.other_href))
    return {
        "type": (drawing.kind if METRICS[drawing.metric].additive else ChartKind.LINES).value,
        "unit": _UNITS.get(METRICS[drawing.metric].unit, "count"),
        "buckets": [_bucket_json(bucket, drawing.bucket_href(bucket)) for bucket in buckets],
        "series": drawn,
        "previous": None,
        "summary": drawing.summary,
    }


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
        members=len(beyond) + (rest.members if rest else 0),
    )


def _sums(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def _bucket_json(bucket: Bucket, href: str) -> Json:
    return {
        "start": bucket.start.isoformat(),
        "label": bucket.label,
        "href": href,
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
