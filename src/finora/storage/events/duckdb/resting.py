"""In what columns the figures and ids of events and of their sums rest: as what is left over from a good guess, which is mostly nothing.

The engine packs small numbers into few bits, so a column that is nearly always zero costs nearly nothing. These can nearly
always be told shorter, and so can sums of them where the events of a row are of one model:

* what is billed is mostly whole fifties of nano-USD, as models are priced by the million of tokens;
* the list cost is the price without the fee and before the discount;
* the fee, where there is one, is 250 nano-USD a token (0.25 USD a million, Cursor's token rate);
* request units are a fourth of the list cost in cents, with one decimal: in millionths, whole hundred thousands;
* what is billed on demand, or has an own key, is chargeable, and nothing else is;
* of a run's cost, what is not billed on top is included;
* a cloud agent has the number of its conversation (see `run_ids`).

The guess needs not be right for the figure to be exact: the columns that end in `_rest` or `_odd` hold what it missed. And the numbers
of runs rise with time, so that those of a stretch of events are near one another and take few bits, if there is no 0 among them:
events of no run rest with none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finora.spend.event import BillingClass
from finora.spend.rollups import summand

if TYPE_CHECKING:
    from collections.abc import Mapping


class Way(NamedTuple):
    """How a column rests.

    Attributes:
        rests: The columns in which it does, each with its type and what it holds of the column.
        told: What gives the column back.
    """

    rests: Mapping[str, tuple[str, str]]
    told: str


_GUESSED_FEE = f"250 * ({summand('tokens')})"
_GUESSED_CHARGEABLE = f"billing IN ({BillingClass.ON_DEMAND:d}, {BillingClass.BYOK:d})"


def _guessed_tenths(list_cost: str) -> str:
    """Return the tenths of request units that a list cost stands for, 0.4 cents each, rounded half up."""
    return f"({list_cost} // 2000000 + 1) // 2"


_COST = "(cost_fifties * 50 + cost_rest)"
_FEE = f"CASE WHEN fee_any THEN fee_rest + {_GUESSED_FEE} ELSE 0 END"
_LIST_COST = f"list_rest + discount - ({_FEE}) + coalesce({_COST}, 0)"
_WAYS = {
    "cost": Way(
        {
            "cost_fifties": ("BIGINT", "cost // 50"),
            "cost_rest": ("TINYINT NOT NULL", "coalesce(cost % 50, 0)"),
        },
        _COST,
    ),
    "fee": Way(
        {
            "fee_any": ("BOOLEAN NOT NULL", "fee <> 0"),
            "fee_rest": ("BIGINT NOT NULL", f"CASE WHEN fee = 0 THEN 0 ELSE fee - {_GUESSED_FEE} END"),
        },
        _FEE,
    ),
    "list_cost": Way(
        {"list_rest": ("BIGINT NOT NULL", "list_cost - discount + fee - coalesce(cost, 0)")}, _LIST_COST
    ),
    "requests": Way(
        {
            "tenths_rest": ("BIGINT NOT NULL", f"requests // 100000 - {_guessed_tenths('list_cost')}"),
            "request_rest": ("BIGINT NOT NULL", "requests % 100000"),
        },
        f"(tenths_rest + {_guessed_tenths(f'({_LIST_COST})')}) * 100000 + request_rest",
    ),
    "included": Way(
        {"included_rest": ("BIGINT NOT NULL", "cost - spend - included")}, f"{_COST} - spend - included_rest"
    ),
    "cloud_agent": Way({"cloud_agent": ("UINTEGER", "nullif(cloud_agent, 0)")}, "coalesce(cloud_agent, 0)"),
    "automation": Way({"automation": ("UINTEGER", "nullif(automation, 0)")}, "coalesce(automation, 0)"),
}
_AGENT_OF_CONVERSATION = Way(
    {
        "agent_rest": (
            "BIGINT",
            "CASE WHEN cloud_agent <> 0 THEN CAST(cloud_agent AS BIGINT) - conversation END",
        )
    },
    "CAST(coalesce(agent_rest + coalesce(conversation, 0), 0) AS UINTEGER)",
)
_OF_EVENTS = {
    "chargeable": Way(
        {"chargeable_odd": ("BOOLEAN NOT NULL", f"chargeable <> ({_GUESSED_CHARGEABLE})")},
        f"(chargeable_odd <> ({_GUESSED_CHARGEABLE}))",
    ),
    "conversation": Way(
        {"conversation": ("UINTEGER", "nullif(conversation, 0)")}, "coalesce(conversation, 0)"
    ),
}
"""The rows of roll-ups lie in the order of these, so that they are told shortly as they are."""


def ways_of(columns: Mapping[str, str]) -> dict[str, Way]:
    """Return how each of a table's columns rests that does not rest as it is.

    Args:
        columns: All of its columns, with their types.
    """
    ways = _WAYS | (_OF_EVENTS if "ts" in columns else {})
    if "conversation" in columns:
        ways["cloud_agent"] = _AGENT_OF_CONVERSATION
    return {name: way for name, way in ways.items() if name in columns}
