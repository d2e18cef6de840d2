"""Addresses of the pages of people and teams: a period, a comparison, and which lines are shown in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from finora.people import PEOPLE_SORTS, TEXTS, Selection, State
from finora.spend.query import Comparison, SpendQuery
from finora.spend.url import query_to_url
from finora.values.period import Period
from finora.values.text import quoted
from finora.web.address.links import Links, View, address

PAGE = 50
"""Lines on a page."""

_TIMES = frozenset({"period", "from", "to", "through", "compare"})
_LONGEST_SEARCH = 200
_MOST_PAGES = 100_000
_DEFAULT = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingAddress:
    """What an address asks of a listing.

    Attributes:
        path: The page's.
        period: When.
        compare: What it is compared with.
        selection: Which lines, and in which order.
        page: From 1.
    """

    path: str
    period: Period
    compare: Comparison | None
    selection: Selection = _DEFAULT
    page: int = 1

    def having(self, *, page: int = 1, **changes: object) -> "ListingAddress":
        """Return the address with parts of its selection changed; it begins at the first page again."""
        return replace(self, page=page, selection=replace(self.selection, **changes))  # type: ignore[arg-type]

    def at(self, view: View) -> "ListingAddress":
        """Return the address of the period and comparison of a view."""
        return replace(self, period=view.query.period, compare=view.query.compare, page=1)

    def sorted_by(self, name: str) -> "ListingAddress":
        """Return the address sorted by a column, or the other way round where it is already."""
        if name == self.selection.sort:
            return self.having(descending=not self.selection.descending)
        return self.having(sort=name, descending=name not in TEXTS)

    def query(self, defaults: SpendQuery) -> SpendQuery:
        """Return a query of the address's period and comparison."""
        return replace(defaults, period=self.period, compare=self.compare)


def read_address(
    links: Links,
    path: str,
    parameters: Iterable[tuple[str, str]],
    sorts: Sequence[str] = PEOPLE_SORTS,
) -> tuple[ListingAddress, tuple[str, ...]]:
    """Return what an address asks for, and what of it could not be understood. Whatever it says, there is something.

    Args:
        links: Reads periods and comparisons.
        path: The page's.
        parameters: The address's.
        sorts: The columns that can be sorted by.
    """
    given = list(parameters)
    found = links.read([each for each in given if each[0] in _TIMES])
    problems = list(found.problems)
    query = found.view.query
    here = ListingAddress(path=path, period=query.period, compare=query.compare)
    for name, value in given:
        if name in _TIMES:
            continue
        try:
            here = _READERS[name](here, value, sorts)
        except KeyError:
            problems.append(f"{quoted(name)} was left out: this page knows nothing of that name.")
        except ValueError as problem:
            problems.append(f"{name}={quoted(value)} was left out: {problem}.")
    return here, tuple(problems)


def write_address(links: Links, here: ListingAddress, path: str = "", *further: tuple[str, str]) -> str:
    """Return an address in its canonical form, without what is at its default.

    Args:
        links: Writes periods and comparisons.
        here: What it asks for.
        path: Another one, of a file of the same.
        further: Parameters that are another page's business.
    """
    return address(path or here.path, [*parameters_of(links, here), *further])


def parameters_of(links: Links, here: ListingAddress) -> list[tuple[str, str]]:
    """Return an address's parameters, without what is at its default."""
    chosen = here.selection
    parameters = query_to_url(here.query(links.defaults), links.defaults)
    if chosen.search:
        parameters.append(("q", chosen.search))
    if chosen.team:
        parameters.append(("team", chosen.team))
    if chosen.state:
        parameters.append(("state", chosen.state.value))
    if (chosen.sort, chosen.descending) != (_DEFAULT.sort, _DEFAULT.descending):
        parameters.append(("sort", f"{'-' * chosen.descending}{chosen.sort}"))
    if here.page > 1:
        parameters.append(("page", str(here.page)))
    return parameters


def _search(here: ListingAddress, text: str, _sorts: Sequence[str]) -> ListingAddress:
    return here.having(page=here.page, search=" ".join(text.split())[:_LONGEST_SEARCH])


def _team(here: ListingAddress, text: str, _sorts: Sequence[str]) -> ListingAddress:
    return here.having(page=here.page, team=text)


def _state(here: ListingAddress, text: str, _sorts: Sequence[str]) -> ListingAddress:
    if text and text not in {each.value for each in State}:
        raise ValueError(f"there are {', '.join(State)}")
    return here.having(page=here.page, state=State(text) if text else None)


def _sort(here: ListingAddress, text: str, sorts: Sequence[str]) -> ListingAddress:
    name = text.removeprefix("-")
    if name not in sorts:
        raise ValueError(f"there are {', '.join(sorts)}, with a minus before it for the largest first")
    return here.having(page=here.page, sort=name, descending=text.startswith("-"))


def _page(here: ListingAddress, text: str, _sorts: Sequence[str]) -> ListingAddress:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= _MOST_PAGES:
        raise ValueError("pages are numbered from 1")
    return replace(here, page=int(text[:9]))


_READERS = {"q": _search, "team": _team, "state": _state, "sort": _sort, "page": _page}
