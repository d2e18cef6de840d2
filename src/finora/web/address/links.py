"""Addresses of pages: each query has exactly one, and each that a page shows can be read back into its query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from finora.people import UNATTRIBUTED
from finora.spend.catalog import NONE
from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.spend.url import PARAMETERS, encode, query_from_url, query_to_url
from finora.values.period import Period
from finora.values.text import quoted

Parameters = Sequence[tuple[str, str]]


class ChartKind(StrEnum):
    """How a chart draws its series."""

    BARS = "bars"
    LINES = "lines"
    AREAS = "areas"


class Scale(StrEnum):
    """What a chart's heights say: amounts, shares of each bucket, or sums since the period began."""

    AMOUNT = "amount"
    SHARE = "share"
    RUNNING = "running"


class TableKind(StrEnum):
    """What a table has a column for: each metric, or each bucket."""

    TOTALS = "totals"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a page of figures shows: a query, and how it is drawn.

    Attributes:
        query: What is asked.
        chart: How the chart draws its series.
        scale: What its heights say.
        table: What the table has columns for.
        hidden: Keys of the series that the chart leaves out.
    """

    query: SpendQuery
    chart: ChartKind = ChartKind.BARS
    scale: Scale = Scale.AMOUNT
    table: TableKind = TableKind.TOTALS
    hidden: tuple[str, ...] = ()

    def asking(self, query: SpendQuery) -> "View":
        """Return the view of another query, drawn alike; by other dimensions nothing of it is hidden."""
        same = query.dimensions == self.query.dimensions
        return replace(self, query=query, hidden=self.hidden if same else ())

    def having(self, **changes: object) -> "View":
        """Return the view with parts of its query changed; it begins at the first row again."""
        return self.asking(replace(self.query, **{"offset": 0} | changes))  # type: ignore[arg-type]


_CHOICES: dict[str, type[ChartKind | Scale | TableKind]] = {
    "chart": ChartKind,
    "scale": Scale,
    "table": TableKind,
}


@dataclass(frozen=True, slots=True)
class Address:
    """A view as an address asks for it, and what of the address could not be understood."""

    view: View
    problems: tuple[str, ...]


class Links:
    """Writes and reads the addresses of pages that show figures.

    Args:
        timezone: The workspace's zone, which is never part of an address.
    """

    def __init__(self, timezone: str) -> None:
        self.defaults = SpendQuery(
            dimensions=("model",), compare=Comparison.PREVIOUS, limit=8, timezone=timezone
        )

    def read(self, parameters: Iterable[tuple[str, str]], also: frozenset[str] = frozenset()) -> Address:
        """Return the view an address asks for. Whatever it says, there is one.

        Args:
            parameters: The address's parameters.
            also: Names of further ones, which are the page's own business.
        """
        given = [_exclusive(*each) for each in parameters]
        found = query_from_url(given, self.defaults)
        problems = list(found.problems)
        drawn: dict[str, Any] = {"hidden": tuple(value for name, value in given if name == "hide")}
        for name, value in given:
            if name in _CHOICES:
                try:
                    drawn[name] = _CHOICES[name](value)
                except ValueError:
                    known = ", ".join(_CHOICES[name])
                    problems.append(f"{name}={quoted(value)} was left out: there are {known}.")
            elif name not in PARAMETERS and name != "hide" and name not in also:
                problems.append(f"{quoted(name)} was left out: this page knows nothing of that name.")
        return Address(View(query=found.query, **drawn), tuple(problems))

    def parameters(self, view: View) -> list[tuple[str, str]]:
        """Return a view as parameters in canonical order, without what is at its default."""
        plain = View(query=view.query)
        drawn = [
            (name, getattr(view, name).value)
            for name in _CHOICES
            if getattr(view, name) is not getattr(plain, name)
        ]
        return query_to_url(view.query, self.defaults) + drawn + [("hide", key) for key in view.hidden]

    def explore(self, view: View, *further: tuple[str, str], path: str = "/explore") -> str:
        """Return the address of a view in Explore, or of a file of it."""
        return address(path, [*self.parameters(view), *further])

    def zooming(self, view: View) -> str:
        """Return the address of a view over a stretch of time, with the places `{from}` and `{to}` for its ends."""
        kept = [each for each in self.parameters(view) if each[0] not in {"period", "from", "to"}]
        return f"/explore?from={{from}}&to={{to}}{'&' if kept else ''}{encode(kept)}"

    def overview(self, query: SpendQuery) -> str:
        """Return the address of the overview of a query's period."""
        wanted = replace(self.defaults, period=query.period, compare=query.compare)
        return address("/", query_to_url(wanted, self.defaults))

    def page_of(self, dimension: str, key: str, query: SpendQuery) -> str | None:
        """Return the address of a person's or a team's own page, at a query's times; none of what has no page."""
        if dimension not in _PAGES or key in _NOBODY:
            return None
        wanted = replace(self.defaults, period=query.period, compare=query.compare)
        return address(_PAGES[dimension](key), query_to_url(wanted, self.defaults))

    def patterns(self, view: View) -> str:
        """Return the address of the patterns of a view's period."""
        wanted = replace(self.defaults, period=view.query.period)
        return address("/patterns", query_to_url(wanted, self.defaults))

    def events(self, query: SpendQuery, *further: tuple[str, str], path: str = "/events") -> str:
        """Return the address of the events of a query's period and filters."""
        wanted = replace(self.defaults, period=query.period, filters=query.filters)
        return address(path, [*query_to_url(wanted, self.defaults), *further])

    def continued(self, query: SpendQuery) -> str:
        """Return the text by which a further question, asked on a page, continues what the page shows."""
        return encode(query_to_url(query, self._plain))

    def read_continued(self, text: str) -> SpendQuery:
        """Return the query that a question continues; whatever the text says, there is one."""
        return query_from_url(parse_qsl(text, keep_blank_values=True), self._plain).query

    @property
    def _plain(self) -> SpendQuery:
        return SpendQuery(timezone=self.defaults.timezone)

    def event_file(self, query: SpendQuery, form: str) -> str:
        """Return the address of a file of the events of a query's period and filters."""
        return self.events(query, ("format", form), path="/api/v1/export")


def _exclusive(name: str, value: str) -> tuple[str, str]:
    """Return a parameter as addresses write it: people name a period's last day, addresses the day after it."""
    if name != "through":
        return name, value
    try:
        return "to", (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return "to", value  # said to be none where addresses are understood


def address(path: str, parameters: Parameters) -> str:
    """Return a path with parameters."""
    return f"{path}?{encode(parameters)}" if parameters else path


def person_path(key: str) -> str:
    """Return the path of somebody's page."""
    return f"/people/{quote(key, safe='@')}"


def team_path(key: str) -> str:
    """Return the path of a team's page."""
    return f"/teams/{quote(key, safe='@')}"


def narrowed(query: SpendQuery, *added: Filter) -> SpendQuery:
    """Return a query with further filters, each in place of one that compares the same dimension alike."""
    kept = tuple(
        each
        for each in query.filters
        if not any(each.dimension == new.dimension and each.operator is new.operator for new in added)
    )
    return replace(query, filters=kept + added, offset=0)


def excluded(query: SpendQuery, dimension: str, key: str) -> SpendQuery:
    """Return a query that leaves a value out, besides those it leaves out already."""
    return toggled(query, Operator.IS_NOT, dimension, key)


def toggled(query: SpendQuery, operator: Operator, dimension: str, key: str) -> SpendQuery:
    """Return a query whose filter has a value besides its others, or no longer has it."""
    present = values_of(query, operator, dimension)
    kept = tuple(value for value in present if value != key)
    wanted = kept if key in present else (*present, key)
    if wanted:
        return narrowed(query, Filter(operator, dimension, wanted))
    others = (each for each in query.filters if (each.operator, each.dimension) != (operator, dimension))
    return replace(query, filters=tuple(others), offset=0)


def values_of(query: SpendQuery, operator: Operator, dimension: str) -> tuple[str, ...]:
    """Return the values of a query's filter; none where it has no such filter."""
    found = (
        each.values for each in query.filters if (each.operator, each.dimension) == (operator, dimension)
    )
    return next(found, ())


def without_filter(query: SpendQuery, position: int) -> SpendQuery:
    """Return a query without one of its filters."""
    return replace(query, filters=query.filters[:position] + query.filters[position + 1 :], offset=0)


def equal(dimension: str, *values: str) -> Filter:
    """Return the filter that a dimension is any of the values."""
    return Filter(Operator.IS, dimension, values)


def regrouped(query: SpendQuery, *dimensions: str) -> SpendQuery:
    """Return a query by other dimensions, sorted as before where that still makes sense."""
    order = tuple(each for each in query.order if each.by in (*query.metrics, *dimensions, CHANGE))
    return replace(query, dimensions=dimensions, order=order, offset=0)


def measured(query: SpendQuery, metric: str) -> SpendQuery:
    """Return a query with another leading metric, largest first."""
    return replace(query, metrics=(metric,), order=(), offset=0)


def sorted_by(query: SpendQuery, name: str, *, descending: bool) -> SpendQuery:
    """Return a query sorted by a metric, which it then measures too, by a dimension or by the change of the leading metric."""
    leading = query.metrics[0]
    alone = name in query.dimensions or name == CHANGE
    metrics = (leading,) if alone else tuple(dict.fromkeys((leading, name)))
    is_default = name == leading and descending
    order = () if is_default else (Order(name, descending=descending),)
    return replace(query, metrics=metrics, order=order, offset=0)


def compared(query: SpendQuery, compare: Comparison | None) -> SpendQuery:
    """Return a query compared with another period, or with none, by whose change nothing can be sorted."""
    kept = query.order if compare else tuple(each for each in query.order if each.by != CHANGE)
    return replace(query, compare=compare, order=kept)


def fixed(start: datetime, end: datetime) -> Period:
    """Return the fixed period between two moments."""
    return Period.absolute(start, end)


def local_path(wanted: str, otherwise: str = "/") -> str:
    """Return an address to go to if it is a path of our own, else another; nobody is sent to other sites.

    Browsers read a backslash as a slash and drop control characters, so neither may be in it.
    """
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if plain and ours else otherwise


_PAGES = {"person": person_path, "team": team_path}
_NOBODY = frozenset({UNATTRIBUTED, NONE})
