"""An event's numbers as columns, and the bounds within which they are believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from finora.providers.cursor.payloads import TokenUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finora.providers.cursor.payloads import UsageEvent

_MOST_CENTS = 1_000_000.0
_MOST_TOKENS = 2_000_000_000
_MOST_REQUESTS = 1_000_000.0
_YEAR_2100_MS = 4_102_444_800_000
# Beyond these nothing can be summed in 64 bits, so nobody can accept it either.
_STORABLE_CENTS = 1e10
_STORABLE_TOKENS = 10**12
_STORABLE_REQUESTS = 1e12
_STORABLE_PERCENT = 1_000.0
_NO_TOKENS = TokenUsage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of a page's events, a column each; amounts are cents and not-a-number where Cursor gave none."""

    ts: NDArray[np.int64]
    charged: NDArray[np.float64]
    fee: NDArray[np.float64]
    list_cost: NDArray[np.float64]
    discount_percent: NDArray[np.float64]
    requests: NDArray[np.float64]
    input_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    cache_write_tokens: NDArray[np.int64]
    cache_read_tokens: NDArray[np.int64]

    @classmethod
    def of(cls, events: Sequence[UsageEvent]) -> Figures:
        """Return the numbers of events.

        Raises:
            ValueError: A time is no number.
            OverflowError: A time does not lie in the years 1970 to 2099, or a number is too large to be counted at all.
        """
        tokens = [event.token_usage or _NO_TOKENS for event in events]
        figures = cls(
            ts=np.array([int(event.timestamp) for event in events], np.int64),
            charged=np.array([event.charged_cents for event in events], np.float64),
            fee=np.array([event.cursor_token_fee for event in events], np.float64),
            list_cost=np.array([usage.total_cents for usage in tokens], np.float64),
            discount_percent=np.array([usage.discount_percent_off for usage in tokens], np.float64),
            requests=np.array([event.requests_costs for event in events], np.float64),
            input_tokens=np.array([usage.input_tokens for usage in tokens], np.int64),
            output_tokens=np.array([usage.output_tokens for usage in tokens], np.int64),
            cache_write_tokens=np.array([usage.cache_write_tokens for usage in tokens], np.int64),
            cache_read_tokens=np.array([usage.cache_read_tokens for usage in tokens], np.int64),
        )
        if figures._overflows():
            raise OverflowError("a number cannot be stored")
        return figures

    def doubtful(self) -> dict[int, str]:
        """Return the places of events that nobody should believe unasked, with the reason.

        A price, a list cost or a fee lies between 0 and 10,000 USD, a token count between 0 and two billion, a
        discount between 0 and 100 percent, and request units between 0 and a million.
        """
        found: dict[int, str] = {}
        for reason, outside in self._bounds():
            for place in np.flatnonzero(outside):
                found.setdefault(int(place), reason)
        return found

    @property
    def _tokens(self) -> tuple[NDArray[np.int64], ...]:
        return self.input_tokens, self.output_tokens, self.cache_write_tokens, self.cache_read_tokens

    def _overflows(self) -> bool:
        amounts = (
            (self.charged, _STORABLE_CENTS),
            (self.fee, _STORABLE_CENTS),
            (self.list_cost, _STORABLE_CENTS),
            (self.discount_percent, _STORABLE_PERCENT),
            (self.requests, _STORABLE_REQUESTS),
        )
        return bool(
            any((np.abs(column) > most).any() for column, most in amounts)
            or any(((count < -_STORABLE_TOKENS) | (count > _STORABLE_TOKENS)).any() for count in self._tokens)
            or ((self.ts < 0) | (self.ts >= _YEAR_2100_MS)).any()
        )

    def _bounds(self) -> list[tuple[str, NDArray[np.bool_]]]:
        return [
            ("Its price is below 0 or above 10,000 USD.", _outside(self.charged, _MOST_CENTS)),
            ("Its list cost is below 0 or above 10,000 USD.", _outside(self.list_cost, _MOST_CENTS)),
            ("Its fee is below 0 or above 10,000 USD.", _outside(self.fee, _MOST_CENTS)),
            ("Its discount is not between 0 and 100 percent.", _outside(self.discount_percent, 100.0)),
            ("Its request units are below 0 or above a million.", _outside(self.requests, _MOST_REQUESTS)),
            *(
                ("It has a token count below 0 or above two billion.", (count < 0) | (count > _MOST_TOKENS))
                for count in self._tokens
            ),
        ]


def time_of(event: UsageEvent) -> int | None:
    """Return an event's time in epoch milliseconds; none where it is no number or not in the years 1970 to 2099."""
    try:
        ts = int(event.timestamp)
    except ValueError:
        return None
    return ts if 0 <= ts < _YEAR_2100_MS else None


def _outside(column: NDArray[np.float64], most: float) -> NDArray[np.bool_]:
    return (column < 0.0) | (column > most)  # not-a-number is neither
