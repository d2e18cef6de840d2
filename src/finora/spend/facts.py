"""The common head of all statements: what a source comes to, grouped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from finora.spend.catalog import METRICS, columns_in
from finora.spend.grouping import Places
from finora.spend.rollups import PEOPLE, by_week, cheapest
from finora.spend.source import COMPARED, Source, write_source
from finora.spend.where import write_filter
from finora.values.interval import Interval

if TYPE_CHECKING:
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan

_OF_WEEKS = (Interval.WEEK, Interval.MONTH)
"""Intervals that whole weeks, cut where a month begins, make up."""


@dataclass(frozen=True, slots=True)
class Singly:
    """How those rows are told that are surely the only ones of their conversation: what is selected, and grouped by."""

    columns: list[str]
    grouping: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The parts of a grouped reading beside its filters.

    Attributes:
        columns: What is selected.
        joins: What is joined to the source.
        grouping: What stands after GROUP BY.
        compared: Whether the span compared with is read, too.
        events: Whether events are read.
        charges: Whether flat charges are read.
        only: A condition besides the filters.
        places: What tells the places of groups, besides the joins.
        made_first: Whether they are read more than once, and to be made once.
        singly: How rows are told apart from the rest that are the only ones of their conversation, where a roll-up has such.
    """

    columns: list[str]
    grouping: str
    joins: str = ""
    places: Places = field(default_factory=Places)
    compared: bool = False
    events: bool = True
    charges: bool = False
    only: str = ""
    made_first: bool = False
    singly: Singly | None = None

    @property
    def name(self) -> str:
        """What they are called: facts, unless these are yet to be made of them."""
        return "grouped" if self.made_first or self.places.groups else "facts"


def write_facts(plan: Plan, dialect: Dialect, facts: Facts) -> tuple[str, tuple[object, ...]]:
    """Return the common head of a statement, and the values bound in it."""
    conditions_values: list[object] = []
    conditions = [write_filter(each, dialect, conditions_values) for each in plan.filters]
    conditions += [facts.only] if facts.only else []
    columns = ", ".join(facts.columns)
    reaches = [plan.reach, plan.compared_reach] if facts.compared else [plan.reach]
    joins = facts.joins + facts.places.join
    needed = columns_in(columns, joins, facts.grouping, *conditions)
    told = {*needed} - {COMPARED, "flat", *PEOPLE}  # the rest are columns of roll-ups
    rollup = cheapest(told, dialect.rollups)
    singly = facts.singly if rollup and rollup.sole else None
    source = Source(
        rollup=rollup,
        weekly=by_week(rollup, dialect.weekly, told, day=plan.query.interval in _OF_WEEKS),
        reaches=[reach for reach in reaches if reach is not None],
        columns=[*needed, "sole"] if singly else needed,
        events=facts.events,
        charges=facts.charges,
    )
    values: list[object] = []
    read = write_source(source, plan.query.zone, dialect, values)
    made = dialect.made_first if facts.made_first else ""
    bound = (*values, *facts.places.joined, *conditions_values)
    reading = f"{read} e{joins}"
    if singly:
        one = _grouped(", ".join(singly.columns), reading, ["e.sole", *conditions], singly.grouping)
        rest = _grouped(columns, reading, ["NOT e.sole", *conditions], facts.grouping)
        body, bound = f"{one}\n  UNION ALL {rest}", bound * 2
    else:
        body = _grouped(columns, reading, conditions, facts.grouping)
    return (
        f"WITH {facts.places.table}{facts.name} AS {made}(\n  {body}\n)",
        (*facts.places.first, *bound, *facts.places.named),
    )


def _grouped(columns: str, source: str, conditions: list[str], grouping: str) -> str:
    where = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
    by = f"\n  GROUP BY {grouping}" if grouping else ""
    return f"SELECT {columns}\n  FROM {source}{where}{by}"


def measure(name: str, dialect: Dialect, *, beside_charges: bool) -> str:
    """Return a metric of a group, whatever it is."""
    metric = METRICS[name]
    if metric.ratio:
        dividend, divisor = (measure(each, dialect, beside_charges=beside_charges) for each in metric.ratio)
        return f"CASE WHEN {divisor} = 0 THEN 0 ELSE {dialect.whole(dividend, divisor)} END"
    if not metric.counts:
        return metric.over_rows
    # Flat charges add nothing to a sum over events, but who holds a seat did not cause an event by that.
    caused = " AND e.flat IS NULL" if beside_charges else ""
    return f"count(DISTINCT CASE WHEN {something(metric.counts, dialect)}{caused} THEN {metric.counts} END)"


def something(counted: str, dialect: Dialect) -> str:
    """Return the condition that there is something to count: nobody is nobody, and no conversation is none."""
    by_number = counted == "e.person" or counted.removeprefix("e.") in dialect.numbered
    return f"{counted} <> 0" if by_number else f"{counted} IS NOT NULL"


def numbered(metrics: tuple[str, ...]) -> list[str]:
    """Return the names of metrics among facts."""
    return [f"m{place}" for place in range(len(metrics))]


def measured(levels: dict[str, str], plan: Plan) -> list[str]:
    """Return the columns of a course: its levels, and the sums of events."""
    sums = (f"{METRICS[name].over_rows} AS m{place}" for place, name in enumerate(plan.sums))
    return [*(f"{expression} AS {name}" for name, expression in levels.items()), *sums]


def summed(plan: Plan) -> list[str]:
    """Return the columns that add up what was summed before."""
    return [f"sum({name}) AS {name}" for name in numbered(plan.sums)]


def at_places(levels: dict[str, str], places: Places) -> dict[str, str]:
    """Return the levels of a course by their names among what is grouped, with the place of groups instead of these."""
    named = {name: name for name in levels if name not in places.groups}
    return {**named, "place": "c.place"}


def placed(levels: dict[str, str], further: list[str], places: Places, *, grouping: str = "") -> str:
    """Return the definition of facts that tells of what was grouped first which place it has."""
    told = [
        expression if expression == name else f"{expression} AS {name}" for name, expression in levels.items()
    ]
    return f", facts AS (\n  SELECT {', '.join(told + further)}\n  FROM grouped{places.naming}{grouping}\n)"


def told(levels: dict[str, str], name: str) -> str:
    """Return a level's column, or what stands for it where there is but one."""
    return name if name in levels else "0" if name == COMPARED else "NULL"
