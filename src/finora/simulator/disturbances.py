"""Faults of single requests: which one hits which request, fixed by the seed and the request's number."""

import hashlib
from collections import Counter
from enum import Enum

from finora.simulator.faults import Faults


class Disturbance(Enum):
    """What befalls a request or its answer; the value names its share in `Faults`."""

    RATE_LIMITED = "rate_limited_permille"
    ERROR = "error_permille"
    GATEWAY = "gateway_permille"
    DROPPED = "dropped_permille"
    TRUNCATED = "truncated_permille"
    SLOW = "slow_permille"
    EMPTY_PAGE = "empty_page_permille"
    WRONG_TOTAL = "wrong_total_permille"
    ENDLESS = "endless_permille"


OF_PAGES = (Disturbance.EMPTY_PAGE, Disturbance.WRONG_TOTAL, Disturbance.ENDLESS)
"""Disturbances that only paged events know."""


class Disturbances:
    """Decides, request by request; never more than `in_a_row` at one endpoint nor `at_most` of a kind in all."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._requests: Counter[str] = Counter()
        self._running: Counter[str] = Counter()
        self._done: Counter[Disturbance] = Counter()
        self._burst: Counter[str] = Counter()

    def befalls(self, endpoint: str, *, paged: bool) -> Disturbance | None:
        """What befalls the next request to `endpoint`, if anything."""
        self._requests[endpoint] += 1
        if self._burst[endpoint] > 0:
            self._burst[endpoint] -= 1
            return Disturbance.RATE_LIMITED
        chosen = (
            self._draw(endpoint, paged=paged) if self._running[endpoint] < self._faults.in_a_row else None
        )
        self._running[endpoint] = self._running[endpoint] + 1 if chosen else 0
        if chosen:
            self._done[chosen] += 1
        if chosen is Disturbance.RATE_LIMITED:
            self._burst[endpoint] = max(self._faults.rate_limited_burst - 1, 0)
        return chosen

    def _draw(self, endpoint: str, *, paged: bool) -> Disturbance | None:
        for kind in Disturbance:
            share = getattr(self._faults, kind.value)
            if not share or self._done[kind] >= self._faults.at_most or (kind in OF_PAGES and not paged):
                continue
            text = f"{self._faults.seed}:{kind.value}:{endpoint}:{self._requests[endpoint]}"
            if int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) % 1_000 < share:
                return kind
        return None
