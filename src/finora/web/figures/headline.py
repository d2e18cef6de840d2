"""What a result says in one sentence, and in its headline tiles."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from finora.spend.catalog import METRICS
from finora.spend.result import Group, SpendResult
from finora.web.figures.changes import Change, change_of, compared_with
from finora.web.figures.charts import Bucket, series_label
from finora.web.figures.coverage import Coverage, Extent
from finora.web.figures.formats import exact_figure, figure, percent

HEADLINES = ("spend", "usage_value", "events", "tokens", "people")
"""The metrics that have a tile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """Whether a result can be compared, and with what. `than` names the earlier period."""

    than: str
    sound: bool

    def change(self, result: SpendResult, group: Group, metric: str) -> Change | None:
        """Return how a group's metric moved; none where that cannot be said."""
        before = result.previous(group, metric)
        if before is None or not self.sound:
            return None
        return change_of(metric, result.value(group, metric), before, self.than)


def comparing(result: SpendResult, coverage: Coverage) -> Comparing:
    """Return how a result can be compared: only with a period that was read whole."""
    compared = result.plan.compared
    than = compared_with(result.query.compare, result.query.period)
    sound = compared is not None and coverage.extent(compared.start, compared.end) is Extent.WHOLE
    return Comparing(than=than, sound=sound)


def tiles(
    result: SpendResult,
    compare: Comparing,
    href: Callable[[str], str],
    current: str = "",
    names: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Return the headline tiles as their component takes them.

    Args:
        result: Whose totals they show.
        compare: How it can be compared.
        href: Where a metric's tile leads.
        current: The metric of the chart below.
        names: The metrics that have a tile; without any those that every page of figures has.
    """
    found = []
    for name in names or tile_metrics(current):
        known = compare if METRICS[name].events else replace(compare, sound=True)
        change = known.change(result, result.totals, name)
        value = result.value(result.totals, name)
        shown = figure(name, value)
        uncompared = result.plan.compared is not None and not known.sound
        found.append(
            {
                "id": name,
                "label": "Active people" if name == "people" else METRICS[name].label,
                "figure": shown.text,
                "exact": exact_figure(name, value),
                "href": href(name),
                "current": name == current,
                "change": asdict(change) if change else None,
                "note": f"{compare.than} not read" if uncompared else None,
                "definition": METRICS[name].definition,
            }
        )
    return found


def tile_metrics(leading: str) -> tuple[str, ...]:
    """Return the metrics that have a tile where one of them, or another, leads."""
    return HEADLINES if not leading or leading in HEADLINES else (*HEADLINES, leading)


def summary(result: SpendResult, metric: str, compare: Comparing, buckets: Sequence[Bucket]) -> str:
    """Return a result's message in one sentence."""
    total = result.value(result.totals, metric)
    label, shown = METRICS[metric].label, figure(metric, total).exact
    if total == 0:
        return f"{label} is {shown} in this period."
    parts = [_movement(label, shown, compare.change(result, result.totals, metric))]
    if result.groups and METRICS[metric].additive:
        first = max(result.groups, key=lambda group: result.value(group, metric))
        parts.append(f"{series_label(first)} is {percent(result.value(first, metric), total)}")
    if len(buckets) > 1:
        parts.append(_peak(result, metric, buckets))
    return "; ".join(parts) + "."


def _movement(label: str, shown: str, change: Change | None) -> str:
    if change is None or change.direction == "flat" or change.text == "new":
        return f"{label} is {shown}"
    verb = "rose" if change.direction == "up" else "fell"
    than = change.words.partition(" than ")[2]
    return f"{label} {verb} {change.text} to {shown} against {than}"


def _peak(result: SpendResult, metric: str, buckets: Sequence[Bucket]) -> str:
    place = result.query.metrics.index(metric)
    top = max(buckets, key=lambda bucket: result.totals.series[bucket.place][place])
    return f"peak {figure(metric, result.totals.series[top.place][place]).exact} on {top.label}"
