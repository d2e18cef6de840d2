"""A request that has passed the door, and the reading of its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from finora.simulator.clock import DAY_MS
from finora.simulator.disturbances import Disturbance
from finora.simulator.keys import Access
from finora.simulator.publication import Publication
from finora.simulator.responses import bad_request
from finora.simulator.simulation import Simulation

LONGEST_RANGE_MS: Final = 30 * DAY_MS


@dataclass(frozen=True)
class Ask:
    """One admitted request to one team's endpoint, with the simulated time it is answered at."""

    simulation: Simulation
    team: int
    now_ms: int
    body: Mapping[str, Any]
    query: Mapping[str, str]
    path: Mapping[str, str]
    disturbance: Disturbance | None

    @property
    def publication(self) -> Publication:
        """The team's published events."""
        return self.simulation.teams[self.team]

    def number(self, name: str) -> int | None:
        """A whole number of the body; None when it is not given."""
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad_request(f"{name} must be a number")
        return int(value)

    def text(self, name: str) -> str | None:
        """A string of the body; None when it is not given."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise bad_request(f"{name} must be a string")
        return value

    def range_ms(self) -> tuple[int, int]:
        """`startDate` and `endDate`, both inclusive, within the limits of the settings."""
        first, last = self.number("startDate"), self.number("endDate")
        behaviour = self.simulation.behaviour
        if (first is None or last is None) and behaviour.missing_dates == "reject":
            raise bad_request("startDate and endDate are required")
        last = self.now_ms if last is None else last
        first = last - LONGEST_RANGE_MS if first is None else first
        if first > last:
            raise bad_request("startDate must not be after endDate")
        if last - first > LONGEST_RANGE_MS and behaviour.long_ranges == "reject":
            raise bad_request("Date range cannot exceed 30 days")
        return first, last

    def page(self, default_size: int, largest: int) -> tuple[int, int]:
        """`page` and `pageSize`; too small a number counts as 1, too large a size as the settings say."""
        return self.bounded_page(self.number("page"), self.number("pageSize"), default_size, largest)

    def query_page(self, default_size: int, largest: int) -> tuple[int, int]:
        """`page` and `pageSize` of the query string."""
        try:
            page, size = (
                int(self.query[name]) if name in self.query else None for name in ("page", "pageSize")
            )
        except ValueError:
            raise bad_request("page and pageSize must be numbers") from None
        return self.bounded_page(page, size, default_size, largest)

    def bounded_page(
        self, page: int | None, size: int | None, default_size: int, largest: int
    ) -> tuple[int, int]:
        """A page number and size within bounds."""
        chosen = default_size if size is None else max(size, 1)
        if chosen > largest and self.simulation.behaviour.large_pages == "reject":
            raise bad_request(f"pageSize cannot exceed {largest}")
        return max(1 if page is None else page, 1), min(chosen, largest)


@dataclass(frozen=True)
class Endpoint:
    """A route: what it answers, and what it takes to get there.

    `paged` marks the endpoints whose pages can be disturbed, which also have the higher rate limit.
    """

    method: str
    path: str
    answer: Callable[[Ask], Any]
    scope: str = "usage:*"
    access: Access = Access.TEAM
    paged: bool = False


def read_body(raw: bytes) -> Mapping[str, Any]:
    """A request body; an empty one counts as `{}`."""
    if not raw.strip():
        return {}
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError:
        raise bad_request("Invalid JSON body") from None
