"""Several questions asked at once are answered as each alone would be, from one state, and wait no longer than one may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from finora.errors import FinoraError
from finora.spend.query import Comparison, Filter, InvalidQuery, Operator, Order, SpendQuery
from finora.spend.service import Spend
from finora.spend.view import View as Answer
from finora.values.interval import Interval
from finora.values.patience import Patience, waiting
from finora.values.period import Period, from_ms
from finora.web.address.links import TableKind, View
from finora.web.explore.asking import page_answer, whole_query
from finora.web.explore.table import measured_beside
from support.clock import StandingClock
from support.events import DAY, T0, Row, event, read, table

if TYPE_CHECKING:
    from finora.spend.result import Group, SpendResult
    from finora.spend.statement import Statement
    from finora.spend.store import Reader
    from finora.storage.events import DuckDBEventStore

NOW = from_ms(T0 + 10 * DAY + DAY // 2)
PEOPLE = ("ana@acme.test", "bo@acme.test", "cy@acme.test", "")
MODELS = ("opus", "gpt", "auto", "haiku")


@pytest.fixture
def spend(store: DuckDBEventStore) -> Spend:
    """A service over twenty days of four people and four models, some of whom come late or go early."""
    rows: list[Row] = [
        event(T0 + day * DAY + place, PEOPLE[(day + place) % 4], cost=(place + 1) * 10**6 + day, model=model)
        for day in range(-9, 10)
        for place, model in enumerate(MODELS)
        if (day * 7 + place) % 3
    ]
    store.replace_window(read(-400, 20), table(rows))
    return Spend(store, StandingClock(NOW))


def ten_days(**more: object) -> SpendQuery:
    period = Period.absolute(from_ms(T0), from_ms(T0 + 10 * DAY))
    return SpendQuery(**{"period": period, "compare": Comparison.PREVIOUS, "limit": 2} | more)  # type: ignore[arg-type]


def test_answers_asked_at_once_are_those_of_each_alone(spend: Spend, store: DuckDBEventStore) -> None:
    queries = [
        ten_days(dimensions=("model",), interval=Interval.DAY),
        ten_days(dimensions=("person",)),
        ten_days(),
    ]
    alone = Spend(store, StandingClock(NOW))
    for own in (None, "ana@acme.test"):
        together = spend.answers(*queries, own=own)
        assert together == [alone.answer(each, own=own) for each in queries]


def test_a_question_among_several_that_makes_no_sense_is_refused_as_alone(spend: Spend) -> None:
    hours = ten_days(interval=Interval.HOUR, period=Period.absolute(from_ms(0), from_ms(T0)))
    for queries in ([ten_days(), hours], [hours, ten_days()]):
        with pytest.raises(InvalidQuery, match="buckets"):
            spend.answers(*queries)


def test_nothing_is_asked_beside_for_somebody_who_has_left(spend: Spend) -> None:
    """Each part would otherwise go on for nobody."""
    patience = Patience()
    patience.end(FinoraError("They have left."))
    with waiting(patience), pytest.raises(FinoraError, match="have left"):
        spend.answers(ten_days(dimensions=("model",)), ten_days())
    assert not [each for each in threading.enumerate() if each.name.startswith("spend")]


def test_an_answer_that_takes_long_keeps_no_other_waiting(spend: Spend, store: DuckDBEventStore) -> None:
    """One person's question over a year of single events would else hold up everybody's pages."""
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        """A reader that does not answer until it may."""

        def __init__(self, reader: Reader) -> None:
            self._reader = reader
            self.dialect = reader.dialect
            self.stream = reader.stream

        def fetch(self, statement: Statement) -> list[tuple[object, ...]]:
            begun.set()
            assert go_on.wait(30)
            return self._reader.fetch(statement)

    plan = spend.plan(ten_days())

    def ask_slowly() -> None:
        with store.snapshot() as reader:
            Answer(Slow(reader), plan).totals()

    slow = threading.Thread(target=ask_slowly)
    slow.start()
    assert begun.wait(30)
    with ThreadPoolExecutor(1) as pool, store.snapshot() as reader:
        quick = pool.submit(lambda: Answer(reader, plan).totals())
        try:
            assert quick.result(timeout=10).values
        finally:
            go_on.set()
            slow.join()


def test_an_average_below_zero_is_cut_as_it_is_ranked(store: DuckDBEventStore) -> None:
    """The table would else show a nano-dollar less than what it is sorted by."""
    rows = [
        event(T0, "ana@acme.test", -2, chargeable=True),
        event(T0 + 1, "bo@acme.test", -3, chargeable=True),
    ]
    store.replace_window(read(0, 1), table(rows))
    asked = ten_days(metrics=("spend_per_person",), compare=None)
    assert Spend(store, StandingClock(NOW)).answer(asked).totals.values == (-2,)


def test_one_page_never_shows_two_states_of_the_data(
    spend: Spend, store: DuckDBEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync that commits between two of a page's answers would make its tile and its table disagree."""
    at_once = Spend._at_once
    tries: list[list[SpendResult]] = []

    def disturbed(self: Spend, *asked: object) -> list[SpendResult]:
        found = at_once(self, *asked)  # type: ignore[arg-type]
        if not tries:
            store.replace_window(read(11, 12), table([event(T0 + 11 * DAY, cost=1)]))
        tries.append(found)
        return found

    monkeypatch.setattr(Spend, "_at_once", disturbed)
    everything = SpendQuery(period=Period.relative("all"), metrics=("events",))
    model, total = spend.answers(
        SpendQuery(dimensions=("model",), period=everything.period, metrics=("events",)), everything
    )
    assert len(tries) == 2
    assert model.totals.values == total.totals.values == spend.answer(everything).totals.values


VIEWS = [
    View(query=ten_days(dimensions=("model",))),
    View(query=ten_days(dimensions=("person",))),
    View(query=ten_days(dimensions=("model", "person"))),
    View(query=ten_days(dimensions=("vendor", "model"), limit=1, offset=1)),
    View(query=ten_days(dimensions=("model",), compare=None)),
    View(query=ten_days(dimensions=("model",)), table=TableKind.PERIODS),
    View(query=ten_days(dimensions=("model",), order=(Order("change"),))),
    View(query=ten_days(dimensions=("model",), metrics=("spend", "tokens"), order=(Order("tokens"),))),
    View(query=ten_days(dimensions=("model",), order=(Order("model", descending=False),))),
    View(query=ten_days(dimensions=("model",), metrics=("people",))),
    View(query=ten_days(dimensions=("model",), metrics=("spend_per_person",))),
    View(query=ten_days(dimensions=("conversation",))),
    View(query=ten_days(dimensions=("hour",))),
    View(query=ten_days(dimensions=("hour", "model"))),
    View(query=ten_days(dimensions=("hour",), filters=(Filter(Operator.IS, "event_type", ("chat",)),))),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.query.dimensions} {view.query.metrics}")
@pytest.mark.parametrize("own", [None, "ana@acme.test"])
def test_what_a_page_waits_for_is_what_its_files_hold(spend: Spend, view: View, own: str | None) -> None:
    """The page asks for less than its files, and must never tell another figure."""
    page = page_answer(spend, view, Interval.DAY, own)
    whole = spend.answer(whole_query(view, Interval.DAY), own=own)
    assert set(page.query.metrics) == set(whole.query.metrics)
    assert page.query.metrics[0] == whole.query.metrics[0]
    assert [group.keys for group in page.groups] == [group.keys for group in whole.groups]
    assert (page.group_count, page.span, page.buckets) == (whole.group_count, whole.span, whole.buckets)
    by_group = view.table is TableKind.TOTALS and "people" in measured_beside(view.query)
    for place, pair in enumerate(zip(_groups(page), _groups(whole), strict=True)):
        of_page, of_whole = pair
        for metric in whole.query.metrics:
            if metric != "people" or by_group or metric in view.query.metrics or place == 0:
                assert page.value(of_page, metric) == whole.value(of_whole, metric), metric
                assert page.previous(of_page, metric) == whole.previous(of_whole, metric), metric
        assert [each[0] for each in of_page.series] == [each[0] for each in of_whole.series]
        assert [each[0] for each in of_page.previous_series] == [each[0] for each in of_whole.previous_series]


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        (ten_days(dimensions=("model",)), True),
        (ten_days(dimensions=("hour",)), True),
        (ten_days(dimensions=("person", "model")), False),
        (ten_days(dimensions=("hour", "model")), False),
        (ten_days(dimensions=("hour",), filters=(Filter(Operator.IS, "event_type", ("chat",)),)), False),
    ],
)
def test_people_have_a_column_where_nobody_waits_for_them(query: SpendQuery, *, counted: bool) -> None:
    """To count who worked at an hour and with what, all events are read: seconds, for a column that was not asked for."""
    assert ("people" in measured_beside(query)) is counted


def _groups(result: SpendResult) -> list[Group]:
    return [result.totals, *result.groups, *([result.other] if result.other else [])]
