"""An export holds each event once, newest first, in however many parts it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finora.spend.exporting import streamed
from finora.spend.listing import list_statement
from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.service import Spend
from finora.values.period import Period, from_ms
from support.clock import StandingClock
from support.events import DAY, NOW, T0, event, read, table

if TYPE_CHECKING:
    from finora.spend.store import EventStore

PEOPLE = ("ana@acme.test", "bo@acme.test", None)
ROWS = [
    event(T0 + n * (DAY // 7), PEOPLE[n % 3], n, conversation=f"talk {n % 5}")
    for n in range(60)
    if n // 7 != 4
]
"""Seven a day but for one day of none."""
WHOLE = Period.absolute(from_ms(T0), from_ms(T0 + 10 * DAY))
CUT = Period.absolute(from_ms(T0 + DAY // 3), from_ms(T0 + 5 * DAY + DAY // 2))


@pytest.mark.parametrize("at_once", [1, 10, 25, 1_000])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("period", [WHOLE, CUT], ids=["whole", "cut"])
@pytest.mark.parametrize(
    "filters",
    [
        (),
        (Filter(Operator.IS, "person", ("ana@acme.test",)),),
        (Filter(Operator.IS, "conversation", ("talk 2",)),),
        (Filter(Operator.IS, "person", ("nobody@acme.test",)),),
    ],
    ids=["all", "person", "conversation", "nobody"],
)
def test_an_export_in_parts_is_the_one_in_one_go(
    store: EventStore, filters: tuple[Filter, ...], period: Period, zone: str, at_once: int
) -> None:
    """Parts are days by their events, whether the roll-ups tell these, or only that there are any."""
    store.replace_window(read(0, 10), table(ROWS[:30]))
    store.replace_window(read(0, 10, connection=2), table(ROWS[30:] + ROWS[:4]))
    plan = Spend(store, StandingClock(NOW)).plan(SpendQuery(period=period, filters=filters, timezone=zone))
    with store.snapshot() as reader:
        parts = [*streamed(reader, plan, at_once)]
        whole = [*reader.stream(list_statement(plan, reader.dialect))]
    assert [row for each in parts for row in each.to_pylist()] == [
        row for each in whole for row in each.to_pylist()
    ]
    assert {each.schema for each in parts} == {whole[0].schema}
    assert all(each.num_rows for each in parts[1:]), "no part of nothing"
    if at_once == 1 and period is WHOLE and not filters:
        assert len(parts) > 7, "a part for each day that has events"
