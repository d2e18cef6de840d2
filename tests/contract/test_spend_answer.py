"""What an answer holds beside its figures, and cases that people meet on its edges."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from finora.spend.query import Comparison, Filter, InvalidQuery, Operator, Order, SpendQuery
from finora.spend.rendering import result_to_json
from finora.spend.service import Spend
from finora.spend.store import ConnectionName, Person
from finora.values.interval import Interval, bucket_starts
from finora.values.period import Period, Span, from_ms, midnight, to_ms
from support.clock import StandingClock
from support.events import DAY, T0, Row, event, read, table

if TYPE_CHECKING:
    from finora.spend.store import EventStore
    from support.engines import Engine

NOW = from_ms(T0 + 10 * DAY + DAY // 2)
TEN_DAYS = Period.absolute(from_ms(T0), from_ms(T0 + 10 * DAY))


def spend_of(store: EventStore, rows: list[Row], now: datetime = NOW) -> Spend:
    """Return the service over a store that holds events of ten days and the year before."""
    store.replace_window(read(-400, 20), table(rows))
    return Spend(store, StandingClock(now))


def ask(*dimensions: str, **more: object) -> SpendQuery:
    """Return a query about the ten days."""
    return SpendQuery(**{"dimensions": dimensions, "period": TEN_DAYS} | more)  # type: ignore[arg-type]


@pytest.mark.parametrize("dimension", ["provider", "connection"])
def test_money_of_a_connection_that_has_no_name_yet_is_not_lost(store: EventStore, dimension: str) -> None:
    spend = spend_of(store, [event(T0, cost=5)])
    (group,) = spend.answer(ask(dimension)).groups
    assert group.values == (5,)
    assert "None" not in group.keys + group.labels
    store.name_connections(
        [ConnectionName(number=1, key="acme", label="Acme", provider="cursor", provider_label="Cursor")]
    )
    (group,) = spend.answer(ask(dimension)).groups
    assert group.keys == ("cursor" if dimension == "provider" else "acme",)
    store.replace_window(read(0, 1), table([event(T0, cost=6)]))
    assert spend.answer(ask(dimension)).groups[0].keys == group.keys


def test_people_are_counted_rightly_while_a_company_grows(engine: Engine) -> None:
    """Sets of people are as long as there were people when they were made, and those of different days are united."""
    crowds = (range(1), range(20, 100), range(90, 300), range(1500))
    with engine.place() as place:
        store = place.open()
        for day, crowd in enumerate(crowds):
            rows = [event(T0 + day * DAY + number, f"{number}@acme.test", 1) for number in crowd]
            store.replace_window(read(day, day + 1), table(rows))
        spend = Spend(store, StandingClock(NOW))
        growing = ask("model", metrics=("people",), interval=Interval.DAY)
        (group,) = spend.answer(growing).groups
        assert group.values == (1500,)
        assert [values[0] for values in group.series][: len(crowds)] == [len(each) for each in crowds]
        two_days = Period.absolute(from_ms(T0 + DAY), from_ms(T0 + 3 * DAY))
        (group,) = spend.answer(ask("model", metrics=("people",), period=two_days)).groups
        assert group.values == (280,)
        store.close()


AWKWARD = [
    "ΟΔΟΣ",
    "İstanbul",
    "ẞ-model",
    " spaced ",
    "a,b",
    "100 %",
    "_",
    "back\\slash",
    "quo'te",
    '"',
    "none",
    "漢字🦊",
    "UPPER",
]


@pytest.mark.parametrize("dimension", ["model", "kind", "automation"])
def test_a_row_of_a_table_opens_to_its_own_events_whatever_its_name(
    store: EventStore, dimension: str
) -> None:
    spend = spend_of(store, [event(T0 + n, cost=2**n, **{dimension: name}) for n, name in enumerate(AWKWARD)])
    for group in spend.answer(ask(dimension)).groups:
        for operator in (Operator.IS, Operator.CONTAINS):
            drilled = spend.answer(ask(dimension, filters=(Filter(operator, dimension, group.keys),)))
            assert group.keys in [found.keys for found in drilled.groups]
        assert (
            spend.answer(ask(filters=(Filter(Operator.IS, dimension, group.keys),))).totals.values
            == group.values
        )


def test_what_is_gone_since_the_period_before_is_part_of_the_sum(store: EventStore) -> None:
    """Else the groups would say +3 and the total -4, with nothing to explain it."""
    spend = spend_of(store, [event(T0, cost=5), event(T0 - DAY, cost=2), event(T0 - DAY, "bo@acme.test", 7)])
    result = spend.answer(ask("person", compare=Comparison.PREVIOUS))
    assert [(group.keys, group.values, group.previous) for group in result.groups] == [
        (("ana@acme.test",), (5,), (2,))
    ]
    assert result.other is not None
    assert (result.other.members, result.other.values, result.other.previous) == (0, (0,), (7,))
    assert result.totals.previous == (9,)


def test_what_drove_a_rise_or_a_fall_stands_first(store: EventStore) -> None:
    """A person who stopped altogether is the largest fall, and must be in the list of them."""
    rows = [event(T0, cost=5), event(T0 - DAY, cost=2), event(T0, "cy@acme.test", 9)]
    spend = spend_of(store, [*rows, event(T0 - DAY, "cy@acme.test", 8), event(T0 - DAY, "bo@acme.test", 7)])

    def changes(*, rising: bool) -> list[tuple[str, int, int | None]]:
        asked = ask("person", compare=Comparison.PREVIOUS, order=(Order("change", descending=rising),))
        found = spend.answer(asked)
        assert found.group_count == len(found.groups)
        return [(g.keys[0][:2], g.values[0], g.previous and g.previous[0]) for g in found.groups]  # type: ignore[misc]

    assert changes(rising=True) == [("an", 5, 2), ("cy", 9, 8), ("bo", 0, 7)]
    assert changes(rising=False) == [("bo", 0, 7), ("cy", 9, 8), ("an", 5, 2)]


def test_a_page_past_the_last_group_still_says_what_there_is(store: EventStore) -> None:
    spend = spend_of(store, [event(T0, cost=5), event(T0, "bo@acme.test", 7)])
    result = spend.answer(ask("person", offset=2))
    assert (result.groups, result.group_count) == ((), 2)
    assert result.other is not None
    assert (result.other.members, result.other.values) == (2, (12,))


def test_thousands_of_combinations_are_answered(store: EventStore) -> None:
    rows = [event(T0 + n, f"p{n % 60}@acme.test", n, model=f"m{n % 59}") for n in range(3540)]
    result = spend_of(store, rows).answer(ask("person", "model", limit=3000, interval=Interval.DAY))
    assert len(result.groups) == 3000
    assert result.other is not None
    assert result.other.members == 540
    assert result.other.values[0] + sum(group.values[0] for group in result.groups) == sum(range(3540))
    assert result.groups[0].keys == ("p59@acme.test", "m58")


def test_more_figures_than_anyone_can_read_are_refused_with_what_to_do(store: EventStore) -> None:
    spend = spend_of(store, [event(T0 + n, f"p{n}@acme.test") for n in range(120)])
    with pytest.raises(InvalidQuery, match="Choose a longer interval"):
        spend.answer(ask(period=Period("9999d"), interval=Interval.HOUR))
    with pytest.raises(InvalidQuery, match="Lower the limit"):
        spend.answer(ask("person", period=Period("365d"), interval=Interval.HOUR, limit=500))
    assert len(spend.answer(ask(period=Period("365d"), interval=Interval.HOUR)).buckets) == 8760


def test_more_figures_than_an_answer_can_hold_are_refused_whatever_they_are_of(
    store: EventStore,
) -> None:
    spend = spend_of(store, [event(T0 + n, f"p{n}@acme.test") for n in range(120)])
    metrics = ("spend", "events", "usage_value", "tokens")
    with pytest.raises(InvalidQuery, match="fewer metrics"):
        spend.answer(ask("person", metrics=metrics, period=Period("28d"), interval=Interval.HOUR, limit=120))


@pytest.mark.parametrize(
    "filters",
    [
        [Filter(Operator.IS, "model", ("m",) * 501)] * 2,
        [Filter(Operator.CONTAINS, "conversation", ("c",) * 51)] * 2,
        [Filter(Operator.IS, "model", ("m" * 501,))],
    ],
)
def test_filters_that_would_keep_the_engine_busy_for_minutes_are_refused(filters: list[Filter]) -> None:
    with pytest.raises(InvalidQuery, match="at most"):
        SpendQuery(filters=tuple(filters))


def test_nothing_read_yet_is_an_answer_too(store: EventStore) -> None:
    result = Spend(store, StandingClock(NOW)).answer(
        ask("person", period=Period("all"), compare=Comparison.PREVIOUS)
    )
    assert (result.groups, result.other, result.totals.values) == ((), None, (0,))
    assert (result.data_through, result.read_from) == (None, None)
    assert result.span.length == timedelta(days=1)


def test_an_answer_says_how_far_the_data_of_every_connection_reaches(store: EventStore) -> None:
    store.replace_window(read(0, 8), table([event(T0)]))
    store.replace_window(read(2, 4, connection=2), table([event(T0 + 2 * DAY)]))
    store.replace_window(read(5, 6, connection=2), table([event(T0 + 5 * DAY)]))
    result = Spend(store, StandingClock(NOW)).answer(ask())
    assert (result.read_from, result.data_through) == (from_ms(T0), from_ms(T0 + 6 * DAY))


def test_plain_data_has_exact_money_keys_with_labels_and_the_period_that_was_used(
    store: EventStore,
) -> None:
    store.name_people([Person(key="ana@acme.test", label="Ana Abel", team="platform", team_label="Platform")])
    rows = [
        event(T0, cost=1_234_567_890, requests=2_700_000),
        event(T0 - DAY, None, 250),
        event(T0 + DAY, None, 10),
    ]
    query = ask("person", metrics=("spend", "events", "requests"), compare=Comparison.PREVIOUS, limit=1)
    assert result_to_json(spend_of(store, rows).answer(query)) == {
        "rows": [
            {
                "person": "ana@acme.test",
                "person_label": "Ana Abel",
                "spend": "1.23456789",
                "events": 1,
                "requests": "2.7",
                "previous": {"spend": "0.00", "events": 0, "requests": "0"},
            }
        ],
        "totals": {
            "spend": "1.2345679",
            "events": 2,
            "requests": "2.7",
            "previous": {"spend": "0.00000025", "events": 1, "requests": "0"},
        },
        "other": {
            "groups": 1,
            "spend": "0.00000001",
            "events": 1,
            "requests": "0",
            "previous": {"spend": "0.00000025", "events": 1, "requests": "0"},
        },
        "meta": {
            "query": {
                "metrics": ["spend", "events", "requests"],
                "dimensions": ["person"],
                "period": {"start": "2026-09-21T00:00:00Z", "end": "2026-10-01T00:00:00Z"},
                "timezone": "UTC",
                "compare": "previous",
                "order_by": [["spend", "desc"], ["person", "asc"]],
                "limit": 1,
            },
            "period": {"start": "2026-09-21T00:00:00Z", "end": "2026-10-01T00:00:00Z"},
            "compared": {"start": "2026-09-11T00:00:00Z", "end": "2026-09-21T00:00:00Z"},
            "groups": 2,
            "data_through": "2026-10-11T00:00:00Z",
            "read_from": "2025-08-17T00:00:00Z",
            "metrics": {
                "spend": {"label": "Spend", "unit": "usd"},
                "events": {"label": "Events", "unit": "count"},
                "requests": {"label": "Requests", "unit": "requests"},
            },
        },
    }


def test_plain_data_by_interval_has_a_row_a_bucket_that_has_begun(store: EventStore) -> None:
    now = from_ms(T0 + 2 * DAY + 5)
    result = spend_of(store, [event(T0 + DAY, cost=10**9)], now).answer(ask(interval=Interval.DAY))
    assert result_to_json(result)["rows"] == [
        {"bucket": "2026-09-21T00:00:00Z", "spend": "0.00"},
        {"bucket": "2026-09-22T00:00:00Z", "spend": "1.00"},
        {"bucket": "2026-09-23T00:00:00Z", "spend": "0.00"},
    ]


LEAPS = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("Asia/Beirut", "2026-03-29"),
    ("Asia/Kolkata", "2026-10-25"),
    ("Pacific/Apia", "2011-12-31"),
]


@pytest.mark.parametrize(("zone_name", "when"), LEAPS)
def test_the_engine_and_the_calendar_agree_on_every_bucket_around_a_leap_of_the_clock(
    zone_name: str, when: str, engine: Engine
) -> None:
    zone, leap = ZoneInfo(zone_name), date.fromisoformat(when)
    start = to_ms(midnight(leap - timedelta(days=3), zone))
    end = to_ms(midnight(leap + timedelta(days=3), zone))
    instants = [ms + edge for ms in range(start, end, DAY // 48) for edge in (0, DAY // 48 - 1)]
    for kept_in in (zone_name, "UTC"):  # answered from the roll-up, and from events
        with engine.store(kept_in) as store:
            window = read((start - T0) / DAY - 1, (end - T0) / DAY + 1)
            store.replace_window(window, table([event(ms, cost=1) for ms in instants]))
            spend = Spend(store, StandingClock(datetime(2030, 1, 1, tzinfo=UTC)))
            for interval in Interval:
                query = ask(
                    period=Period.absolute(from_ms(start), from_ms(end)),
                    interval=interval,
                    timezone=zone_name,
                )
                result = spend.answer(query)
                starts = bucket_starts(Span.from_ms(start, end), interval, zone)
                expected = [0] * len(starts)
                for ms in instants:
                    expected[bisect_right(starts, from_ms(ms)) - 1] += 1
                assert list(result.buckets) == starts
                assert [values[0] for values in result.totals.series] == expected
                assert all(expected)
