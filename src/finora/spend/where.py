"""Filters as conditions on a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.catalog import DIMENSIONS, Dimension, label_of
from finora.spend.query import Filter, Operator

if TYPE_CHECKING:
    from finora.spend.sql import Dialect

_NONE = "none"


def write_filter(each: Filter, dialect: Dialect, values: list[object]) -> str:
    """Return a filter as a condition, adding its bound values.

    Values are compared without regard to case, `contains` also with the label people see.
    """
    dimension = DIMENSIONS[each.dimension]
    wanted = [value.strip().lower() for value in each.values]
    exact = each.operator in {Operator.IS, Operator.IS_NOT}
    if dimension.codes is not None:
        condition = _codes(dimension, wanted, exact=exact, values=values)
    elif dimension.lookup:
        condition = _lookup(dimension, wanted, dialect, exact=exact, values=values)
    else:
        condition = _text(dimension, wanted, dialect, exact=exact, values=values)
    return f"NOT ({condition})" if each.operator.negative else condition


def _codes(dimension: Dimension, wanted: list[str], *, exact: bool, values: list[object]) -> str:
    codes = [
        code
        for code, key in (dimension.codes or {}).items()
        if any(value == key or (not exact and value in label_of(dimension, key).lower()) for value in wanted)
    ]
    values.extend(codes)
    return f"{dimension.column} IN ({_places(codes)})" if codes else "1 = 0"


def _lookup(
    dimension: Dimension, wanted: list[str], dialect: Dialect, *, exact: bool, values: list[object]
) -> str:
    lookup = dimension.lookup
    if lookup is None:
        raise ValueError("the dimension has no lookup")
    if exact:
        values.extend(wanted)
        match = f"lower({lookup.key}) IN ({_places(wanted)})"
    else:
        either = f"({dialect.holds(lookup.key)} OR {dialect.holds(lookup.label)})"
        values.extend(text for value in wanted for text in (value, value))
        match = " OR ".join([either] * len(wanted))
    return f"{dimension.column} IN (SELECT id FROM {lookup.table} WHERE {match})"


def _text(
    dimension: Dimension, wanted: list[str], dialect: Dialect, *, exact: bool, values: list[object]
) -> str:
    column = f"coalesce({dimension.column}, '')"
    if exact:
        values.extend("" if value == _NONE else value for value in wanted)
        return f"lower({column}) IN ({_places(wanted)})"
    values.extend(wanted)
    return "(" + " OR ".join([dialect.holds(column)] * len(wanted)) + ")"


def _places(values: list[object] | list[str] | list[int]) -> str:
    return ", ".join("?" * len(values))
