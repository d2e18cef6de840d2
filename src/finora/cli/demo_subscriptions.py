"""What the demo's company pays at flat rates, so that a newcomer sees AI Subscriptions alive: seats, a pilot that ended, a year paid ahead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from finora.cli.subscription_book import PATH
from finora.values.period import add_months

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.cli.reach import Reach

_PREMIUM_SEATS = 3
_CHAT_SEATS = 20


def buy_subscriptions(api: Reach, connection: str, seats: int) -> None:
    """Add the company's subscriptions and say who holds their seats.

    Args:
        api: Where to.
        connection: The id of the company's Cursor account.
        seats: How many people the company has there.
    """
    today = date.fromisoformat(api.get(f"{PATH}/summary")["as_of"])
    bought = {plan["name"]: api.send("POST", PATH, plan)["id"] for plan in _plans(today, connection, seats)}
    for name, change in _changes(today, seats):
        api.send("PATCH", f"{PATH}/{bought[name]}", change)
    members = [each["person"] for each in api.get(f"{PATH}/{bought['Cursor Teams']}/seat-use")["people"]]
    for name, holders in (
        ("Cursor Teams Premium", members[:_PREMIUM_SEATS]),
        ("ChatGPT Business", members[: _CHAT_SEATS - 2]),
    ):
        api.send("PUT", f"{PATH}/{bought[name]}/seats", {"people": [{"person": each} for each in holders]})


def _plans(today: date, connection: str, seats: int) -> Sequence[Mapping[str, Any]]:
    this = today.replace(day=1)

    def months(ahead: int) -> str:
        return add_months(this, ahead).isoformat()

    def days(ahead: int) -> str:
        return (today + timedelta(days=ahead)).isoformat()

    monthly, annual = {"billing_cycle": "monthly"}, {"billing_cycle": "annual"}
    linked = {"connection": connection, "tags": ["cost-center:engineering"]}
    return (
        monthly
        | linked
        | {
            "name": "Cursor Teams",
            "sku": "cursor-business",
            "seats": max(seats * 3 // 4, 1),
            "price_per_seat": "40",
            "start_date": months(-11),
            "renewal_date": months(1),
        },
        monthly
        | linked
        | {
            "name": "Cursor Teams Premium",
            "sku": "cursor-teams-premium",
            "seats": _PREMIUM_SEATS,
            "price_per_seat": "120",
            "seat_rule": "by_hand",
            "start_date": months(-3),
            "renewal_date": months(1),
        },
        annual
        | {
            "name": "ChatGPT Business",
            "sku": "chatgpt-team",
            "seats": _CHAT_SEATS,
            "price_per_seat": "240",
            "seat_rule": "by_hand",
            "start_date": add_months(today + timedelta(days=24), -12).isoformat(),
            "renewal_date": days(24),
            "tags": ["cost-center:product"],
        },
        monthly
        | {
            "name": "Midjourney for marketing",
            "sku": "midjourney-pro",
            "seats": 2,
            "price_per_seat": "60",
            "start_date": months(-8),
            "renewal_date": days(4),
            "tags": ["cost-center:marketing", "team:design"],
        },
        monthly
        | {
            "name": "Copilot pilot",
            "sku": "copilot-business",
            "seats": 12,
            "price_per_seat": "19",
            "start_date": months(-10),
            "end_date": (add_months(this, -5) - timedelta(days=1)).isoformat(),
            "tags": ["cost-center:engineering", "pilot"],
        },
    )


def _changes(today: date, seats: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return what changed on the way, and what is agreed for next month."""
    this = today.replace(day=1)
    return (
        ("Cursor Teams", {"seats": seats, "effective": add_months(this, -4).isoformat()}),
        ("Cursor Teams", {"price_per_seat": "38", "effective": add_months(this, 1).isoformat()}),
    )
