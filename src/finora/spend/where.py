"""Filters as conditions on a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.catalog import DIMENSIONS, NONE, label_of
from finora.spend.query import Operator
from finora.spend.single_runs import as_stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.spend.catalog import Dimension, Lookup
    from finora.spend.dialect import Dialect
    from finora.spend.query import Filter


def write_filter(each: Filter, dialect: Dialect, values: list[object]) -> str:
    """Return a filter as a condition, adding its bound values.

    Values are compared with keys, `contains` also with the label people see. Case does not matter; text is brought to
    lower case by the engine on both sides, as no two languages agree on how.
    """
    dimension = as_stored(DIMENSIONS[each.dimension], dialect)
    exact = each.operator in {Operator.IS, Operator.IS_NOT}
    if dimension.codes is not None:
        condition = _codes(dimension, each.values, exact=exact, values=values)
    elif dimension.lookup:
        ids = _lookup(dimension.lookup, each.values, dialect, exact=exact, values=values)
        condition = f"{dimension.column} IN ({ids})"
    elif exact:
        condition = _equal(dimension.text, each.values, dialect, values)
    else:
        condition = _text_holds(dimension, each.values, dialect, values)
    return f"NOT ({condition})" if each.operator.negative else f"({condition})"


def _codes(dimension: Dimension, wanted: Sequence[str], *, exact: bool, values: list[object]) -> str:
    lower = [value.lower() for value in wanted]
    codes = [
        code
        for code, key in (dimension.stored or {}).items()
        if any(
            value == key if exact else value in key or value in label_of(dimension, key).lower()
            for value in lower
        )
    ]
    values.extend(codes)
    return f"{dimension.column} IN ({', '.join('?' * len(codes))})" if codes else "1 = 0"


def _lookup(
    lookup: Lookup, wanted: Sequence[str], dialect: Dialect, *, exact: bool, values: list[object]
) -> str:
    if exact and lookup.found:
        values.extend([*wanted] * len(lookup.found))
        return found_by(
            lookup, [f"{column} IN ({', '.join([value] * len(wanted))})" for column, value in lookup.found]
        )
    if exact:
        match = _equal(lookup.key, wanted, dialect, values)
    else:
        labelled = "id = 0 AND " if lookup.large else ""  # others are called by their key
        match = " OR ".join(
            f"{dialect.holds(lookup.key)} OR {labelled}{dialect.holds(lookup.label)}" for _ in wanted
        )
        values.extend(value for value in wanted for _ in range(2))
    return f"SELECT id FROM {lookup.table} WHERE {match}"


def found_by(lookup: Lookup, conditions: Sequence[str]) -> str:
    """Return what tells the numbers of the rows of a large table that meet any of some conditions, each looked for by itself.

    Conditions on several columns at once, the engine would try on every row.
    """
    return " UNION ALL ".join(f"SELECT id FROM {lookup.table} WHERE {each}" for each in conditions)


def _text_holds(dimension: Dimension, wanted: Sequence[str], dialect: Dialect, values: list[object]) -> str:
    conditions = [dialect.holds(dimension.text) for _ in wanted]
    values.extend(wanted)
    if any(value.lower() in label_of(dimension, NONE).lower() for value in wanted):
        conditions.append(f"{dimension.text} = '{NONE}'")
    return " OR ".join(conditions)


def _equal(text: str, wanted: Sequence[str], dialect: Dialect, values: list[object]) -> str:
    values.extend(wanted)
    return f"{dialect.lower(text)} IN ({', '.join([dialect.lower('?')] * len(wanted))})"
