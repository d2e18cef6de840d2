"""Single events: every figure opens to its rows, page after page, and nobody opens another person's."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.event_order import ORDERS, EventOrder
from finora.spend.listing import Listing, event_statement, events_from_rows, list_statement, moment_of
from finora.spend.query import Filter, InvalidQuery, Operator, SpendQuery
from finora.spend.service import EventNotFound, Spend
from finora.storage.events import DuckDBEventStore
from finora.storage.events.duckdb.dialect import DuckDBDialect
from finora.values.period import Period, from_ms
from support.clock import StandingClock
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finora.spend.listing import ListedEvent
    from finora.spend.store import EventStore
    from support.engines import Engine
    from support.events import Row

DAYS = SpendQuery(period=Period.absolute(from_ms(T0), from_ms(T0 + 3 * DAY)))
ROWS = [
    event(T0 + n // 3 * (DAY // 8), ("ana@acme.test", "bo@acme.test", None)[n % 3], n, model=f"m{n % 4}")
    for n in range(60)
]


@pytest.fixture
def spend(store: EventStore) -> Spend:
    """Return the service over sixty events, three to an instant, in two connections."""
    store.replace_window(read(0, 10), table(ROWS[:40]))
    store.replace_window(read(0, 10, connection=2), table(ROWS[40:] + ROWS[:6]))
    return Spend(store, StandingClock(NOW))


FILTERS = (
    Filter(Operator.CONTAINS, "model", ("1", "2")),
    Filter(Operator.IS_NOT, "person", ("unattributed",)),
)


@pytest.mark.parametrize("own", [None, "bo@acme.test"])
@pytest.mark.parametrize("limit", [1, 4, 1000])
def test_pages_hold_each_event_of_a_figure_once_newest_first(
    spend: Spend, limit: int, own: str | None
) -> None:
    query = DAYS.filtered(*FILTERS)
    found: list[ListedEvent] = []
    cursor = None
    while True:
        page = spend.events(query, Listing(cursor=cursor), limit=limit, own=own)
        found += page.events
        cursor = page.next_cursor
        assert len(page.events) == limit or cursor is None
        if cursor is None:
            break
    totals = spend.answer(
        SpendQuery(metrics=("events", "spend"), period=query.period, filters=FILTERS), own=own
    ).totals
    assert (len(found), sum(each.cost or 0 for each in found)) == totals.values
    assert len({each.id for each in found}) == len(found)
    assert len(found) > 3
    assert [each.ts for each in found] == sorted((each.ts for each in found), reverse=True)
    assert {each.person for each in found} == ({own} if own else {"ana@acme.test", "bo@acme.test"})
    with spend.export(query, own=own) as batches:
        assert sum(batch.num_rows for batch in batches) == len(found)


def test_an_event_is_opened_by_its_id_but_not_by_another_person(spend: Spend) -> None:
    (listed, *_) = spend.events(DAYS.filtered(Filter(Operator.IS, "person", ("ana@acme.test",)))).events
    assert spend.event(listed.id) == (listed, ())
    assert spend.event(listed.id, own="ana@acme.test") == (listed, ())
    for own in ("bo@acme.test", "", "unattributed"):
        with pytest.raises(EventNotFound):
            spend.event(listed.id, own=own)


def test_former_figures_of_a_revised_event_are_kept(spend: Spend, store: EventStore) -> None:
    store.replace_window(
        read(0, 10, now=from_ms(T0 + 11 * DAY)),
        table([event(T0, "ana@acme.test", 500, model="m0"), *ROWS[1:40]]),
    )
    query = DAYS.filtered(Filter(Operator.IS, "model", ("m0",)), Filter(Operator.IS, "connection", ("1",)))
    revised = spend.events(query).events[-1]
    now, former = spend.event(revised.id)
    assert (now.cost, [(each.cost, each.until) for each in former]) == (500, [(0, from_ms(T0 + 11 * DAY))])


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_of_no_or_too_many_events_is_refused(spend: Spend, limit: int) -> None:
    with pytest.raises(InvalidQuery, match="between 1 and 1000"):
        spend.events(DAYS, limit=limit)


ids = st.one_of(
    st.text(max_size=30),
    st.lists(st.integers(-2, 10**40).map(str), max_size=4).map("-".join),
    st.just("1_0-1-1"),
)


@given(ids)
def test_what_is_not_an_id_or_a_cursor_is_refused_before_it_reaches_the_engine(text: str) -> None:
    cursor = base64.urlsafe_b64encode(text.replace("-", ".").encode(errors="replace")).decode().rstrip("=")
    with suppress(InvalidQuery):
        assert all(
            0 <= int(str(number)) < 10**18 for number in event_statement(text, DuckDBDialect((), ())).values
        )
    for each in (text, cursor):
        with suppress(InvalidQuery):
            assert all(0 <= number < 10**18 for number in EventOrder().after(each)[1])


def amount(listed: ListedEvent, by: str) -> int:
    return {"time": listed.ts, "cost": listed.cost or 0, "tokens": listed.tokens}[by]


@pytest.mark.parametrize("by", ORDERS)
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_any_order_hold_each_event_once_and_in_order(
    spend: Spend,
    by: str,
    descending: bool,  # noqa: FBT001 - a case
) -> None:
    order = EventOrder.parse(f"{'-' * descending}{by}")
    assert EventOrder.parse(str(order)) == order
    found: list[ListedEvent] = []
    cursor: str | None = ""
    while cursor is not None:
        page = spend.events(DAYS, Listing(order=order, cursor=cursor or None), limit=7)
        found += page.events
        cursor = page.next_cursor
    assert len({each.id for each in found}) == len(found) == len(spend.events(DAYS, limit=1000).events)
    amounts = [amount(each, by) for each in found]
    assert amounts == sorted(amounts, reverse=descending)


def test_a_cursor_of_another_order_is_refused(spend: Spend) -> None:
    cursor = spend.events(DAYS, limit=2).next_cursor
    with pytest.raises(InvalidQuery, match="Begin again"):
        spend.events(DAYS, Listing(order=EventOrder("cost"), cursor=cursor))
    with pytest.raises(InvalidQuery, match="sorted by"):
        EventOrder.parse("-colour")


@pytest.mark.parametrize(
    ("sought", "people"), [("ANA@", {"ana@acme.test"}), ("m1", None), ("m1 acme", None), ("100%_", set())]
)
def test_events_are_found_by_any_name_they_have(spend: Spend, sought: str, people: set[str] | None) -> None:
    found = spend.events(DAYS, Listing(sought=sought), limit=1000).events
    if people is None:
        assert {each.model for each in found} == {"m1"}
        assert ("acme" in sought) == all(each.person != "unattributed" for each in found)
    else:
        assert {each.person for each in found} == people
    own = spend.events(DAYS, Listing(sought="m1"), limit=1000, own="bo@acme.test").events
    assert {each.person for each in own} <= {"bo@acme.test"}


@pytest.mark.parametrize("order", ["-time", "time", "-cost"])
def test_an_event_is_found_by_its_whole_id_within_period_filters_and_rights(spend: Spend, order: str) -> None:
    def found(words: str, query: SpendQuery = DAYS, own: str | None = None) -> list[str]:
        listing = Listing(order=EventOrder.parse(order), sought=words)
        return [each.id for each in spend.events(query, listing, own=own).events]

    everything = spend.events(DAYS, limit=1000).events
    assert [found(each.id) for each in everything] == [[each.id] for each in everything]
    (sought, *_) = [each for each in everything if each.person == "ana@acme.test"]
    assert found(f"ana {sought.id}") == found(sought.id, own="ana@acme.test") == [sought.id]
    number, ts, ordinal = sought.id.split("-")
    assert found(f"bo {sought.id}") == found(f"{number}-{ts}-99") == found(f"99-{ts}-{ordinal}") == []
    assert found(f"{sought.id} {everything[-1].id}") == []
    for own in ("bo@acme.test", "", "unattributed"):
        assert found(sought.id, own=own) == found(f"{number}-{ts}-99", own=own) == []
    assert found(sought.id, DAYS.filtered(Filter(Operator.IS_NOT, "model", (sought.model,)))) == []
    before = SpendQuery(period=Period.absolute(from_ms(T0 - DAY), from_ms(sought.ts)))
    assert found(sought.id, before) == []
    assert found(
        sought.id, replace(before, period=Period.absolute(from_ms(T0 - DAY), from_ms(sought.ts + 1)))
    )


@given(words=st.from_regex(r"[0-9]{1,19}-[0-9]{11,15}-[0-9]{1,19}", fullmatch=True))
def test_no_number_that_is_like_an_id_is_too_large_to_be_looked_for(words: str) -> None:
    listing = Listing(sought=words)
    assert (listing.named_event is None) or moment_of(words).year < 10_000


@given(data=st.data())
def test_a_page_is_the_same_wherever_its_events_are_looked_for(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = DuckDBEventStore(tmp_path_factory.mktemp("stores") / "events.duckdb", "Europe/Berlin")
    hours = data.draw(st.lists(st.integers(0, 90 * 24 - 1), max_size=30))
    people = ("ana@acme.test", "bo@acme.test", None)
    store.replace_window(
        read(0, 90, now=NOW),
        table([event(T0 + hour * DAY // 24, people[hour % 3], hour, model=f"m{hour % 2}") for hour in hours]),
    )
    first, last = sorted(data.draw(st.tuples(st.integers(0, 90 * 24), st.integers(0, 90 * 24))))
    query = SpendQuery(
        period=Period.absolute(from_ms(T0 + first * DAY // 24), from_ms(T0 + (last + 1) * DAY // 24)),
        filters=data.draw(
            st.sampled_from([(), FILTERS, FILTERS[:1], (Filter(Operator.IS, "hour", ("07",)),)])
        ),
        timezone=data.draw(st.sampled_from(["Europe/Berlin", "UTC"])),
    )
    order = data.draw(st.sampled_from([EventOrder(), EventOrder(descending=False), EventOrder("cost")]))
    sought = data.draw(st.sampled_from(["", "m1"]))
    spend = Spend(store, StandingClock(NOW))
    whole = spend.events(query, Listing(order=order, sought=sought), limit=1000)
    paged: list[ListedEvent] = []
    cursor = None
    while True:
        page = spend.events(query, Listing(order=order, sought=sought, cursor=cursor), limit=3)
        paged += page.events
        cursor = page.next_cursor
        if cursor is None:
            break
    assert tuple(paged) == whole.events
    with store.snapshot() as reader:
        statement = list_statement(
            spend.plan(query), reader.dialect, Listing(order=order, sought=sought), 1000
        )
        assert whole.events == events_from_rows(reader.fetch(statement))
    store.close()


RUNS = [str(UUID(int=0xABCDEF0123456789 << 64 | number)) for number in range(4)]
SPARSE = [
    event(
        T0 + day * DAY + hour * (DAY // 24),
        ("ana@acme.test", "bo@acme.test")[day % 2],
        day + 1,
        model=("opus", "gpt-5")[hour % 2],
        conversation=[*RUNS, "talk-of-ada", None][(day + hour) % 6],
        cloud_agent=RUNS[3] if (day + hour) % 6 == 3 else None,
    )
    for day in (0, 3, 4, 40, 41, 90)
    for hour in (0, 5, 23)
]


@pytest.fixture(scope="module")
def sparse(engine: Engine) -> Iterator[Spend]:
    """Return the service over few events, months apart."""
    with engine.place() as place:
        store = place.open("Europe/Berlin")
        store.replace_window(read(-1, 100), table(SPARSE))
        yield Spend(store, StandingClock(from_ms(T0 + 100 * DAY)))
        store.close()


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("limit", [2, 50])
@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("", lambda _row: True),
        ("OPUS", lambda row: row["model"] == "opus"),
        ("opus ana", lambda row: row["model"] == "opus" and row["person"] == "ana@acme.test"),
        (RUNS[1], lambda row: row["conversation"] == RUNS[1]),
        (RUNS[3].upper(), lambda row: RUNS[3] in {row["conversation"], row["cloud_agent"]}),
        (RUNS[2][-12:], lambda row: row["conversation"] == RUNS[2]),
        ("ada", lambda _row: False),
        ("of-ada", lambda row: row["conversation"] == "talk-of-ada"),
        (f"{RUNS[0]} gpt", lambda row: row["conversation"] == RUNS[0] and row["model"] == "gpt-5"),
        ("nowhere", lambda _row: False),
    ],
)
@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ((), lambda _row: True),
        ((Filter(Operator.IS, "conversation", (RUNS[0].upper(), "none")),), lambda row: row["conversation"] in {RUNS[0], None}),
        ((Filter(Operator.IS_NOT, "cloud_agent", ("none",)),), lambda row: row["cloud_agent"]),
        ((Filter(Operator.CONTAINS, "conversation", ("talk", "no conv")),), lambda row: row["conversation"] in {"talk-of-ada", None}),
        ((Filter(Operator.IS, "model", ("opus",)),), lambda row: row["model"] == "opus"),
    ],
)  # fmt: skip
def test_what_lies_months_apart_is_found_by_every_word_id_and_filter(
    sparse: Spend,
    *,
    newest: bool,
    limit: int,
    sought: str,
    found: Callable[[Row], object],
    filters: tuple[Filter, ...],
    kept: Callable[[Row], object],
) -> None:
    """Days without any are passed over, and none that has some."""
    query = SpendQuery(period=Period.absolute(from_ms(T0 - DAY), from_ms(T0 + 100 * DAY)), filters=filters)
    expected = sorted(row["ts"] for row in SPARSE if found(row) and kept(row))
    listing = Listing(order=EventOrder("time", newest), sought=sought)
    told: list[int] = []
    while True:
        page = sparse.events(query, listing, limit=limit)
        told += [each.ts for each in page.events]
        if page.next_cursor is None:
            break
        listing = replace(listing, cursor=page.next_cursor)
    assert told == (expected[::-1] if newest else expected)
