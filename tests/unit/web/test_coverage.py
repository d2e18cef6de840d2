"""What was not read must never look like nothing spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from finora.connections import Connection
from finora.values.period import Span
from finora.web.figures.coverage import Coverage, Coverages, Extent

if TYPE_CHECKING:
    from finora.spend.store import EventStore

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)


def days(first: int, last: int) -> Span:
    return Span(START + first * DAY, START + last * DAY)


@pytest.mark.parametrize(
    ("coverage", "extent"),
    [
        (Coverage(present=((days(0, 10),),)), Extent.WHOLE),
        (Coverage(present=((days(5, 10),),)), Extent.NOTHING),
        (Coverage(present=((days(0, 10),), (days(5, 10),))), Extent.PART),
        (Coverage(present=((days(2, 3),),)), Extent.PART),
        (Coverage(present=((days(0, 3), days(3, 9)),)), Extent.PART),
        (Coverage(present=((),), former=((days(0, 10),),)), Extent.PART),
        (Coverage(former=((days(0, 10),),)), Extent.WHOLE),
        (Coverage(former=((days(0, 3),),)), Extent.PART),
        (Coverage(), Extent.NOTHING),
    ],
)
def test_a_stretch_is_whole_only_if_every_connection_read_all_of_it(
    coverage: Coverage, extent: Extent
) -> None:
    assert coverage.extent(START + DAY, START + 4 * DAY) is extent


def test_data_reaches_as_far_as_the_connection_that_lags_most() -> None:
    both = Coverage(present=((days(0, 10),), (days(0, 8),)))
    assert both.through == START + 8 * DAY
    assert Coverage(present=((days(0, 10),), ())).through is None
    removed = Coverage(present=((days(0, 10),),), former=((days(0, 2),),))
    assert removed.through == START + 10 * DAY, "a connection that was removed does not hold the others back"


class Store:
    """A store that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.number = 1

    def version(self) -> int:
        return self.number

    def connections(self) -> list[int]:
        self.asked += 1
        return [1, 2]

    def covered(self, connection: int) -> list[Span]:
        return [days(5, 10)] if connection == 1 else [days(0, 2)]


def test_the_store_is_asked_again_only_when_its_data_changed() -> None:
    store = Store()
    coverages = Coverages(cast("EventStore", store))
    first = Connection(number=1, history_start=None)
    assert coverages.of([first]) == coverages.of([first])
    assert store.asked == 1
    store.number = 2
    coverages.of([first])
    assert store.asked == 2


def test_time_before_the_history_began_is_known_to_be_empty() -> None:
    coverages = Coverages(cast("EventStore", Store()))
    begun = coverages.of([Connection(number=1, history_start=START + 5 * DAY)])
    assert begun.extent(START - 100 * DAY, START + 10 * DAY) is Extent.WHOLE
    unknown = coverages.of([Connection(number=1, history_start=None)])
    assert unknown.extent(START - 100 * DAY, START + 10 * DAY) is Extent.PART
    assert unknown.former == ((days(0, 2),),)
