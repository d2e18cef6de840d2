"""`SpendQuery`: one question about spend, the same value for every face.

Faces parse their input into it (`finora.spend.request` from JSON, `finora.spend.url` from an address) and the
catalogue validates it; what it then means is decided in `finora.spend.plan` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finora.errors import BadRequest
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.values.period import Period
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finora.values.interval import Interval

CHANGE = "change"
"""Sorts by how much the leading metric grew since the span compared with; by a decrease last."""
MAX_DIMENSIONS = 3
MAX_ROWS = 10_000
MAX_OFFSET = 1_000_000
MAX_FILTERS = 50
MAX_FILTER_VALUES = 1_000
MAX_SOUGHT_VALUES = 100
MAX_SOUGHT_IN_TEXTS = 10
"""In dimensions without a table of names each text is looked for in every single event, which takes the engine memory, too."""
MAX_VALUE_LENGTH = 500
"""Of all filters together: each text that is searched for is compared with every event, and must stay cheap to ask."""


class InvalidQuery(BadRequest):
    """The query names something that does not exist, or asks for what cannot be."""

    code = "invalid_query"
    title = "This query cannot be answered"


class Operator(StrEnum):
    """How a filter compares."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"

    @property
    def negative(self) -> bool:
        """Whether the filter keeps what does not match."""
        return self in {Operator.IS_NOT, Operator.CONTAINS_NOT}


class Comparison(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Filter:
    """Keeps the events whose dimension matches any of the values (none of them, for the negative operators)."""

    operator: Operator
    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Sorts by a metric or a dimension, or by `CHANGE` where there is something to compare with."""

    by: str
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendQuery:
    """A question about spend.

    Attributes:
        metrics: What to measure, by catalogue name; the first is the leading one.
        dimensions: What to break down by; with none there is one row.
        filters: All must hold.
        period: When.
        interval: With one, each row is a group's bucket.
        timezone: The zone whose days and hours count.
        compare: The span each figure is compared with.
        order: Sorting of groups; by the leading metric, largest first, where empty.
        limit: The most groups returned; the rest are summed up as “other”.
        offset: Groups passed over first.
    """

    metrics: tuple[str, ...] = ("spend",)
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: Period = Period("28d")
    interval: Interval | None = None
    timezone: str = "UTC"
    compare: Comparison | None = None
    order: tuple[Order, ...] = ()
    limit: int = 50
    offset: int = 0

    def __post_init__(self) -> None:
        _validate(self)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @property
    def ranks_change(self) -> bool:
        """Whether groups stand in the order of how they changed."""
        return any(each.by == CHANGE for each in self.order)

    def filtered(self, *added: Filter) -> SpendQuery:
        """Return the query with further filters."""
        return replace(self, filters=self.filters + added)


def _validate(query: SpendQuery) -> None:
    _validate_names(query)
    _validate_filters(query.filters)
    if not 1 <= query.limit <= MAX_ROWS:
        raise InvalidQuery(f"The limit must lie between 1 and {MAX_ROWS}.")
    if not 0 <= query.offset <= MAX_OFFSET:
        raise InvalidQuery(f"The offset must lie between 0 and {MAX_OFFSET}.")
    try:
        ZoneInfo(query.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidQuery(
            f"{quoted(query.timezone)} is not a timezone; use for example Europe/Berlin."
        ) from None


def _validate_names(query: SpendQuery) -> None:
    if not query.metrics:
        raise InvalidQuery(f"Name at least one metric: {', '.join(METRICS)}.")
    _known("metric", query.metrics, METRICS)
    _known("dimension", query.dimensions, DIMENSIONS)
    if len(query.dimensions) > MAX_DIMENSIONS:
        raise InvalidQuery(f"At most {MAX_DIMENSIONS} dimensions can be combined.")
    for names in (query.metrics, query.dimensions, tuple(each.by for each in query.order)):
        if len(set(names)) != len(names):
            raise InvalidQuery("A metric or dimension is named twice.")
    for order in query.order:
        if order.by == CHANGE:
            if query.compare is None:
                raise InvalidQuery("Sorting by change needs something to compare with: previous or year.")
        elif order.by not in (*query.metrics, *query.dimensions):
            raise InvalidQuery(
                f"Sorting by {quoted(order.by)} needs it among the metrics or dimensions asked for."
            )


_EXACT = frozenset({Operator.IS, Operator.IS_NOT})


def _validate_filters(filters: tuple[Filter, ...]) -> None:
    if len(filters) > MAX_FILTERS:
        raise InvalidQuery(f"At most {MAX_FILTERS} filters can be combined.")
    _known("dimension", [each.dimension for each in filters], DIMENSIONS)
    for each in filters:
        if not each.values:
            raise InvalidQuery(f"The filter on {each.dimension} names no value.")
        if not all(is_text(value) for value in each.values):
            raise InvalidQuery(f"A value of the filter on {each.dimension} is not text.")
        if any(len(value) > MAX_VALUE_LENGTH for value in each.values):
            raise InvalidQuery(f"A value of a filter can have at most {MAX_VALUE_LENGTH} characters.")
    if sum(len(each.values) for each in filters) > MAX_FILTER_VALUES:
        raise InvalidQuery(f"All filters together can name at most {MAX_FILTER_VALUES} values.")
    sought = sum(len(each.values) for each in filters if each.operator not in _EXACT)
    if sought > MAX_SOUGHT_VALUES:
        raise InvalidQuery(f"All filters together can search for at most {MAX_SOUGHT_VALUES} texts.")
    raw = [each for each in filters if each.operator not in _EXACT and DIMENSIONS[each.dimension].raw]
    if sum(len(each.values) for each in raw) > MAX_SOUGHT_IN_TEXTS:
        names = ", ".join(sorted({DIMENSIONS[each.dimension].plural.lower() for each in raw}))
        raise InvalidQuery(f"At most {MAX_SOUGHT_IN_TEXTS} texts can be searched for in {names}.")


def is_text(value: str) -> bool:
    """Return whether a string is Unicode text; JSON can spell half of a pair of surrogates, which is none."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _known(what: str, names: Iterable[str], catalogue: Mapping[str, object]) -> None:
    for name in names:
        if name not in catalogue:
            raise InvalidQuery(f"There is no {what} {quoted(name)}. There are: {', '.join(catalogue)}.")
