"""What a query means, written a second time: slowly, over rows, with nothing but dictionaries and loops.

It shares with the product only how periods resolve, the table of model names and the value classes of a query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from finora.spend.model_name import ModelRules
from finora.spend.query import CHANGE, Comparison, Filter, Operator, SpendQuery
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finora.spend.store import ConnectionName, Person
    from support.events import Row

Figures = tuple[int, ...]

BILLING = ("unknown", "on_demand", "included", "not_charged", "byok", "free")
BILLING_LABELS = ("Unknown", "On demand", "Included", "Not charged", "Own key", "Free")
BASES = ("unknown", "reported", "structural", "activity")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVENT_TYPES = {"inline_edit": "Inline edit", "cloud_agent": "Cloud agent"}


@dataclass(frozen=True)
class Value:
    """A row's value of a dimension: its key, its label, and what it is sorted by."""

    key: str
    label: str
    rank: int | str


@dataclass(frozen=True)
class Answered:
    """One group's figures."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    values: Figures
    previous: Figures | None
    series: tuple[Figures, ...]
    previous_series: tuple[Figures, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The whole answer; `other` with how many groups it stands for."""

    groups: tuple[Answered, ...]
    other: tuple[int, Answered] | None
    totals: Answered
    group_count: int
    buckets: tuple[datetime, ...]


@dataclass(frozen=True)
class Ledger:
    """All rows, each with its connection's number under `connection`, and the names of things.

    A row that has a `day` is a flat charge: no event, but an `amount` that falls on a `person` for a `plan` of a `vendor`.
    """

    rows: list[Row]
    people: dict[str, Person] = field(default_factory=dict)
    connections: dict[int, ConnectionName] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By what an engine has numbered keys, by dimension: groups of equal figures are sorted by these."""

    def answer(self, query: SpendQuery, now: datetime) -> Answer:
        """Return the answer to a query."""
        zone = ZoneInfo(query.timezone)
        earliest = min((from_ms(row["ts"]) for row in self.rows if "day" not in row), default=None)
        span = query.period.resolve(now, zone, earliest)
        compared = None
        if query.compare is Comparison.PREVIOUS:
            compared = query.period.before(span, now, zone)
        elif query.compare is Comparison.YEAR:
            compared = query.period.a_year_before(span, now, zone)
        rows = self._kept(query, span, zone)
        former = self._kept(query, compared, zone) if compared else None
        starts = buckets_of(span, query.interval, zone) if query.interval else ()

        def by_bucket(mine: list[Row], whole: Span | None) -> tuple[Figures, ...]:
            if not query.interval or whole is None:
                return ()
            found: dict[datetime, list[Row]] = {
                start: [] for start in buckets_of(whole, query.interval, zone)
            }
            for row in mine:
                found[bucket_of(row, whole, query.interval, zone)].append(row)
            return tuple(measured(query, found[start]) for start in found)

        def answered(name: tuple[Value, ...], mine: list[Row], mine_before: list[Row] | None) -> Answered:
            return Answered(
                keys=tuple(value.key for value in name),
                labels=tuple(value.label for value in name),
                values=measured(query, mine),
                previous=None if mine_before is None else measured(query, mine_before),
                series=by_bucket(mine, span),
                previous_series=by_bucket(mine_before or [], compared),
            )

        grouped = self._grouped(query, rows, zone)
        before = self._grouped(query, former or [], zone)
        if query.ranks_change:
            grouped = {name: [] for name in before} | grouped
        ordered = sorted_groups(query, grouped, before, self.numbers) if query.dimensions else []
        chosen = ordered[query.offset : query.offset + query.limit]
        left = [row for name, mine in grouped.items() if name not in chosen for row in mine]
        left_before = [row for name, mine in before.items() if name not in chosen for row in mine]
        rest = answered((), left, None if former is None else left_before)
        unnamed = len(ordered) - len(chosen)
        return Answer(
            groups=tuple(
                answered(name, grouped[name], None if former is None else before.get(name, []))
                for name in chosen
            ),
            other=(unnamed, rest) if query.dimensions and (unnamed or any(rest.previous or ())) else None,
            totals=answered((), rows, former),
            group_count=len(ordered),
            buckets=tuple(starts),
        )

    def value(self, row: Row, dimension: str, zone: ZoneInfo) -> Value:
        """Return a row's value of a dimension."""
        if "day" in row and dimension in _CHARGED:
            return _CHARGED[dimension](self, row, zone)
        return _VALUES[dimension](self, row, zone)

    def _kept(self, query: SpendQuery, span: Span, zone: ZoneInfo) -> list[Row]:
        return [
            row
            for row in self.rows
            if _COUNTS["day" in row].intersection(query.metrics)
            and span.start <= moment_of(row, zone) < span.end
            and all(self._matches(row, each, zone) for each in query.filters)
        ]

    def _matches(self, row: Row, each: Filter, zone: ZoneInfo) -> bool:
        value = self.value(row, each.dimension, zone)
        wanted = [text.lower() for text in each.values]
        if each.operator in {Operator.IS, Operator.IS_NOT}:
            found = value.key.lower() in wanted
        else:
            found = any(text in value.key.lower() or text in value.label.lower() for text in wanted)
        return found != (each.operator in {Operator.IS_NOT, Operator.CONTAINS_NOT})

    def _grouped(
        self, query: SpendQuery, rows: list[Row], zone: ZoneInfo
    ) -> dict[tuple[Value, ...], list[Row]]:
        groups: dict[tuple[Value, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(self.value(row, name, zone) for name in query.dimensions), []).append(row)
        return groups


def sorted_groups(
    query: SpendQuery,
    grouped: dict[tuple[Value, ...], list[Row]],
    before: dict[tuple[Value, ...], list[Row]],
    numbers: Mapping[str, Mapping[str, int]],
) -> list[tuple[Value, ...]]:
    """Return the groups as the query sorts them, equals by the dimensions' values, or the numbers of these."""
    ordered = list(grouped)

    def rank(name: tuple[Value, ...], place: int) -> int | str:
        dimension, value = query.dimensions[place], name[place]
        leads = bool(query.order) and query.order[0].by == dimension
        return value.rank if leads else numbers.get(dimension, {}).get(value.key, value.rank)

    for place in reversed(range(len(query.dimensions))):
        ordered.sort(key=lambda name: rank(name, place))
    asked = [(each.by, each.descending) for each in query.order] or [(query.metrics[0], True)]
    for by, descending in reversed(asked):
        if by == CHANGE:
            ordered.sort(
                key=lambda name: measured(query, grouped[name])[0] - measured(query, before.get(name, []))[0],
                reverse=descending,
            )
        elif by in query.metrics:
            place = query.metrics.index(by)
            ordered.sort(key=lambda name: measured(query, grouped[name])[place], reverse=descending)
        else:
            place = query.dimensions.index(by)
            ordered.sort(key=lambda name: rank(name, place), reverse=descending)
    return ordered


def measured(query: SpendQuery, rows: list[Row]) -> Figures:
    """Return a query's metrics over rows."""
    events = [row for row in rows if "day" not in row]
    charged = sum(row["amount"] for row in rows if "day" in row)
    figures = {"subscription_cost": charged, "total_cost": _METRICS["spend"](events) + charged}
    return tuple(figures[name] if name in figures else _METRICS[name](events) for name in query.metrics)


def moment_of(row: Row, zone: ZoneInfo) -> datetime:
    """Return when a row counts: an event when it happened, a charge when its day begins, whichever zone is asked of."""
    return first_moment(row["day"], zone) if "day" in row else from_ms(row["ts"])


@cache
def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a calendar day begins."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(minutes=30)
    return moment


def bucket_of(row: Row, span: Span, interval: str | None, zone: ZoneInfo) -> datetime:
    """Return the start of the bucket a row lies in."""
    moment = moment_of(row, zone)
    if interval == "hour":
        return first_hour(span, zone) + (moment - first_hour(span, zone)) // timedelta(hours=1) * timedelta(
            hours=1
        )
    return first_moment(first_day(moment.astimezone(zone).date(), interval), zone)


def buckets_of(span: Span, interval: str, zone: ZoneInfo) -> list[datetime]:
    """Return the starts of all buckets that touch a span."""
    if interval == "hour":
        start = first_hour(span, zone)
        return [start + timedelta(hours=n) for n in range(-((start - span.end) // timedelta(hours=1)))]
    day, last = (
        moment.astimezone(zone).date() for moment in (span.start, span.end - timedelta(milliseconds=1))
    )
    starts = []
    while day <= last:
        starts.append(first_moment(first_day(day, interval), zone))
        day += timedelta(days=1)
    return sorted(set(starts))


def first_hour(span: Span, zone: ZoneInfo) -> datetime:
    """Return the beginning of the local hour a span begins in."""
    local = span.start.astimezone(zone)
    return span.start - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def first_day(day: date, interval: str | None) -> date:
    """Return the first day of a day's bucket."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _sum(name: str, when: Callable[[Row], bool] = lambda _: True) -> Callable[[list[Row]], int]:
    return lambda rows: sum(row[name] or 0 for row in rows if when(row))


def _distinct(name: str) -> Callable[[list[Row]], int]:
    return lambda rows: len({row[name] for row in rows} - {None})


def _per_person(rows: list[Row]) -> int:
    spend, people = _METRICS["spend"](rows), _METRICS["people"](rows)
    if not people:
        return 0
    return spend // people if spend >= 0 else -(-spend // people)


_METRICS: dict[str, Callable[[list[Row]], int]] = {
    "spend": _sum("cost", lambda row: row["chargeable"]),
    "usage_value": _sum("cost"),
    "included_value": _sum("cost", lambda row: row["billing"] == 2),
    "list_cost": _sum("list_cost"),
    "fee": _sum("fee"),
    "discount": _sum("discount"),
    "events": len,
    "people": _distinct("person"),
    "tokens": lambda rows: sum(
        row["input_tokens"] + row["output_tokens"] + row["cache_write_tokens"] + row["cache_read_tokens"]
        for row in rows
    ),
    "input_tokens": _sum("input_tokens"),
    "output_tokens": _sum("output_tokens"),
    "cache_write_tokens": _sum("cache_write_tokens"),
    "cache_read_tokens": _sum("cache_read_tokens"),
    "requests": _sum("requests"),
    "conversations": _distinct("conversation"),
    "unpriced_events": lambda rows: len([row for row in rows if row["cost"] is None]),
    "spend_per_person": _per_person,
}

_RULES = ModelRules()


def _named(key: str, label: str) -> Value:
    return Value(key, label, key)


def _person(ledger: Ledger, row: Row, _zone: ZoneInfo) -> Value:
    if row["person"] is None:
        return _named("unattributed", "Unattributed")
    person = ledger.people.get(row["person"])
    return _named(row["person"], person.label if person else row["person"])


def _team(ledger: Ledger, row: Row, _zone: ZoneInfo) -> Value:
    person = ledger.people.get(row["person"] or "")
    return _named(person.team, person.team_label) if person and person.team else _named("none", "No team")


def _connection(ledger: Ledger, row: Row, _zone: ZoneInfo) -> Value:
    connection = ledger.connections[row["connection"]]
    return _named(connection.key, connection.label)


def _provider(ledger: Ledger, row: Row, _zone: ZoneInfo) -> Value:
    connection = ledger.connections[row["connection"]]
    return _named(connection.provider, connection.provider_label)


def _coded(
    name: str, keys: tuple[str, ...], labels: tuple[str, ...]
) -> Callable[[Ledger, Row, ZoneInfo], Value]:
    return lambda _ledger, row, _zone: Value(keys[row[name]], labels[row[name]], int(row[name]))


def _plain(name: str, none: str) -> Callable[[Ledger, Row, ZoneInfo], Value]:
    return lambda _ledger, row, _zone: _named(row[name] or "none", row[name] or none)


def _local(row: Row, zone: ZoneInfo) -> datetime:
    return moment_of(row, zone).astimezone(zone)


def _hour(_ledger: Ledger, row: Row, zone: ZoneInfo) -> Value:
    hour = _local(row, zone).hour
    return Value(f"{hour:02d}", f"{hour:02d}:00", hour)


def _weekday(_ledger: Ledger, row: Row, zone: ZoneInfo) -> Value:
    day = _local(row, zone).weekday()
    return Value(WEEKDAYS[day], WEEKDAYS[day].title(), day)


_VALUES: dict[str, Callable[[Ledger, Row, ZoneInfo], Value]] = {
    "person": _person,
    "team": _team,
    "model": lambda _ledger, row, _zone: _named(row["model"], _RULES.describe(row["model"]).label),
    "vendor": lambda _ledger, row, _zone: _named(
        _RULES.describe(row["model"]).vendor, _RULES.describe(row["model"]).vendor_label
    ),
    "family": lambda _ledger, row, _zone: _named(
        _RULES.describe(row["model"]).family, _RULES.describe(row["model"]).family_label
    ),
    "event_type": lambda _ledger, row, _zone: _named(
        row["event_type"], EVENT_TYPES.get(row["event_type"], row["event_type"].title())
    ),
    "basis": _coded("basis", BASES, tuple(basis.title() for basis in BASES)),
    "billing": _coded("billing", BILLING, BILLING_LABELS),
    "kind": lambda _ledger, row, _zone: _named(row["kind"], row["kind"]),
    "provider": _provider,
    "connection": _connection,
    "service_account": _plain("service_account", "No service account"),
    "max_mode": _coded("max_mode", ("no", "yes"), ("Not Max Mode", "Max Mode")),
    "headless": _coded("headless", ("no", "yes"), ("In the editor", "Headless")),
    "conversation": _plain("conversation", "No conversation"),
    "cloud_agent": _plain("cloud_agent", "No cloud agent"),
    "automation": _plain("automation", "No automation"),
    "hour": _hour,
    "weekday": _weekday,
}


def _flat(rank: int | str = "subscription") -> Callable[[Ledger, Row, ZoneInfo], Value]:
    return lambda _ledger, _row, _zone: Value("subscription", "Subscription", rank)


def _plain_none(label: str) -> Callable[[Ledger, Row, ZoneInfo], Value]:
    return lambda _ledger, _row, _zone: _named("none", label)


def _charged_connection(ledger: Ledger, row: Row, zone: ZoneInfo) -> Value:
    return _connection(ledger, row, zone) if row["connection"] else _named("none", "No connection")


_COUNTS = {
    True: {"subscription_cost", "total_cost"},
    False: {*_METRICS, "total_cost"},
}
"""The metrics that flat charges (true) and events (false) are part of."""

_CHARGED: dict[str, Callable[[Ledger, Row, ZoneInfo], Value]] = {
    "model": lambda _ledger, row, _zone: _named(f"plan:{row['plan']}", row["plan"].title()),
    "vendor": lambda _ledger, row, _zone: _named(row["vendor"].lower(), row["vendor"]),
    "family": _flat(),
    "event_type": _flat(),
    "kind": _flat(),
    "provider": _flat(),
    **dict.fromkeys(("billing", "basis", "max_mode", "headless", "hour"), _flat(255)),
    "connection": _charged_connection,
    "service_account": _plain_none("No service account"),
    "conversation": _plain_none("No conversation"),
    "cloud_agent": _plain_none("No cloud agent"),
    "automation": _plain_none("No automation"),
}
"""What dimensions say of flat charges, where that is not what they say of events."""
