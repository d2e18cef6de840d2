"""The times one looks at: they go along from page to page, and come back after pages that have none.

Addresses alone decide what a page shows; what is remembered here only writes the ways to other pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from finora.spend.url import encode, query_to_url
from finora.values.period import Period
from finora.web.address.links import Links, address
from finora.web.address.navigation import PLACES, Place
from finora.web.wire import cookies

_PAGES = ("/", "/explore", "/events", "/patterns", "/people", "/teams")
_ROOMS = ("/people/", "/teams/")
_PERIOD = frozenset({"period", "from", "to", "through"})
_TIMES = _PERIOD | {"compare"}
_WITHIN = frozenset({"interval", "offset", "page", "cursor", "event"})
"""What means a place within a period, and nothing in another."""

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Times:
    """A period and what it is compared with, each as parameters of an address; none at its default."""

    period: Parameters
    compare: Parameters

    def remember(self, request: Request, response: Response, *, secure: bool) -> None:
        """Let the browser keep them, if it does not already."""
        texts = encode(self.period), encode(self.compare)
        if cookies.times_of(request) != "&".join(filter(None, texts)):
            cookies.remember_times(response, *texts, secure=secure)


def has_times(path: str) -> bool:
    """Return whether a page's figures are those of a period in its address."""
    return path in _PAGES or path.startswith(_ROOMS)


def times_at(links: Links, at: str, request: Request) -> Times:
    """Return the times of the page at an address; of the last one that had any where it has none."""
    parts = urlsplit(at)
    query = parts.query if has_times(parts.path) else cookies.times_of(request)
    asked = links.read(each for each in parse_qsl(query, keep_blank_values=True) if each[0] in _TIMES).view
    return Times(
        period=query_to_url(replace(links.defaults, period=asked.query.period), links.defaults),
        compare=query_to_url(replace(links.defaults, compare=asked.query.compare), links.defaults),
    )


def places_at(times: Times) -> list[Place]:
    """Return the places of the navigation, those of figures at the same times."""
    along = [*times.period, *times.compare]
    return [replace(each, href=address(each.href, along)) if each.of_time else each for each in PLACES]


def in_period(at: str, period: Period, default: Period) -> str:
    """Return the address of a page in another period; of the overview where the page has none."""
    parts = urlsplit(at)
    path = parts.path if has_times(parts.path) else "/"
    given = parse_qsl(parts.query, keep_blank_values=True) if path == parts.path else []
    chosen = [] if period == default else [("period", period.key)]
    return address(
        path, [*chosen, *((name, value) for name, value in given if name not in _PERIOD | _WITHIN)]
    )
