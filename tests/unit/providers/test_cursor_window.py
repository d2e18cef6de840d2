"""Reading a window: whole and consistent, or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from finora.providers.base import ReadOptions, WindowTooLarge
from finora.providers.cursor.read import PATH, WindowReader
from finora.providers.errors import InconsistentRead, UnexpectedAnswer
from finora.values.period import Span
from support.cursor_pages import TS, Fields, page, usage_event

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = Span.from_ms(TS - 1000, TS + 1)


class Cursor:
    """Answers with bodies in turn, and then with the last of them over and over."""

    def __init__(self, *bodies: bytes) -> None:
        self._bodies = list(bodies)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, path: str, body: object) -> bytes:
        assert path == PATH
        assert isinstance(body, dict)
        self.asked.append(body)
        return self._bodies.pop(0) if len(self._bodies) > 1 else self._bodies[0]


def at(*offsets: int) -> list[Fields]:
    """Return events so many milliseconds before the newest moment."""
    return [usage_event(timestamp=str(TS - offset)) for offset in offsets]


def times(cursor: Cursor, options: ReadOptions | None = None) -> list[int]:
    """Return the times of the events that one read of the window returns."""
    events, _held = WindowReader(cursor, WINDOW, options or ReadOptions()).read()
    return [TS - ts for ts in events["ts"].to_pylist()]


def test_the_last_millisecond_asked_for_lies_inside_because_cursors_bounds_are_inclusive() -> None:
    cursor = Cursor(page(*at(0, 1000)))
    assert times(cursor) == [0, 1000]
    assert cursor.asked == [{"startDate": TS - 1000, "endDate": TS, "page": 1, "pageSize": 1000}]


def test_pages_are_read_until_their_rows_add_up() -> None:
    cursor = Cursor(
        page(*at(0, 1), total=5, more=True),
        page(*at(2, 3), total=5, number=2, more=True),
        page(*at(9), total=5, number=3),
    )
    assert times(cursor) == [0, 1, 2, 3, 9]
    assert [body["page"] for body in cursor.asked] == [1, 2, 3]


def test_twins_on_both_sides_of_a_page_both_count_once_the_former_page_is_seen_to_end_as_it_did() -> None:
    first = page(*at(0, 1), total=5, more=True)
    cursor = Cursor(
        first, page(*at(1, 2), total=5, number=2, more=True), first, page(*at(9), total=5, number=3)
    )
    assert times(cursor) == [0, 1, 1, 2, 9]
    assert [body["page"] for body in cursor.asked] == [1, 2, 1, 3]


def test_events_of_one_millisecond_and_two_models_are_no_twins() -> None:
    one, other = usage_event(timestamp=str(TS), model="a"), usage_event(timestamp=str(TS), model="b")
    cursor = Cursor(page(one, total=2, more=True), page(other, total=2, number=2))
    assert times(cursor) == [0, 0]
    assert len(cursor.asked) == 2


def test_an_empty_window_is_one_request() -> None:
    cursor = Cursor(page())
    assert times(cursor) == []
    assert len(cursor.asked) == 1


GOOD = page(*at(0, 5))
CONTRADICTIONS: dict[str, Sequence[bytes]] = {
    "the total rose": (page(*at(0), total=2, more=True), page(*at(5), total=3, number=2)),
    "the total fell": (page(*at(0), total=3, more=True), page(*at(5), total=2, number=2)),
    "more rows than the total": (page(*at(0, 5), total=1),),
    "a page in between was empty": (page(*at(0), total=2, more=True), page(total=2, number=2)),
    "the first page was empty": (page(total=2, more=True),),
    # A wrong total, which a new event makes right before the next page: that repeats the last event, and lacks the new one.
    "the last page came before the total": (page(*at(0, 5), total=3),),
    # The same before the last page: all add up to it, and only the page before tells that all moved on by one.
    "a page began with what the former ended with": (
        page(*at(0, 7), total=4, more=True),
        page(*at(7, 9), total=4, number=2),
        page(*at(0, 3), total=4, more=True),
    ),
    "the total changed while a page was confirmed": (
        page(*at(0, 7), total=4, more=True),
        page(*at(7, 9), total=4, number=2),
        page(*at(0, 7), total=5, more=True),
    ),
    "times rose": (page(*at(5, 0)),),
    "times rose from page to page": (page(*at(5), total=2, more=True), page(*at(0), total=2, number=2)),
    "an event before the window": (page(*at(0, 1001)),),
    "an event after the window": (page(*at(-1, 0)),),
    "a doubtful event after the window": (page(usage_event(timestamp=str(TS + 1), chargedCents=-1), *at(0)),),
    "a time that rose among events without one": (page(*at(5), usage_event(timestamp="soon"), *at(0)),),
    "an answer broke off": (GOOD[:-7],),
    "an answer was nothing": (b"",),
    "pages went on after the total": (page(*at(0), total=1, more=True), page(*at(5), total=1, number=2)),
}


@pytest.mark.parametrize("bodies", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_window_whose_pages_contradict_each_other_is_read_again(bodies: Sequence[bytes]) -> None:
    assert times(Cursor(*bodies, GOOD)) == [0, 5]


@pytest.mark.parametrize("bodies", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_an_inconsistent_read_is_never_returned(bodies: Sequence[bytes]) -> None:
    cursor = Cursor(*bodies, *bodies, *bodies, GOOD)
    with pytest.raises(InconsistentRead, match="3 times in a row"):
        times(cursor)
    assert len(cursor.asked) == 3 * len(bodies)


def test_a_last_page_that_always_says_there_is_another_ends_the_read_once_that_is_empty() -> None:
    cursor = Cursor(page(*at(0), total=1, more=True), page(total=1, number=2, more=True))
    assert times(cursor) == [0]
    assert len(cursor.asked) == 2


@pytest.mark.parametrize("missing", ["totalUsageEventsCount", "pagination", "usageEvents"])
def test_an_answer_without_its_paging_is_an_error_and_not_the_end(missing: str) -> None:
    body = json.loads(GOOD)
    del body[missing]
    cursor = Cursor(json.dumps(body).encode())
    with pytest.raises(UnexpectedAnswer, match="Nothing of it was stored"):
        times(cursor)
    assert len(cursor.asked) == 1


def test_a_window_with_too_many_events_is_left_after_its_first_page() -> None:
    cursor = Cursor(page(*at(0), total=900, more=True))
    with pytest.raises(WindowTooLarge) as raised:
        times(cursor, ReadOptions(too_many=899))
    assert raised.value.events == 900
    assert len(cursor.asked) == 1


def test_an_event_without_a_readable_time_is_held_and_its_page_counts() -> None:
    events = [*at(0), usage_event(timestamp="soon"), usage_event(timestamp="99999999999999999"), *at(5)]
    table, held = WindowReader(Cursor(page(*events)), WINDOW, ReadOptions()).read()
    assert table["ts"].to_pylist() == [TS, TS - 5]
    assert len(held) == 2


def test_progress_is_told_after_each_page() -> None:
    told: list[int] = []
    cursor = Cursor(page(*at(0, 1), total=3, more=True), page(*at(2), total=3, number=2))
    times(cursor, ReadOptions(on_page=told.append))
    assert told == [2, 3]


def test_service_accounts_are_told_with_their_names() -> None:
    event = usage_event(serviceAccountId="sa_1", serviceAccountName="Nightly bot")
    reader = WindowReader(Cursor(page(event)), WINDOW, ReadOptions())
    reader.read()
    assert reader.service_accounts == {"sa_1": "Nightly bot"}
