"""A query as JSON: the body of `POST /api/v1/query`, and what `finora query` and the assistants send."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

from finora.spend.query import Comparison, Filter, InvalidQuery, Operator, Order, SpendQuery
from finora.values.interval import Interval
from finora.values.period import Period, midnight, utc_text
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_MEMBERS = (
    "metrics",
    "dimensions",
    "filters",
    "period",
    "interval",
    "timezone",
    "compare",
    "order_by",
    "limit",
    "offset",
)


def query_from_json(body: Mapping[str, object], *, timezone: str) -> SpendQuery:
    """Return the query a JSON object asks.

    Args:
        body: The object; every member is optional.
        timezone: The zone when the body names none.

    Raises:
        InvalidQuery: A member is unknown or cannot be read; the message names it.
    """
    unknown = [name for name in body if name not in _MEMBERS]
    if unknown:
        raise InvalidQuery(f"Unknown: {quoted(', '.join(unknown))}. A query has: {', '.join(_MEMBERS)}.")
    zone_name = body.get("timezone", timezone)
    if not isinstance(zone_name, str):
        raise InvalidQuery("timezone must be a name such as Europe/Berlin.")
    query = SpendQuery(timezone=zone_name)  # refuses an unknown zone before it is used
    return SpendQuery(
        metrics=_names(body.get("metrics", ["spend"]), "metrics"),
        dimensions=_names(body.get("dimensions", []), "dimensions"),
        filters=tuple(_filter(each) for each in _list(body.get("filters", []), "filters")),
        period=period_from_json(body.get("period", "28d"), query.zone),
        interval=None if body.get("interval") is None else interval_named(body["interval"]),
        timezone=zone_name,
        compare=None if body.get("compare") is None else comparison_named(body["compare"]),
        order=tuple(_order(each) for each in _list(body.get("order_by", []), "order_by")),
        limit=_whole(body.get("limit", 50), "limit"),
        offset=_whole(body.get("offset", 0), "offset"),
    )


def query_to_json(query: SpendQuery) -> dict[str, object]:
    """Return the JSON object that asks the query; what is at its default is left out."""
    body: dict[str, object] = {"metrics": list(query.metrics), "dimensions": list(query.dimensions)}
    if query.filters:
        body["filters"] = [[each.operator.value, each.dimension, list(each.values)] for each in query.filters]
    period = query.period
    if period.start and period.end:
        body["period"] = {"start": utc_text(period.start), "end": utc_text(period.end)}
    else:
        body["period"] = period.key
    if query.interval:
        body["interval"] = query.interval.value
    body["timezone"] = query.timezone
    if query.compare:
        body["compare"] = query.compare.value
    if query.order:
        body["order_by"] = [[each.by, "desc" if each.descending else "asc"] for each in query.order]
    body["limit"] = query.limit
    if query.offset:
        body["offset"] = query.offset
    return body


def period_from_json(value: object, zone: ZoneInfo) -> Period:
    """Return a period given by name (`7d`) or as `{"start": …, "end": …}`.

    Raises:
        InvalidQuery: It is neither.
    """
    try:
        if isinstance(value, str):
            return Period.relative(value)
        if isinstance(value, dict) and set(value) == {"start", "end"}:
            return Period.absolute(moment(value["start"], zone), moment(value["end"], zone))
    except ValueError as problem:
        raise InvalidQuery(f"The period cannot be used: {problem}.") from None
    raise InvalidQuery('The period is a name such as "28d", or {"start": …, "end": …} with RFC 3339 times.')


def moment(value: object, zone: ZoneInfo) -> datetime:
    """Return a moment in UTC from a date, which means its midnight in the zone, or an RFC 3339 time.

    Raises:
        ValueError: It is neither.
    """
    text = value if isinstance(value, str) else ""
    try:
        if len(text) == len("2026-01-01"):
            return midnight(date.fromisoformat(text), zone)
        parsed = datetime.fromisoformat(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{quoted(value)} is not a date or time such as 2026-11-01 or 2026-11-01T12:00:00Z"
        ) from None


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise InvalidQuery(f"{name} must be a list.")
    return value


def _names(value: object, name: str) -> tuple[str, ...]:
    names = _list(value, name)
    if not all(isinstance(each, str) for each in names):
        raise InvalidQuery(f"{name} must be a list of names.")
    return tuple(cast("list[str]", names))


def _filter(value: object) -> Filter:
    match value:
        case [str(operator), str(dimension), [*values]]:
            return Filter(operator_named(operator), dimension, _names(values, "the values in filters"))
        case [str(operator), str(dimension), str(only)]:
            return Filter(operator_named(operator), dimension, (only,))
    raise InvalidQuery('Each of filters is [operator, dimension, [values]], as in ["is", "model", ["auto"]].')


def operator_named(name: str) -> Operator:
    """Return a filter's operator.

    Raises:
        InvalidQuery: There is none of that name.
    """
    try:
        return Operator(name)
    except ValueError:
        raise InvalidQuery(
            f"{quoted(name)} is not an operator of filters; there are {', '.join(Operator)}."
        ) from None


def interval_named(name: object) -> Interval:
    """Return an interval.

    Raises:
        InvalidQuery: There is none of that name.
    """
    try:
        return Interval(cast("str", name))
    except ValueError:
        raise InvalidQuery(f"{quoted(name)} is not an interval; there are {', '.join(Interval)}.") from None


def comparison_named(name: object) -> Comparison:
    """Return what a period is compared with.

    Raises:
        InvalidQuery: There is none of that name.
    """
    try:
        return Comparison(cast("str", name))
    except ValueError:
        raise InvalidQuery(
            f"There is no {quoted(name)} to compare with; there are {', '.join(Comparison)}."
        ) from None


def _order(value: object) -> Order:
    match value:
        case [str(by), ("asc" | "desc") as direction]:
            return Order(by, descending=direction == "desc")
    raise InvalidQuery('Each of order_by is [metric or dimension, "asc" or "desc"], as in ["spend", "desc"].')


def _whole(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidQuery(f"{name} must be a whole number.")
    return value
