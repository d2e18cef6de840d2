"""What the values of `-f` mean: a key stands for itself, a label for the key it belongs to; what is neither ends with an error.

The values there are come from the same API as the figures, so that whoever may see their own usage only learns of nobody else.
The API itself takes keys alone, and of an unknown one answers that nothing is there, as scripts expect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from finora.cli.reach import Refused
from finora.errors import AccessDenied, BadRequest
from finora.spend.catalog import DIMENSIONS, NONE, SUBSCRIPTION, label_of
from finora.spend.event import EVENT_TYPES
from finora.spend.query import MAX_ROWS, Operator
from finora.spend.url import escaped
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from finora.cli.reach import Reach
    from finora.spend.catalog import Dimension
    from finora.spend.query import Filter

_ALWAYS = frozenset({NONE, SUBSCRIPTION, "unattributed", "unknown"})
"""Keys that mean something whether or not anything has them by now."""
_EXACT = frozenset({Operator.IS, Operator.IS_NOT})
_NEAR_ENOUGH = 70.0
_SHOWN = 5
_LOOKED_AT = 1000
"""The values with the most events, among which the nearest are looked for."""


class NoSuchValue(BadRequest):
    """A filter names what is neither the key nor the label of any value that the reader may see."""

    title: ClassVar[str] = "There is no such value"


class SeveralValues(BadRequest):
    """A filter names a label that several values have."""

    title: ClassVar[str] = "Several values are called so"


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a dimension."""

    key: str
    label: str

    def __str__(self) -> str:
        """Return it as it is typed in a filter: its label, and in brackets the key where that is another."""
        label, key = escaped(self.label), escaped(self.key)
        return label if label.lower() == key.lower() else f"{label} ({key})"

    def is_called(self, text: str) -> bool:
        """Return whether a text is its key or its label, whatever the case of the letters."""
        return text.lower() in {self.key.lower(), self.label.lower()}


def with_keys(api: Reach, filters: Iterable[Filter]) -> list[Filter]:
    """Return filters whose values are keys; of those that search for a part of a text, nothing is changed.

    Raises:
        NoSuchValue: A value is neither key nor label.
        SeveralValues: A label belongs to several values.
    """
    return [_with_keys(api, each) for each in filters]


def _with_keys(api: Reach, each: Filter) -> Filter:
    dimension = DIMENSIONS.get(each.dimension)
    if dimension is None or each.operator not in _EXACT:
        return each  # the API says which dimensions there are
    known = _known_for_sure(dimension)
    asked = [value for value in each.values if value.lower() not in known]
    if asked and dimension.codes is None:
        known = known | {
            found.key.lower() for found in _stored(api, dimension, [["is", each.dimension, asked]])
        }
    return replace(
        each,
        values=tuple(
            value if value.lower() in known else _meant(api, dimension, value) for value in each.values
        ),
    )


def _known_for_sure(dimension: Dimension) -> frozenset[str]:
    """Return keys that need no look at the data: what a catalogue of ours names may be asked for before it occurs."""
    named = (dimension.codes or {}).values() if dimension.name != "event_type" else EVENT_TYPES
    return _ALWAYS.union(named)


def _meant(api: Reach, dimension: Dimension, text: str) -> str:
    """Return the key that a label stands for; a text as it stands where there is nothing at all to compare it with."""
    called = {each.key: each for each in _candidates(api, dimension, text) if each.is_called(text)}
    if len(called) > 1:
        raise SeveralValues(
            f"{quoted(text)} may be {_listed(list(called.values()))}. Name it by what stands in brackets."
        )
    if called:
        return next(iter(called))
    there = list(_most_used(api, dimension))
    if not any(each.key not in _ALWAYS for each in there):
        return text
    raise NoSuchValue(_no_such(dimension, text, there))


def _candidates(api: Reach, dimension: Dimension, text: str) -> Iterator[Value]:
    if dimension.codes is not None:
        yield from _coded(dimension)
    elif not dimension.raw and text.strip():  # ids of single runs are called by nothing else
        yield from _stored(api, dimension, [["contains", dimension.name, [text]]], limit=MAX_ROWS)
        yield from _without_events(api, dimension, text)


def _most_used(api: Reach, dimension: Dimension) -> Iterator[Value]:
    if dimension.codes is not None:
        yield from _coded(dimension)
    else:
        yield from _stored(api, dimension, [], limit=_SHOWN if dimension.raw else _LOOKED_AT)


def _coded(dimension: Dimension) -> Iterator[Value]:
    return (Value(key, label_of(dimension, key)) for key in (dimension.codes or {}).values())


def _stored(
    api: Reach, dimension: Dimension, filters: Sequence[object], *, limit: int = MAX_ROWS
) -> Iterator[Value]:
    """Yield the values of a dimension that events or seats have, those of the most events first."""
    body = {
        "metrics": ["events"] if dimension.raw else ["events", "total_cost"],
        "dimensions": [dimension.name],
        "filters": filters,
        "period": "all",
        "limit": limit,
    }
    for row in api.send("POST", "/api/v1/query", body)["rows"]:
        yield Value(row[dimension.name], row[f"{dimension.name}_label"])


def _without_events(api: Reach, dimension: Dimension, text: str) -> Iterator[Value]:
    """Yield those of a name that are known though nothing is theirs yet."""
    match dimension.name:
        case "person":
            words = {"q": text[:200], "limit": str(_LOOKED_AT)}
            yield from _rows(api, "/api/v1/people", words, "people", ("person", "name"))
        case "team":
            yield from _rows(api, "/api/v1/teams", {}, "teams", ("team", "name"))
        case "connection":
            yield from _rows(api, "/api/v1/connections", {}, "", ("id", "name"))
        case _:
            return


def _rows(
    api: Reach, path: str, parameters: Mapping[str, str], member: str, names: tuple[str, str]
) -> Iterator[Value]:
    try:
        answer: Any = api.get(path, parameters)
    except Refused as refusal:
        if refusal.code_of_problem != AccessDenied.code:
            raise
        return  # whoever may see their own usage only is told of no others
    key, label = names
    for row in answer[member] if member else answer:
        yield Value(row[key], row[label])


def _no_such(dimension: Dimension, text: str, there: Sequence[Value]) -> str:
    near = _nearest(text, there)
    few = f"Nearest: {_listed(near)}." if near else f"There are: {_listed(there)}."
    named = dimension.name.replace("_", " ")
    said = f"No {named} is called {quoted(text)}. {few}"
    return said if dimension.raw else f"{said} All of them: finora query --by {dimension.name} --period all"


def _nearest(text: str, there: Sequence[Value]) -> list[Value]:
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415 - needed only once something is wrong

    def likeness(each: Value) -> float:
        return max(ratio(text.lower(), name.lower()) for name in (each.key, each.label))

    ranked = sorted(there, key=likeness, reverse=True)[:_SHOWN]
    return [each for each in ranked if likeness(each) >= _NEAR_ENOUGH]


def _listed(values: Sequence[Value]) -> str:
    more = len(values) - _SHOWN
    shown = ", ".join(str(each) for each in values[:_SHOWN])
    return f"{shown} and {more:,} more" if more > 0 else shown
