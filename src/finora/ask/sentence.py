"""The answer as a sentence with exact figures, one kind of sentence for each kind of question."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from finora.ask.draft import Intent
from finora.ask.figures import listed, percent, ratio, shown
from finora.ask.movers import movers_words
from finora.ask.phrasing import bucket_place, bucket_words, capital, metric_words, period_words, scope_words
from finora.ask.stretch import DAY
from finora.spend.catalog import DIMENSIONS, METRICS, Unit
from finora.values.interval import Interval
from finora.values.period import days_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from finora.ask.meanings import Value
    from finora.ask.understanding import Understanding
    from finora.spend.result import Group, SpendResult

_DAYS = {
    Interval.DAY.value: Decimal(1),
    Interval.WEEK.value: Decimal(7),
    Interval.MONTH.value: Decimal(365) / 12,
}
_COUNTS = {
    "event": "events",
    "person": "people",
    "token": "tokens",
    "request": "requests",
    "conversation": "conversations",
}
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells answers.

    Attributes:
        zone: Whose days are named.
        label: Returns what people call a value of a dimension.
    """

    zone: ZoneInfo
    label: Callable[[str, str], str]

    def tell(self, found: Understanding, result: SpendResult) -> str:
        """Return the sentence for a question and its result."""
        tellers = {
            Intent.RANK: self._rank,
            Intent.COMPARE: self._compare,
            Intent.TREND: self._trend,
            Intent.SHARE: self._share,
            Intent.CHANGE: self._change,
            Intent.WHY: self._change,
            Intent.MOVED: self._moved,
            Intent.AVERAGE: self._average,
            Intent.COUNT: self._count,
            Intent.PEAK: self._peak,
            Intent.ACTIVITY: self._activity,
        }
        text = tellers.get(found.intent, self._total)(found, result)
        # A name at the beginning is written as it is: models have small letters.
        return text if result.groups and text.startswith(result.groups[0].labels) else capital(text)

    def when(self, found: Understanding) -> str:
        """Return the period and what was filtered by, as sentences end."""
        return f"{period_words(found.stretch, self.zone)}{scope_words(found, self.label)}"

    def _total(self, found: Understanding, result: SpendResult) -> str:
        figures = [_stated(result, name) for name in found.query.metrics]
        text = f"{listed(figures)} {self.when(found)}."
        if found.threshold is not None:
            value = result.totals.values[0]
            return f"{'yes' if passes(found, value) else 'no'}: {text}"
        if found.sides and result.groups:
            text = text.removesuffix(".") + f": {listed(self._sides(found, result))}."
        return text

    def _activity(self, found: Understanding, result: SpendResult) -> str:
        """Return what somebody did: how many events of which types, and what each type cost."""
        spend, events = result.totals.values
        if not events:
            return f"there were no events {self.when(found)}."
        parts = [
            f"{_name(each)} {shown('events', each.values[1])} ({shown('spend', each.values[0])})"
            for each in sorted(result.groups, key=lambda each: (-each.values[1], each.labels))[:_MOST_NAMED]
        ]
        return f"{shown('events', events)} and {shown('spend', spend)} spend {self.when(found)}: {listed(parts)}."

    def _rank(self, found: Understanding, result: SpendResult) -> str:
        metric, when = found.query.metrics[0], self.when(found)
        if not result.groups:
            return f"there was no {metric_words(metric)} {when}."
        if found.threshold is not None:
            return self._over(found, result)
        noun = _noun(found.query.dimensions)
        first = result.groups[0]
        tied = [each for each in result.groups if each.values[0] == first.values[0]]
        share = _share_of(result, first) if found.query.order and found.query.order[0].descending else ""
        if first.values[0] == 0 and not share and len(tied) == len(result.groups):
            return f"{metric_words(metric)} {_be(metric)} {_figure(result, first, metric)} for every {noun} {when}."
        lead = self._lead(found, result)
        named = listed([_name(each) for each in tied[:_MOST_NAMED]]) if not found.place else _name(first)
        text = f"{named} {lead} {when}: {_figure(result, first, metric)}{' each' if len(tied) > 1 and not found.place else ''}{share}"
        rest = result.groups[len(tied) : _MOST_NAMED] if not found.place else ()
        if rest:
            text += f"; then {listed([f'{_name(each)} ({_figure(result, each, metric)})' for each in rest])}"
        return (
            f"{text}. All {result.group_count} together: {_figure(result, result.totals, metric)}."
            if METRICS[metric].additive and result.group_count > 1
            else f"{text}."
        )

    def _lead(self, found: Understanding, result: SpendResult) -> str:
        """Return what the first of a ranking did: “spent the most”, “has the second-highest spend”, “has the fewest events”."""
        metric = found.query.metrics[0]
        tied = sum(each.values[0] == result.groups[0].values[0] for each in result.groups)
        has = "have" if tied > 1 and not found.place else "has"
        least = bool(found.query.order) and not found.query.order[0].descending
        if found.place and found.place > 1:
            return (
                f"{has} the {_ordinal(found.place)}-{'lowest' if least else 'highest'} {metric_words(metric)}"
            )
        if metric == "spend" and found.query.dimensions == ("person",):
            return f"spent the {'least' if least else 'most'}"
        if METRICS[metric].unit is Unit.USD:
            return f"{has} the {'lowest' if least else 'highest'} {metric_words(metric)}"
        return f"{has} the {'fewest' if least else 'most'} {metric_words(metric)}"

    def _over(self, found: Understanding, result: SpendResult) -> str:
        metric, noun = found.query.metrics[0], _noun(found.query.dimensions)
        passing = [each for each in result.groups if passes(found, each.values[0])]
        limit = _limit_words(found, metric)
        plural = DIMENSIONS[found.query.dimensions[0]].plural.lower()
        if not passing:
            return f"no {noun} had {metric_words(metric)} {limit} {self.when(found)}."
        named = [f"{_name(each)} ({_figure(result, each, metric)})" for each in passing[:_MOST_NAMED]]
        more = f" and {len(passing) - _MOST_NAMED} more" if len(passing) > _MOST_NAMED else ""
        return f"{len(passing)} of {result.group_count} {plural} had {metric_words(metric)} {limit} {self.when(found)}: {listed(named)}{more}."

    def _compare(self, found: Understanding, result: SpendResult) -> str:
        metric = found.query.metrics[0]
        together = f", {_figure(result, result.totals, metric)} together" if METRICS[metric].additive else ""
        return f"{metric_words(metric)} {self.when(found)}: {listed(self._sides(found, result))}{together}."

    def _sides(self, found: Understanding, result: SpendResult) -> list[str]:
        metric = found.query.metrics[0]
        return [f"{side.label} {shown(metric, side_value(result, side, metric))}" for side in found.sides]

    def _share(self, found: Understanding, result: SpendResult) -> str:
        metric = found.query.metrics[0]
        whole = result.value(result.totals, metric)
        parts = [
            f"{side.label} is {percent(side_value(result, side, metric), whole)} ({shown(metric, side_value(result, side, metric))})"
            for side in found.sides
        ]
        return f"{listed(parts)} of {metric_words(metric)} {self.when(found)}, which is {shown(metric, whole)} in all."

    def _trend(self, found: Understanding, result: SpendResult) -> str:
        metric, interval = found.query.metrics[0], found.query.interval or Interval.DAY
        begun = _begun(result)
        total = _figure(result, result.totals, metric)
        if not begun or all(value == 0 for _start, value in begun):
            return f"{metric_words(metric)} {_be(metric)} {total} {self.when(found)}."
        top = max(begun, key=lambda each: each[1])
        last = begun[-1]
        return (
            f"{metric_words(metric)} by {interval.value} {self.when(found)}: {total} in all, highest {bucket_place(top[0], interval, self.zone)} "
            f"({shown(metric, top[1])}), most recently {shown(metric, last[1])} {bucket_place(last[0], interval, self.zone)}"
            f"{' so far' if result.plan.moment.now < result.span.end else ''}."
        )

    def _change(self, found: Understanding, result: SpendResult) -> str:
        return self._moved_whole(found, result, f" {self.when(found)}")

    def _moved_whole(self, found: Understanding, result: SpendResult, when: str) -> str:
        metric = found.query.metrics[0]
        now, before = result.value(result.totals, metric), result.previous(result.totals, metric) or 0
        than = self._than(found, result)
        if now == before:
            return f"{metric_words(metric)} did not change{when}: {shown(metric, now)}, as {than}."
        verb = "rose" if now > before else "fell"
        by = (
            f"{percent(abs(now - before), before)} ({shown(metric, abs(now - before))})"
            if before
            else shown(metric, now)
        )
        return f"{metric_words(metric)} {verb} by {by}{when}: {shown(metric, now)} against {shown(metric, before)} {than}."

    def _moved(self, found: Understanding, result: SpendResult) -> str:
        """Return which groups grew or shrank the most, then how the whole moved, which may be the other way."""
        whole = self._moved_whole(found, result, " in all")
        return f"{movers_words(found, result, self.when(found))} {capital(whole)}"

    def _than(self, found: Understanding, result: SpendResult) -> str:
        compared = result.plan.compared
        if compared is None:
            return "before"
        first, end = compared.start.astimezone(self.zone), compared.end.astimezone(self.zone)
        if first.time() == end.time():
            text = (
                bucket_words(compared.start, Interval.DAY, self.zone)
                if (end - first).days == 1
                else _dates(first, end)
            )
            return f"in the {'year' if found.query.compare == 'year' else 'period'} before ({text})"
        return f"in the same time before ({first:%-d %b %Y, %H:%M} to {end:%-d %b %Y, %H:%M})"

    def _average(self, found: Understanding, result: SpendResult) -> str:
        metric = found.query.metrics[0]
        if metric == "spend_per_person" and not {"spend", "people"} <= set(found.query.metrics):
            return self._total(found, result)
        if metric == "spend_per_person":
            people = result.value(result.totals, "people")
            spent = result.value(result.totals, "spend")
            return f"spend per person {_be('spend')} {shown(metric, result.totals.values[0])} {self.when(found)}: {shown('spend', spent)} for {shown('people', people)}."
        whole, units, names = Decimal(1), [], []
        for name, scale in found.per:
            count = self._divisor(found, result, name) / scale
            whole *= count
            names.append(f"{scale:,} {name}s" if scale > 1 else name)
            units.append(self._counted(result, name, count * scale))
        total = _figure(result, result.totals, metric)
        if whole == 0:
            return f"there is nothing to take an average of {self.when(found)}: {metric_words(metric)} {_be(metric)} {total}."
        quotient = ratio(metric, result.totals.values[0], whole)
        return f"{metric_words(metric)} {_be(metric)} {quotient} per {' per '.join(names)} on average {self.when(found)}: {total} over {listed(units)}."

    def _divisor(self, found: Understanding, result: SpendResult, name: str) -> Decimal:
        if name in _COUNTS:
            value = Decimal(result.value(result.totals, _COUNTS[name]))
            return value / 1_000_000 if METRICS[_COUNTS[name]].unit is Unit.REQUESTS else value
        if name == Interval.HOUR.value:
            return elapsed_days(found, result) * 24
        if name in _DAYS:
            return elapsed_days(found, result) / _DAYS[name]
        return Decimal(result.group_count)

    def _counted(self, result: SpendResult, name: str, count: Decimal) -> str:
        if name in _COUNTS:
            return shown(_COUNTS[name], result.value(result.totals, _COUNTS[name]))
        return f"{count.quantize(Decimal('0.1')).normalize():,f} {name}{'' if count == 1 else 's'}"

    def _count(self, found: Understanding, result: SpendResult) -> str:
        metric = found.query.metrics[0]
        if found.unit is not None:
            return self._peak(found, result)
        if not found.counted:
            return f"{_stated(result, metric)} {self.when(found)}."
        if found.threshold is not None:
            return self._rank(found, result)
        plural = DIMENSIONS[found.counted].plural.lower()
        noun = DIMENSIONS[found.counted].label.lower() if result.group_count == 1 else plural
        named = listed([_name(each) for each in result.groups[:_MOST_NAMED]])
        first = (
            f", first of them {named}"
            if result.group_count > _MOST_NAMED
            else (f": {named}" if named else "")
        )
        return f"{result.group_count:,} {noun} had usage {self.when(found)}{first}."

    def _peak(self, found: Understanding, result: SpendResult) -> str:
        metric, interval = found.query.metrics[0], found.query.interval or Interval.DAY
        begun = _begun(result)
        if found.threshold is not None:
            passing = [each for each in begun if passes(found, each[1])]
            named = [
                f"{bucket_words(start, interval, self.zone)} ({shown(metric, value)})"
                for start, value in passing[:_MOST_NAMED]
            ]
            more = f" and {len(passing) - _MOST_NAMED} more" if len(passing) > _MOST_NAMED else ""
            told = f": {listed(named)}{more}" if named else ""
            return f"{metric_words(metric)} {_be(metric)} {_limit_words(found, metric)} in {len(passing)} of {len(begun)} {interval.value}s {self.when(found)}{told}."
        if not begun or all(value == 0 for _start, value in begun):
            return f"there was no {metric_words(metric)} {self.when(found)}."
        least = found.least
        top = min(begun, key=lambda each: each[1]) if least else max(begun, key=lambda each: each[1])
        word = "lowest" if least else "highest"
        return (
            f"{metric_words(metric)} {_be(metric)} {word} {bucket_place(top[0], interval, self.zone)} {self.when(found)}: {shown(metric, top[1])}, "
            f"{percent(top[1], result.totals.values[0])} of {_figure(result, result.totals, metric)}."
        )


def side_value(result: SpendResult, side: Value, metric: str) -> int:
    """Return the figure of one side of a comparison, which may be several groups."""
    place = result.query.dimensions.index(side.dimension)
    return sum(result.value(each, metric) for each in result.groups if each.keys[place] in side.keys)


def passes(found: Understanding, value: int) -> bool:
    """Return whether a figure lies beyond the threshold of a question; true where it has none."""
    if found.threshold is None:
        return True
    limit = threshold_value(found)
    return value > limit if found.threshold.over else value < limit


def threshold_value(found: Understanding) -> int:
    """Return the threshold in the units of the leading metric."""
    if found.threshold is None:
        return 0
    unit = METRICS[found.query.metrics[0]].unit
    number = found.threshold.number
    return {Unit.USD: number.nano, Unit.REQUESTS: number.value * 1_000_000}.get(unit, number.value)


def elapsed_days(found: Understanding, result: SpendResult) -> Decimal:
    """Return the calendar days of a period that have begun, or the part of a day that it is."""
    zone = found.query.zone
    start, end = found.stretch.start, min(found.stretch.end, max(result.plan.moment.now, found.stretch.start))
    first, last = start.astimezone(zone), end.astimezone(zone)
    days = (last.date() - first.date()).days + (last.time() > first.time())
    return Decimal(max(days, 1))


def _figure(result: SpendResult, group: Group, metric: str) -> str:
    return shown(metric, result.value(group, metric))


def _stated(result: SpendResult, metric: str) -> str:
    """Return a figure as a statement: “spend was $12.00”, “there were 12 events”, “3 people had usage”."""
    value = result.value(result.totals, metric)
    if METRICS[metric].unit is Unit.USD:
        return f"{metric_words(metric)} {_be(metric)} {shown(metric, value)}"
    if metric == "people":
        return f"{shown(metric, value)} had usage"
    return f"there {'was' if value == 1 else 'were'} {shown(metric, value)}"


def _name(group: Group) -> str:
    return " · ".join(group.labels)


def _be(metric: str) -> str:
    return "were" if METRICS[metric].label.endswith("s") or metric == "people" else "was"


def _noun(dimensions: tuple[str, ...]) -> str:
    return " and ".join(DIMENSIONS[name].label.lower() for name in dimensions)


def _share_of(result: SpendResult, group: Group) -> str:
    metric = result.query.metrics[0]
    whole = result.totals.values[0]
    if not METRICS[metric].additive or whole <= 0 or result.group_count < 2:
        return ""
    return f", {percent(group.values[0], whole)} of the total"


def _limit_words(found: Understanding, metric: str) -> str:
    assert found.threshold is not None  # noqa: S101 - asked for by those who have one
    return f"{'over' if found.threshold.over else 'under'} {shown(metric, threshold_value(found))}"


def _ordinal(place: int) -> str:
    return {1: "", 2: "second", 3: "third"}.get(place, f"{place}th")


def _begun(result: SpendResult) -> list[tuple[datetime, int]]:
    now = result.plan.moment.now
    return [
        (start, values[0])
        for start, values in zip(result.buckets, result.totals.series, strict=True)
        if start < now
    ]


def _dates(first: datetime, end: datetime) -> str:
    return days_text(first.date(), (end - DAY).date())
