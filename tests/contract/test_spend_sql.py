"""The SQL that answers a query: reviewed as golden files, valid in the engine, and reading the roll-up where that is exact.

Golden files are written anew with `pytest tests/contract --update-golden`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from finora.spend.counting import counting_statement
from finora.spend.course import course_statement
from finora.spend.plan import Moment, Plan, make_plan
from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.spend.ranking import count_statement, ranking_statement
from finora.spend.rollups import ROLLUPS
from finora.spend.survey import survey_statement
from finora.values.interval import Interval
from finora.values.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.spend.dialect import Dialect
    from finora.spend.statement import Statement
    from finora.spend.store import EventStore
    from support.engines import Engine

GOLDEN = Path(__file__).parent / "golden"
MOMENT = Moment(
    now=datetime(2026, 11, 18, 14, 30, tzinfo=UTC),
    earliest=datetime(2025, 3, 1, 9, tzinfo=UTC),
    rollup_zone="Europe/Berlin",
)
Part: TypeAlias = "Callable[[Plan, Dialect], Statement]"


def chosen(*groups: tuple[object, ...]) -> Part:
    """Return what writes the course of some groups."""
    return lambda plan, dialect: course_statement(plan, dialect, list(groups))


def counted(metric: str, *groups: tuple[object, ...]) -> Part:
    """Return what writes the counting of a metric over some groups."""
    return lambda plan, dialect: counting_statement(plan, dialect, list(groups), metric)


course = chosen()


def ask(**more: object) -> SpendQuery:
    """Return a query in the zone of the roll-up."""
    return SpendQuery(**{"timezone": "Europe/Berlin"} | more)  # type: ignore[arg-type]


def fixed(start: str, end: str) -> Period:
    """Return a fixed period of UTC times."""
    return Period.absolute(*(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end)))


FILTERS = (
    Filter(Operator.IS, "person", ("ana@acme.test", "unattributed")),
    Filter(Operator.CONTAINS, "team", ("data",)),
    Filter(Operator.CONTAINS_NOT, "billing", ("demand",)),
    Filter(Operator.IS_NOT, "cloud_agent", ("none",)),
    Filter(Operator.CONTAINS, "conversation", ("no",)),
    Filter(Operator.IS, "max_mode", ("perhaps",)),
)

CASES: dict[str, tuple[SpendQuery, Part]] = {
    "totals": (ask(metrics=("spend", "usage_value", "events", "people")), course),
    "totals_compared": (ask(compare=Comparison.PREVIOUS), course),
    "totals_by_day": (ask(interval=Interval.DAY), course),
    "totals_by_hour": (ask(period=Period("2d"), interval=Interval.HOUR), course),
    "models": (ask(dimensions=("model",), limit=8, offset=8), ranking_statement),
    "models_by_week": (ask(dimensions=("model",), interval=Interval.WEEK), chosen((3,), (7,))),
    "models_compared_by_month": (
        ask(
            dimensions=("model",),
            interval=Interval.MONTH,
            metrics=("spend", "people"),
            compare=Comparison.PREVIOUS,
        ),
        chosen((3,), (7,)),
    ),
    "teams_and_models_by_name": (
        ask(
            dimensions=("team", "model"),
            order=(Order("team", descending=False), Order("model"), Order("spend")),
        ),
        ranking_statement,
    ),
    "teams_and_models_by_month": (
        ask(dimensions=("team", "model"), interval=Interval.MONTH),
        chosen(("platform", 3), ("data", 7)),
    ),
    "teams_and_vendors_by_day": (
        ask(dimensions=("team", "vendor"), interval=Interval.DAY, compare=Comparison.PREVIOUS),
        chosen(("platform", "openai"), ("data", "anthropic")),
    ),
    "survey_of_teams_and_hours_by_week": (
        ask(
            dimensions=("team", "hour"),
            metrics=("spend", "events"),
            interval=Interval.WEEK,
            compare=Comparison.PREVIOUS,
            limit=8,
        ),
        survey_statement,
    ),
    "survey_of_what_changed_most": (
        ask(dimensions=("model",), order=(Order(CHANGE),), compare=Comparison.PREVIOUS),
        survey_statement,
    ),
    "survey_of_total_cost_by_month": (
        ask(dimensions=("vendor",), metrics=("total_cost",), interval=Interval.MONTH),
        survey_statement,
    ),
    "people_of_teams_and_vendors": (
        ask(dimensions=("team", "vendor"), metrics=("people",), compare=Comparison.PREVIOUS),
        counted("people", ("platform", "openai"), ("data", "anthropic")),
    ),
    "people_of_vendors_and_families": (
        ask(dimensions=("vendor", "family"), metrics=("people",)),
        counted("people", ("openai", "gpt-5"), ("anthropic", "claude-opus")),
    ),
    "weekdays_and_hours_over_a_change_of_clock": (
        ask(dimensions=("weekday", "hour"), period=fixed("2026-10-20T10:00", "2026-10-28T11:30")),
        ranking_statement,
    ),
    "conversations": (
        ask(metrics=("spend", "conversations"), dimensions=("conversation",)),
        ranking_statement,
    ),
    "part_days_at_both_ends": (ask(period=fixed("2026-11-01T10:00", "2026-11-15T11:30")), course),
    "filters_of_every_kind": (ask(filters=FILTERS), course),
    "people": (ask(metrics=("people",)), counted("people")),
    "people_of_models_compared_by_month": (
        ask(
            dimensions=("model",),
            interval=Interval.MONTH,
            metrics=("spend", "people"),
            compare=Comparison.PREVIOUS,
        ),
        counted("people", (3,), (7,)),
    ),
    "people_of_teams_using_a_model": (
        ask(
            dimensions=("team",),
            metrics=("people",),
            filters=(Filter(Operator.CONTAINS, "model", ("opus",)),),
        ),
        counted("people", ("platform",), ("data",)),
    ),
    "conversations_by_day": (
        ask(metrics=("conversations",), interval=Interval.DAY),
        counted("conversations"),
    ),
    "weekdays_and_hours_of_a_model": (
        ask(
            dimensions=("weekday", "hour"),
            filters=(Filter(Operator.IS, "model", ("gpt-5",)),),
        ),
        ranking_statement,
    ),
    "people_and_models_of_a_year_by_month": (
        ask(dimensions=("person", "model"), interval=Interval.MONTH, period=Period("12mo")),
        chosen((4, 3), (5, 7)),
    ),
    "spend_per_person": (ask(metrics=("spend_per_person",), dimensions=("vendor",)), ranking_statement),
    "what_grew_most": (
        ask(
            metrics=("spend", "people"),
            dimensions=("person", "vendor"),
            compare=Comparison.PREVIOUS,
            order=(Order("change"),),
        ),
        ranking_statement,
    ),
    "how_many_groups": (ask(dimensions=("person", "kind")), count_statement),
    "nothing_chosen": (ask(dimensions=("person",)), chosen()),
    "own_usage": (ask(filters=FILTERS[:1]), course),
    "subscriptions_by_vendor": (
        ask(metrics=("subscription_cost",), dimensions=("vendor",)),
        ranking_statement,
    ),
    "total_cost_and_people_compared_by_day": (
        ask(
            metrics=("total_cost", "people"),
            period=fixed("2026-10-20T10:00", "2026-10-28T11:30"),
            interval=Interval.DAY,
            compare=Comparison.PREVIOUS,
        ),
        course,
    ),
    "total_cost_by_hour_over_a_change_of_clock": (
        ask(
            metrics=("total_cost",),
            period=fixed("2026-10-24T10:00", "2026-10-26T11:30"),
            interval=Interval.HOUR,
        ),
        course,
    ),
}


def planned(name: str, query: SpendQuery) -> Plan:
    """Return a case's plan."""
    own = (Filter(Operator.IS, "person", ("bo@acme.test",)),) if name == "own_usage" else ()
    return make_plan(query, MOMENT, own)


def folder_of(engine: Engine) -> Path:
    """Return where an engine's golden files are."""
    return GOLDEN if engine.name == "duckdb" else GOLDEN / engine.name


def dialect_of(store: EventStore) -> Dialect:
    """Return how a store is asked."""
    with store.snapshot() as reader:
        return reader.dialect


def written(statement: Statement) -> str:
    """Return a statement as its golden file holds it."""
    return f"{statement.sql}\n-- {statement.values!r}\n"


@pytest.mark.parametrize("name", CASES)
def test_the_sql_of_a_query_is_the_reviewed_one_and_the_engine_takes_it(
    name: str, engine: Engine, store: EventStore, request: pytest.FixtureRequest
) -> None:
    query, part = CASES[name]
    statement = part(planned(name, query), dialect_of(store))
    golden = folder_of(engine) / f"{name}.sql"
    if request.config.getoption("--update-golden", default=False):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(written(statement), "utf-8")
    assert golden.read_text("utf-8") == written(statement)
    assert statement.sql.count("?") == len(statement.values)
    with store.snapshot() as reader:
        rows = reader.fetch(statement)
    assert all(not row[-1] for row in rows)  # nothing is in the store


def test_every_golden_file_belongs_to_a_query(engine: Engine) -> None:
    assert {path.stem for path in folder_of(engine).glob("*.sql")} == set(CASES)


CHAT = Filter(Operator.IS, "event_type", ("chat",))
ON_TOP = Filter(Operator.IS, "billing", ("on_demand",))
EVENTS = "events"
BY_MODEL, BY_PERSON, FINEST = "daily_models", "daily_people", "daily"
RUNS, AGENTS = "daily_runs", "daily_agents"
"""Read where an engine has numbers for runs, and single events where it has none."""
HOURLY, HOURLY_KINDS, HOURLY_PEOPLE, HOURS = "hourly", "hourly_kinds", "hourly_people", "hours"
BY_WEEK, KINDS_BY_WEEK = "weekly_models", "weekly_kinds"
YEAR = Period("12mo")
TWO_DAYS = fixed("2026-11-09T23:00", "2026-11-11T23:00")


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        (ask(), {BY_MODEL}),
        (ask(period=Period("today")), {BY_MODEL}),
        (ask(period=Period("all"), dimensions=("weekday", "vendor"), interval=Interval.MONTH), {BY_MODEL}),
        (ask(dimensions=("weekday", "team")), {BY_PERSON}),
        (ask(dimensions=("person", "billing")), {BY_PERSON}),
        (ask(period=TWO_DAYS, dimensions=("person", "model")), {FINEST}),
        (
            ask(period=TWO_DAYS, dimensions=("team",), filters=(Filter(Operator.IS, "model", ("gpt-5",)),)),
            {FINEST},
        ),
        (ask(period=fixed("2026-10-31T23:00", "2026-11-30T23:00")), {BY_MODEL}),
        (ask(period=fixed("2026-10-31T22:59:59.999", "2026-11-30T23:00")), {BY_MODEL, EVENTS}),
        (ask(period=fixed("2026-10-31T23:00", "2026-11-30T23:00:00.001")), {BY_MODEL, EVENTS}),
        (ask(period=fixed("2026-11-18T08:00", "2026-11-18T09:00")), {EVENTS}),
        (ask(period=fixed("2026-11-18T08:00", "2026-11-19T09:00")), {EVENTS}),  # no whole day
        (ask(period=fixed("2026-11-17T08:00", "2026-11-19T09:00")), {BY_MODEL, EVENTS}),
        (ask(timezone="UTC"), {EVENTS}),
        (ask(interval=Interval.HOUR), {EVENTS}),
        (ask(dimensions=("hour",)), {HOURS}),
        (ask(dimensions=("hour", "model")), {HOURLY}),
        (ask(dimensions=("hour", "event_type")), {HOURLY_KINDS}),
        (ask(dimensions=("hour", "weekday"), filters=(CHAT,)), {HOURLY_KINDS}),
        (ask(dimensions=("hour", "team")), {HOURLY_PEOPLE}),
        (ask(dimensions=("hour", "person"), interval=Interval.DAY, filters=(ON_TOP,)), {HOURLY_PEOPLE}),
        (ask(dimensions=("hour", "person"), metrics=("list_cost",)), {EVENTS}),
        (ask(dimensions=("hour", "person", "model")), {EVENTS}),
        (ask(metrics=("spend", "conversations")), {BY_MODEL}),
        (ask(filters=(Filter(Operator.IS, "automation", ("none",)),)), {AGENTS}),
        (ask(dimensions=("conversation", "team")), {RUNS}),
        (ask(dimensions=("cloud_agent", "weekday")), {AGENTS}),
        (ask(dimensions=("cloud_agent", "person")), {RUNS}),
        (ask(dimensions=("conversation", "model")), {EVENTS}),
        (ask(dimensions=("cloud_agent",), metrics=("list_cost",)), {EVENTS}),
        (ask(filters=FILTERS[:3]), {BY_PERSON}),
    ],
)
def test_the_smallest_roll_up_that_is_exact_is_read(
    query: SpendQuery, tables: set[str], store: EventStore
) -> None:
    found = tables_of(ranking_statement if query.dimensions else course, query, store)
    assert found == as_kept(tables, store)


@pytest.mark.parametrize(
    ("query", "metric", "of_sets", "of_rows"),
    [
        (ask(metrics=("people",), dimensions=("model",)), "people", BY_MODEL, FINEST),
        (ask(metrics=("people",), dimensions=("hour",)), "people", HOURS, HOURLY_PEOPLE),
        (ask(metrics=("people",), dimensions=("team",)), "people", BY_PERSON, BY_PERSON),
        (ask(period=TWO_DAYS, metrics=("people",), dimensions=("team", "model")), "people", FINEST, FINEST),
        (ask(metrics=("conversations",)), "conversations", RUNS, RUNS),
    ],
)
def test_people_are_counted_from_sets_where_there_are_any(
    query: SpendQuery, metric: str, of_sets: str, of_rows: str, store: EventStore
) -> None:
    groups = [tuple(0 for _ in query.dimensions)] if query.dimensions else []
    expected = {of_sets if dialect_of(store).sets else of_rows}
    assert tables_of(counted(metric, *groups), query, store) == as_kept(expected, store)


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        (ask(period=YEAR, dimensions=("person", "model")), {BY_WEEK, FINEST}),  # the week that is not over
        (ask(period=Period("last_month"), dimensions=("person", "model")), {BY_WEEK}),
        (ask(period=YEAR, dimensions=("person", "model"), interval=Interval.WEEK), {BY_WEEK, FINEST}),
        (ask(period=YEAR, dimensions=("team", "weekday"), filters=(CHAT,)), {FINEST}),
        (ask(period=YEAR, dimensions=("person", "max_mode")), {KINDS_BY_WEEK, FINEST}),
        (ask(period=YEAR, dimensions=("person", "model", "max_mode")), {FINEST}),
        (ask(period=YEAR, dimensions=("person",)), {BY_PERSON}),
        (ask(period=Period("mtd"), dimensions=("person", "model")), {BY_WEEK, FINEST}),
        (ask(period=TWO_DAYS, dimensions=("person", "model")), {FINEST}),
    ],
)
def test_whole_weeks_are_read_as_such_where_that_is_exact(
    query: SpendQuery, tables: set[str], store: EventStore
) -> None:
    expected = tables if dialect_of(store).weekly else tables - {BY_WEEK, KINDS_BY_WEEK} | {FINEST}
    if BY_PERSON in tables:
        expected = tables
    assert tables_of(ranking_statement, query, store) == expected


@pytest.mark.parametrize(
    ("interval", "tables"),
    [(Interval.DAY, {FINEST}), (Interval.WEEK, {BY_WEEK, FINEST}), (Interval.MONTH, {BY_WEEK, FINEST})],
)
def test_a_course_by_days_is_read_from_days_and_any_longer_one_from_weeks(
    interval: Interval, tables: set[str], store: EventStore
) -> None:
    query = ask(period=YEAR, dimensions=("person", "model"), interval=interval)
    expected = tables if dialect_of(store).weekly else {FINEST}
    assert tables_of(chosen((4, 3)), query, store) == expected


def as_kept(tables: set[str], store: EventStore) -> set[str]:
    """Return tables, with what an engine reads instead of those that it does not keep."""
    return {EVENTS if name in (RUNS, AGENTS) and not dialect_of(store).numbered else name for name in tables}


def tables_of(part: Part, query: SpendQuery, store: EventStore) -> set[str]:
    """Return what a statement reads events from."""
    sql = part(make_plan(query, MOMENT), dialect_of(store)).sql
    tables = (EVENTS, RUNS, AGENTS, BY_WEEK, KINDS_BY_WEEK, *(each.table for each in ROLLUPS))
    return {name for name in tables if f"FROM {name} " in sql}


def test_as_much_time_of_the_period_before_is_read_from_whole_days_and_one_edge(
    store: EventStore,
) -> None:
    plan = make_plan(ask(period=Period("mtd"), compare=Comparison.PREVIOUS), MOMENT)
    sql = course(plan, dialect_of(store)).sql
    assert (sql.count("FROM daily_models "), sql.count("FROM events ")) == (2, 1)
