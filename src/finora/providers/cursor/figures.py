"""An event's numbers as columns, and the bounds within which they are believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finora.providers.cursor.payloads import TokenUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finora.providers.cursor.payloads import UsageEvent

_MOST_CENTS = 1_000_000.0
_MOST_TOKENS = 2_000_000_000
_YEAR_2100_MS = 4_102_444_800_000
_AMOUNTS = (
    ("Its price is below 0 or above 10,000 USD.", _MOST_CENTS),
    ("Its list cost is below 0 or above 10,000 USD.", _MOST_CENTS),
    ("Its fee is below 0 or above 10,000 USD.", _MOST_CENTS),
    ("Its discount is not between 0 and 100 percent.", 100.0),
    ("Its request units are below 0 or above a million.", 1_000_000.0),
)
"""What is said of each amount that is below 0 or above the most that is believed, in the order of `Figures.amounts`."""
_TOKENS_REASON = "It has a token count below 0 or above two billion."
_MOST = np.array([[most] for _reason, most in _AMOUNTS])
# Beyond these nothing can be summed in 64 bits, so nobody can accept it either.
_STORABLE = np.array([[1e10], [1e10], [1e10], [1_000.0], [1e12]])
_STORABLE_TOKENS = 10**12
_NO_TOKENS = TokenUsage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of a page's events; all columns of a kind are one array, so that each step is one for all of them.

    Attributes:
        ts: Times in epoch milliseconds.
        amounts: A row each for price, list cost, fee (cents), discount (percent) and request units; 0 where Cursor gave
            none.
        unpriced: Where it gave no price.
        tokens: A row each for input, output, cache write and cache read tokens.
    """

    ts: NDArray[np.int64]
    amounts: NDArray[np.float64]
    unpriced: NDArray[np.bool_]
    tokens: NDArray[np.int64]

    @classmethod
    def of(cls, events: Sequence[UsageEvent]) -> Figures:
        """Return the numbers of events.

        Raises:
            ValueError: A time is no number.
            OverflowError: A time does not lie in the years 1970 to 2099, or a number is too large to be counted at all.
        """
        used = [event.token_usage or _NO_TOKENS for event in events]
        ts = np.fromiter([int(event.timestamp) for event in events], np.int64, len(events))
        given = pa.array(
            [
                *[event.charged_cents for event in events],
                *[each.total_cents for each in used],
                *[event.cursor_token_fee for event in events],
                *[each.discount_percent_off for each in used],
                *[event.requests_costs for event in events],
            ],
            pa.float64(),
        )
        amounts = pc.fill_null(given, 0.0).to_numpy().reshape(len(_AMOUNTS), len(events))
        tokens = np.array(
            [
                [each.input_tokens for each in used],
                [each.output_tokens for each in used],
                [each.cache_write_tokens for each in used],
                [each.cache_read_tokens for each in used],
            ],
            np.int64,
        )
        unpriced = given[: len(events)].is_null().to_numpy(zero_copy_only=False)
        if _overflow(ts, amounts, tokens):
            raise OverflowError("a number cannot be stored")
        return cls(ts=ts, amounts=amounts, unpriced=unpriced, tokens=tokens)

    def doubtful(self) -> dict[int, str]:
        """Return the places of events that nobody should believe unasked, with the reason.

        A price, a list cost or a fee lies between 0 and 10,000 USD, a token count between 0 and two billion, a
        discount between 0 and 100 percent, and request units between 0 and a million.
        """
        amounts = (self.amounts < 0.0) | (self.amounts > _MOST)
        tokens = (self.tokens < 0) | (self.tokens > _MOST_TOKENS)
        if not amounts.any() and not tokens.any():
            return {}
        found: dict[int, str] = {}
        for row, (reason, _most) in enumerate(_AMOUNTS):
            for place in np.flatnonzero(amounts[row]):
                found.setdefault(int(place), reason)
        for place in np.flatnonzero(tokens.any(axis=0)):
            found.setdefault(int(place), _TOKENS_REASON)
        return found


def _overflow(ts: NDArray[np.int64], amounts: NDArray[np.float64], tokens: NDArray[np.int64]) -> bool:
    return bool(
        (np.abs(amounts) > _STORABLE).any()
        or ((tokens < -_STORABLE_TOKENS) | (tokens > _STORABLE_TOKENS)).any()
        or ((ts < 0) | (ts >= _YEAR_2100_MS)).any()
    )


def time_of(event: UsageEvent) -> int | None:
    """Return an event's time in epoch milliseconds; none where it is no number or not in the years 1970 to 2099."""
    try:
        ts = int(event.timestamp)
    except ValueError:
        return None
    return ts if 0 <= ts < _YEAR_2100_MS else None
