r"""A query as an address: flat, readable, canonical, and short enough for a chat.

Grammar, version 1::

    period=28d                      or from=2026-11-01 and to=2026-11-15 (half-open)
    by=model                        or by=model,person
    metric=spend                    or metric=spend,events
    f=is,team,platform              one a filter; values separated by commas, a comma inside one written \\,
    interval=day  compare=previous  sort=-spend  top=8  offset=8

What is at its default is left out; where the default is something, `f=`, `by=` and `sort=` with nothing after it and
`interval=none`, `compare=none` say that it is not wanted. The time zone is the workspace's and never part of an address.
`query_from_url` never fails: what it cannot read it says, and goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from finora.spend.query import CHANGE, Filter, InvalidQuery, Order, SpendQuery
from finora.spend.request import comparison_named, interval_named, moment, operator_named
from finora.values.period import Period, midnight, utc_text
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

DEFAULTS = SpendQuery()
PARAMETERS = ("period", "from", "to", "metric", "by", "f", "interval", "compare", "sort", "top", "offset")


@dataclass(frozen=True, slots=True)
class UrlQuery:
    """What an address asks, and what of it could not be understood."""

    query: SpendQuery
    problems: tuple[str, ...] = ()


def query_from_url(parameters: Iterable[tuple[str, str]], defaults: SpendQuery = DEFAULTS) -> UrlQuery:
    """Return the query an address asks; parameters of other names are none of its business."""
    # Sorting is understood only once it is known by what the query measures and groups.
    known = sorted(
        (each for each in parameters if each[0] in PARAMETERS), key=lambda each: PARAMETERS.index(each[0])
    )
    named = {name for name, _ in known}
    query = replace(defaults, order=(), filters=() if "f" in named else defaults.filters)
    problems: list[str] = []
    for name, value in known:
        if name not in {"from", "to"}:
            try:
                query = _READERS[name](query, value)
            except (InvalidQuery, ValueError) as problem:
                problems.append(f"{name}={quoted(value)} was left out: {problem}")
    if named & {"from", "to"}:
        try:
            query = replace(query, period=_fixed(dict(known), query.zone))
        except (InvalidQuery, ValueError) as problem:
            problems.append(f"The dates were left out: {problem}")
    sortable = {*query.metrics, *query.dimensions, *([CHANGE] if query.compare else [])}
    if "sort" not in named and all(each.by in sortable for each in defaults.order):
        query = replace(query, order=defaults.order)
    return UrlQuery(query, tuple(problems))


def query_to_url(query: SpendQuery, defaults: SpendQuery = DEFAULTS) -> list[tuple[str, str]]:
    """Return the parameters of the address that asks a query, in canonical order."""
    parameters = _dates(query) if query.period != defaults.period else []
    for name, attribute, texts in _WRITERS:
        if getattr(query, attribute) != getattr(defaults, attribute):
            parameters += [(name, text) for text in texts(query)]
    return parameters


def encode(parameters: Iterable[tuple[str, str]]) -> str:
    """Return parameters as the part after the question mark, with only reserved characters escaped."""
    return "&".join(f"{name}={quote(value, safe=',:@/-._~!$*')}" for name, value in parameters)


def filter_text(each: Filter) -> str:
    """Return a filter as it stands in an address."""
    return ",".join([each.operator.value, each.dimension, *(escaped(value) for value in each.values)])


def filter_from_text(text: str) -> Filter:
    """Return the filter that stands in an address.

    Raises:
        InvalidQuery: It is not one.
    """
    parts = _split(text)
    if len(parts) < 3:
        raise InvalidQuery("a filter is written operator,dimension,value, as in is,model,auto")
    return Filter(operator_named(parts[0]), parts[1], tuple(parts[2:]))


def escaped(value: str) -> str:
    """Return a filter's value with the commas in it marked as parts of it."""
    return value.replace("\\", "\\\\").replace(",", "\\,")


def _split(text: str) -> list[str]:
    parts, current, escaped = [], "", False
    for character in text:
        if escaped or character not in "\\,":
            current += character
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            parts.append(current)
            current = ""
    return [*parts, current]


def _dates(query: SpendQuery) -> list[tuple[str, str]]:
    if query.period.start is None or query.period.end is None:
        return [("period", query.period.key)]
    bounds = (("from", query.period.start), ("to", query.period.end))
    return [(name, _moment_text(when, query.zone)) for name, when in bounds]


@lru_cache(64)  # a page has some hundred addresses of the same few moments
def _moment_text(when: datetime, zone: ZoneInfo) -> str:
    day = when.astimezone(zone).date()
    return day.isoformat() if midnight(day, zone) == when else utc_text(when)


def _fixed(bounds: dict[str, str], zone: ZoneInfo) -> Period:
    if not {"from", "to"} <= set(bounds):
        raise InvalidQuery("from and to are needed together")
    return Period.absolute(moment(bounds["from"], zone), moment(bounds["to"], zone))


def _order(text: str) -> tuple[Order, ...]:
    names = text.split(",") if text else []
    return tuple(Order(name.removeprefix("-"), descending=name.startswith("-")) for name in names)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise InvalidQuery("a whole number of at most nine digits is wanted")
    return int(text)


_READERS: dict[str, Callable[[SpendQuery, str], SpendQuery]] = {
    "period": lambda query, text: replace(query, period=Period.relative(text)),
    "metric": lambda query, text: replace(query, metrics=tuple(text.split(","))),
    "by": lambda query, text: replace(query, dimensions=tuple(text.split(",")) if text else ()),
    "f": lambda query, text: query.filtered(filter_from_text(text)) if text else query,
    "interval": lambda query, text: replace(query, interval=None if text == "none" else interval_named(text)),
    "compare": lambda query, text: replace(query, compare=None if text == "none" else comparison_named(text)),
    "sort": lambda query, text: replace(query, order=_order(text)),
    "top": lambda query, text: replace(query, limit=_count(text)),
    "offset": lambda query, text: replace(query, offset=_count(text)),
}

_WRITERS: tuple[tuple[str, str, Callable[[SpendQuery], list[str]]], ...] = (
    ("metric", "metrics", lambda query: [",".join(query.metrics)]),
    ("by", "dimensions", lambda query: [",".join(query.dimensions)]),
    ("f", "filters", lambda query: [filter_text(each) for each in query.filters] or [""]),
    ("interval", "interval", lambda query: [query.interval or "none"]),
    ("compare", "compare", lambda query: [query.compare or "none"]),
    ("sort", "order", lambda query: [",".join(f"{'-' * each.descending}{each.by}" for each in query.order)]),
    ("top", "limit", lambda query: [str(query.limit)]),
    ("offset", "offset", lambda query: [str(query.offset)]),
)
"""Parameter, the query's attribute, and how it is written; in canonical order."""
