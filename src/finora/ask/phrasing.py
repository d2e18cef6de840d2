"""Parts of a sentence: the period, the filters, the metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.stretch import DAY
from finora.spend.catalog import DIMENSIONS, METRICS, NONE, Unit, label_of
from finora.spend.query import Operator
from finora.values.interval import Interval
from finora.values.period import days_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from finora.ask.stretch import Stretch
    from finora.ask.understanding import Understanding
    from finora.spend.query import Filter

_OPERATORS = {
    Operator.IS: "for {0}",
    Operator.IS_NOT: "without {0}",
    Operator.CONTAINS: "for {0}",
    Operator.CONTAINS_NOT: "without {0}",
}
_OF_ANY = {Operator.IS: "without {0}", Operator.IS_NOT: "with {0}"}
"""How it is said that a dimension has no value, or any: “no automation” is none that one could be without."""

_PLAIN = frozenset({"person", "vendor", "family", "model"})
"""Dimensions whose values speak for themselves."""

_MOST_VALUES = 4


def period_words(stretch: Stretch, zone: ZoneInfo) -> str:
    """Return the period as it was named, with its dates; one that nobody named says so."""
    start, end = stretch.start.astimezone(zone), stretch.end.astimezone(zone)
    first, last = start.date(), (end - DAY / 86_400_000).date()
    dates = days_text(first, last)
    if not stretch.named:
        return f"{stretch.words} ({dates}, as no period was named)"
    plain = stretch.words.removeprefix("on ").removeprefix("from ")
    if f"{first:%Y}" in plain and f"{first.day}" in plain:
        return stretch.words
    if first == last and start.time() != end.time():
        return f"{stretch.words} ({first:%-d %b}, {start:%H:%M} to {end:%H:%M})"
    return f"{stretch.words} ({dates})"


def filter_words(each: Filter, label: Callable[[str, str], str]) -> str:
    """Return a filter in words: “for Claude Opus or GPT-5”, “without event type Chat”, “with an automation”."""
    dimension = DIMENSIONS[each.dimension]
    if each.values == (NONE,) and each.operator in _OF_ANY:
        return _OF_ANY[each.operator].format(_one_of(dimension.label))
    names = [
        label_of(dimension, key) if key in dimension.labels else label(each.dimension, key)
        for key in each.values
    ]
    text = " or ".join(names[:_MOST_VALUES])
    if len(names) > _MOST_VALUES:
        text += f" or {len(names) - _MOST_VALUES} more"
    if each.operator in {Operator.CONTAINS, Operator.CONTAINS_NOT}:
        text = f"{_lower(dimension.label)} containing {text}"
    elif each.dimension not in _PLAIN and dimension.label not in text:
        text = f"{_lower(dimension.label)} {text}"
    return _OPERATORS[each.operator].format(text)


def scope_words(found: Understanding, label: Callable[[str, str], str]) -> str:
    """Return all filters that are not the sides of a comparison; nothing where there are none."""
    sides = {side.dimension for side in found.sides}
    texts = [
        filter_words(each, label)
        for each in found.query.filters
        if not (each.operator is Operator.IS and each.dimension in sides)
    ]
    return "".join(f", {text}" for text in texts)


def metric_words(metric: str) -> str:
    """Return a metric's name within a sentence."""
    return _lower(METRICS[metric].label)


def is_money(metric: str) -> bool:
    """Return whether a metric is an amount."""
    return METRICS[metric].unit is Unit.USD


def bucket_place(start: datetime, interval: Interval, zone: ZoneInfo) -> str:
    """Return a bucket's name with its preposition: “on Friday, …”, “in October 2026”."""
    place = "in" if interval in {Interval.WEEK, Interval.MONTH} else "on"
    return f"{place} {bucket_words(start, interval, zone)}"


def bucket_words(start: datetime, interval: Interval, zone: ZoneInfo) -> str:
    """Return a bucket's name within a sentence."""
    local = start.astimezone(zone)
    match interval:
        case Interval.HOUR:
            return f"{local:%A, %-d %B %Y, %H:%M}"
        case Interval.WEEK:
            return f"the week of {local:%-d %B %Y}"
        case Interval.MONTH:
            return f"{local:%B %Y}"
        case _:
            return f"{local:%A, %-d %B %Y}"


def _one_of(label: str) -> str:
    noun = _lower(label)
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def capital(text: str) -> str:
    """Return text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
