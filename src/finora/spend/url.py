r"""A query as an address: flat, readable, canonical, and short enough for a chat.

Grammar, version 1::

    period=28d                      or from=2026-11-01 and to=2026-11-15 (half-open)
    by=model                        or by=model,person
    metric=spend                    or metric=spend,events
    f=is,team,platform              one a filter; values separated by commas, a comma inside one written \\,
    interval=day  compare=previous  sort=-spend  top=8

What is at its default is left out. `query_from_url` never fails: what it cannot read it says, and goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import Comparison, Filter, InvalidQuery, Order, SpendQuery
from finora.spend.request import moment, operator_named
from finora.values.interval import Interval
from finora.values.period import Period, utc_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

DEFAULTS = SpendQuery()
PARAMETERS = ("period", "from", "to", "metric", "by", "f", "interval", "compare", "sort", "top")


@dataclass(frozen=True, slots=True)
class UrlQuery:
    """What an address asks, and what of it could not be understood."""

    query: SpendQuery
    problems: tuple[str, ...] = ()


def query_from_url(parameters: Iterable[tuple[str, str]], defaults: SpendQuery = DEFAULTS) -> UrlQuery:
    """Return the query an address asks; parameters of other names are none of its business."""
    query, problems = defaults, []
    bounds: dict[str, str] = {}
    # Sorting is understood only once it is known by what the query measures and groups.
    known = sorted(
        (each for each in parameters if each[0] in PARAMETERS), key=lambda each: PARAMETERS.index(each[0])
    )
    for name, value in known:
        if name in {"from", "to"}:
            bounds[name] = value
        else:
            try:
                query = _READERS[name](query, value)
            except (InvalidQuery, ValueError) as problem:
                problems.append(f"{name}={value} was left out: {problem}")
    if bounds:
        try:
            query = replace(query, period=_fixed(bounds, query))
        except (InvalidQuery, ValueError) as problem:
            problems.append(f"The dates were left out: {problem}")
    return UrlQuery(query, tuple(problems))


def query_to_url(query: SpendQuery, defaults: SpendQuery = DEFAULTS) -> list[tuple[str, str]]:
    """Return the parameters of the address that asks a query, in canonical order."""
    parameters: list[tuple[str, str]] = []
    if query.period.start and query.period.end:
        parameters += [
            ("from", _moment_text(query, query.period.start)),
            ("to", _moment_text(query, query.period.end)),
        ]
    elif query.period != defaults.period:
        parameters.append(("period", query.period.key))
    if query.metrics != defaults.metrics:
        parameters.append(("metric", ",".join(query.metrics)))
    if query.dimensions != defaults.dimensions:
        parameters.append(("by", ",".join(query.dimensions)))
    parameters += [("f", filter_text(each)) for each in query.filters]
    if query.interval != defaults.interval and query.interval:
        parameters.append(("interval", query.interval.value))
    if query.compare != defaults.compare:
        parameters.append(("compare", query.compare.value if query.compare else "none"))
    if query.order != defaults.order:
        parameters.append(
            ("sort", ",".join(("-" if each.descending else "") + each.by for each in query.order))
        )
    if query.limit != defaults.limit:
        parameters.append(("top", str(query.limit)))
    return parameters


def encode(parameters: Iterable[tuple[str, str]]) -> str:
    """Return parameters as the part after the question mark, with only reserved characters escaped."""
    return "&".join(f"{name}={quote(value, safe=',:@/-._~!$*')}" for name, value in parameters)


def filter_text(each: Filter) -> str:
    """Return a filter as it stands in an address."""
    return ",".join([each.operator.value, each.dimension, *(_escaped(value) for value in each.values)])


def filter_from_text(text: str) -> Filter:
    """Return the filter that stands in an address.

    Raises:
        InvalidQuery: It is not one.
    """
    parts = _split(text)
    if len(parts) < 3:
        raise InvalidQuery("a filter is written operator,dimension,value, as in is,model,auto")
    return Filter(operator_named(parts[0]), parts[1], tuple(parts[2:]))


def _escaped(value: str) -> str:
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


def _moment_text(query: SpendQuery, when: datetime) -> str:
    day = when.astimezone(query.zone).date().isoformat()
    return day if moment(day, query.zone) == when else utc_text(when)


def _fixed(bounds: dict[str, str], query: SpendQuery) -> Period:
    if set(bounds) != {"from", "to"}:
        raise InvalidQuery("from and to are needed together")
    return Period.absolute(moment(bounds["from"], query.zone), moment(bounds["to"], query.zone))


def _order(text: str) -> tuple[Order, ...]:
    return tuple(Order(name.removeprefix("-"), descending=name.startswith("-")) for name in text.split(","))


def _top(query: SpendQuery, text: str) -> SpendQuery:
    if not text.isdecimal():
        raise InvalidQuery("a whole number is wanted")
    return replace(query, limit=int(text))


def _sorted(query: SpendQuery, text: str) -> SpendQuery:
    order = _order(text)
    unknown = [each.by for each in order if each.by not in METRICS and each.by not in DIMENSIONS]
    if unknown:
        raise InvalidQuery(f"“{unknown[0]}” cannot be sorted by")
    return replace(query, order=order)


_READERS: dict[str, Callable[[SpendQuery, str], SpendQuery]] = {
    "period": lambda query, text: replace(query, period=Period.relative(text)),
    "metric": lambda query, text: replace(query, metrics=tuple(text.split(","))),
    "by": lambda query, text: replace(query, dimensions=tuple(text.split(",")) if text else ()),
    "f": lambda query, text: query.filtered(filter_from_text(text)),
    "interval": lambda query, text: replace(query, interval=Interval(text)),
    "compare": lambda query, text: replace(query, compare=None if text == "none" else Comparison(text)),
    "sort": _sorted,
    "top": _top,
}
