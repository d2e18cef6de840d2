"""By what a statement groups its source: the dimensions' values, the places of chosen groups, and buckets of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from finora.spend.catalog import DIMENSIONS
from finora.spend.source import COMPARED
from finora.values.interval import HOUR_MS, Interval

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.values.period import Span

Groups: TypeAlias = "list[tuple[object, ...]]"
"""Groups by the values they are grouped by."""


def dimensions_of(plan: Plan) -> list[Dimension]:
    """Return what a plan's groups are of."""
    return [DIMENSIONS[name] for name in plan.query.dimensions]


def group_expression(dimension: Dimension, place: int) -> str:
    """Return what events are grouped by; `place` numbers the join of a shared lookup."""
    shared = _shared(dimension)
    return f"j{place}.{shared.key}" if shared else _own(dimension)


def joined_lookups(dimensions: list[Dimension]) -> str:
    """Return the joins of lookups whose keys are grouped by."""
    return "".join(
        f"\n  JOIN {lookup.table} j{place} ON j{place}.id = {dimension.column}"
        for place, dimension in enumerate(dimensions)
        if (lookup := _shared(dimension))
    )


def _shared(dimension: Dimension) -> Lookup | None:
    """Return the lookup whose keys groups of a dimension are of, because many numbers share one; none of others."""
    return dimension.lookup if dimension.lookup and dimension.lookup.shared else None


def _own(dimension: Dimension) -> str:
    """Return what an event itself has of a dimension."""
    return dimension.column if dimension.lookup or dimension.codes else dimension.text


@dataclass(frozen=True, slots=True)
class Places:
    """How a statement tells each event its group's place among the chosen, as `c.place`.

    Attributes:
        tables: The definitions of tables that are made first, each with what follows it.
        first: The values bound in them.
        join: What joins the places to the source.
        joined: The values bound in the join.
    """

    tables: str = ""
    first: tuple[object, ...] = ()
    join: str = ""
    joined: tuple[object, ...] = ()


def places_of(dimensions: list[Dimension], chosen: Groups, dialect: Dialect, *, alone: bool) -> Places:
    """Return what tells each event its group's place among the chosen.

    Events of no chosen group have no place, or, with `alone`, are left out. The values of each dimension are numbered for
    themselves, and their numbers together name the place: engines find one number among few far faster than several values
    among all that go together, of which a team and a vendor have thousands. What values are shared by is told first.
    """
    if not chosen:
        return Places()
    values = [list(dict.fromkeys(group[place] for group in chosen)) for place in range(len(dimensions))]
    kind = "" if alone else "LEFT "
    several = len(dimensions) > 1
    tables, first, join, joined = "", [], "", []
    for place, (dimension, some) in enumerate(zip(dimensions, values, strict=True)):
        name, number = (f"c{place}", "n") if several else ("c", "place")
        rows = [f"?, {each}" for each in range(len(some))]
        if shared := _shared(dimension):
            written = dialect.written_out("w", ["k", number], rows)
            tables += (
                f"places{place} AS {dialect.made_first}(\n  SELECT j.id AS k, w.{number} AS {number}\n  FROM {written}"
                f"\n  JOIN {shared.table} j ON j.{shared.key} = w.k\n), "
            )
            first += some
            joins = f"places{place} {name}"
        else:
            joins = dialect.written_out(name, ["k", number], rows)
            joined += some
        join += f"\n  {kind}JOIN {joins} ON {name}.k = {_own(dimension)}"
    if several:
        join += f"\n  {kind}JOIN {_named_together(values, chosen, dialect)}"
    return Places(tables, tuple(first), join, tuple(joined))


def _named_together(values: list[list[object]], chosen: Groups, dialect: Dialect) -> str:
    """Return the table of places by the numbers of a group's values, made into one, and what it is joined on."""
    numbered = [{value: number for number, value in enumerate(some)} for some in values]
    rows, named = [], "c0.n"
    for place, some in enumerate(values[1:], 1):
        former = f"({named})" if place > 1 else named
        named = f"{former} * {len(some)} + c{place}.n"
    for place, group in enumerate(chosen):
        together = 0
        for number, value in zip(numbered, group, strict=True):
            together = together * len(number) + number[value]
        rows.append(f"{together}, {place}")
    return f"{dialect.written_out('c', ['together', 'place'], rows)} ON c.together = {named}"


def levels_of(plan: Plan, dialect: Dialect, chosen: Groups) -> dict[str, str]:
    """Return what the course of a plan is told by: the span, the place, the bucket, as far as there are several."""
    levels = {COMPARED: f"e.{COMPARED}"} if plan.compared else {}
    if chosen:
        levels["place"] = "c.place"
    if plan.query.interval:
        levels["bucket"] = bucket_expression(plan.query.interval, plan, dialect)
    return levels


def bucket_expression(interval: Interval, plan: Plan, dialect: Dialect) -> str:
    """Return the number of an event's bucket."""
    match interval:
        case Interval.HOUR:
            shift = str(hour_shift(plan.span, plan.query.zone))
            if plan.compared and (before := str(hour_shift(plan.compared, plan.query.zone))) != shift:
                shift = f"CASE e.{COMPARED} WHEN 1 THEN {before} ELSE {shift} END"
            return dialect.whole(f"(e.ts + {shift})", HOUR_MS)
        case Interval.WEEK:
            return dialect.whole("(e.day + 3)", 7)
        case Interval.MONTH:
            return dialect.month_index("e.day")
        case Interval.DAY:
            return "e.day"


def hour_shift(span: Span, zone: ZoneInfo) -> int:
    """Return the milliseconds by which a zone's hours begin before those of UTC when a span begins."""
    offset = span.start.astimezone(zone).utcoffset()
    return int(offset.total_seconds() * 1000) % HOUR_MS if offset else 0
