"""Single events: every figure opens to its rows, page after page, and nobody opens another person's."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.listing import event_statement, parse_cursor
from finora.spend.query import Filter, InvalidQuery, Operator, SpendQuery
from finora.spend.service import EventNotFound, Spend
from finora.values.period import Period, from_ms
from support.clock import StandingClock
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from finora.spend.listing import ListedEvent
    from finora.storage.events import DuckDBEventStore

DAYS = SpendQuery(period=Period.absolute(from_ms(T0), from_ms(T0 + 3 * DAY)))
ROWS = [
    event(T0 + n // 3 * (DAY // 8), ("ana@acme.test", "bo@acme.test", None)[n % 3], n, model=f"m{n % 4}")
    for n in range(60)
]


@pytest.fixture
def spend(store: DuckDBEventStore) -> Spend:
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
        page = spend.events(query, cursor=cursor, limit=limit, own=own)
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


def test_former_figures_of_a_revised_event_are_kept(spend: Spend, store: DuckDBEventStore) -> None:
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
        assert all(0 <= int(str(number)) < 10**18 for number in event_statement(text).values)
    for each in (text, cursor):
        with suppress(InvalidQuery):
            assert all(0 <= number < 10**18 for number in parse_cursor(each))
