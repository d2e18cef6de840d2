"""How the seats of subscriptions are used, as tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from markupsafe import Markup

from finora.subscriptions import SeatUse, Subscription
from finora.values.money import usd_display
from finora.web.figures.formats import NONE, plural
from finora.web.subscriptions.tables import HERE, money, signed

USE_COLUMNS = [
    {"key": "name", "label": "Subscription"},
    {"key": "bought", "label": "Bought", "numeric": True, "keep": True},
    {"key": "members", "label": "Members", "numeric": True},
    {"key": "active", "label": "Active in 30 days", "numeric": True},
    {"key": "idle", "label": "Idle", "numeric": True, "keep": True},
    {"key": "empty", "label": "Empty", "numeric": True, "hint": "Bought, but held by nobody"},
    {"key": "cost", "label": "Idle a month", "numeric": True, "keep": True},
    {"key": "who", "label": "Who is idle"},
]
HOLDER_COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "state", "label": "State", "keep": True},
    {"key": "how", "label": "Seat"},
    {"key": "events", "label": "Events", "numeric": True, "hint": "In the last 30 days"},
    {"key": "value", "label": "Usage value", "numeric": True, "hint": "In the last 30 days"},
    {
        "key": "covered",
        "label": "Covered by the plan",
        "numeric": True,
        "definition": "What their events of the last 30 days are worth that the plan includes.",
    },
    {
        "key": "saved",
        "label": "Against the seat",
        "numeric": True,
        "definition": "What the plan covered in 30 days less what a month of the seat costs. Below zero, paying by use "
        "at the provider's own prices would have cost less.",
    },
]

GIVEN_COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "since", "label": "From"},
    {"key": "until", "label": "Until", "keep": True},
]

_NAMED = 3


Json = dict[str, Any]


def use_rows(uses: Sequence[SeatUse]) -> list[Json]:
    """Return how the seats of each linked subscription are used; idle people by name, the first few."""
    return [
        {
            "id": each.subscription.id,
            "href": f"{HERE}/{each.subscription.id}#seats",
            "cells": {
                "name": each.subscription.name,
                "bought": f"{each.seats:,}",
                "members": f"{each.members:,}",
                "active": f"{each.active:,}" if each.data_through else None,
                "idle": f"{len(each.idle):,}" if each.data_through else None,
                "empty": {"text": f"{each.empty:,}", "note": _a_month(each.empty_cost)},
                "cost": money(each.idle_cost) if each.data_through else None,
                "who": idle_names(each),
            },
        }
        for each in uses
    ]


def _a_month(nano: int) -> str:
    return f"{usd_display(nano)} a month" if nano else ""


def idle_names(use: SeatUse) -> str:
    """Return who is idle in few words."""
    if use.data_through is None:
        return "No events were read yet"
    names = [seat.name for seat in use.idle]
    if not names:
        return "Nobody"
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def holder_rows(use: SeatUse, badge: Any) -> list[Json]:  # noqa: ANN401 - a macro
    """Return who holds the seats and what they did with them, idle ones first; the caller adds actions."""
    rows = []
    for seat in sorted(use.people, key=lambda each: not each.idle):
        how = "By hand" if seat.by_hand else "Member"
        since = f"since {seat.since:%-d %b %Y}" if seat.since else ""
        state: Markup = badge("Idle", "caution") if seat.idle else badge("Active", "good")
        rows.append(
            {
                "id": seat.person,
                "by_hand": seat.by_hand,
                "person": seat.person,
                "cells": {
                    "name": {"text": seat.name, "note": seat.person if seat.name != seat.person else ""},
                    "state": {"markup": state if use.data_through else NONE},
                    "how": {"text": how + (", removed" if seat.removed else ""), "note": since},
                    "events": f"{seat.events:,}",
                    "value": money(seat.usage_value),
                    "covered": money(seat.included_value),
                    "saved": signed(use.saved(seat)) if use.data_through else None,
                },
            }
        )
    return rows


def use_facts(use: SeatUse) -> list[tuple[str, str, str]]:
    """Return how the seats are used as names, figures and what they mean."""
    known = use.data_through is not None
    return [
        ("Bought", f"{use.seats:,}", f"{usd_display(use.seat_cost)} a seat and month"),
        ("Members", f"{use.members:,}", "of the connection"),
        ("Hold a seat", f"{use.holders:,}", _held_text(use)),
        ("Active", f"{use.active:,}" if known else NONE, "in the last 30 days"),
        (
            "Idle",
            f"{len(use.idle):,}" if known else NONE,
            f"{usd_display(use.idle_cost)} a month" if known else "",
        ),
    ]


def given_rows(subscription: Subscription) -> list[Json]:
    """Return the seats given by hand with what names each, for the buttons that end and remove them."""
    return [
        {
            "id": f"{held.person}-{held.since or 'always'}",
            "person": held.person,
            "since": held.since.isoformat() if held.since else "",
            "ended": held.until is not None,
            "cells": {
                "name": held.person,
                "since": f"{held.since:%-d %b %Y}" if held.since else "always",
                "until": f"{held.until:%-d %b %Y}" if held.until else None,
            },
        }
        for held in subscription.assigned
    ]


def is_nobodys(subscription: Subscription) -> bool:
    """Return whether nobody can hold a seat: neither a connection's members do, nor is anybody named."""
    return subscription.connection_id is None and not subscription.assigned


def unlinked_text(subscription: Subscription, today: date) -> str:
    """Return who holds the seats of a subscription that is linked to no connection, and what the others cost."""
    contract = subscription.contract
    day = contract.nearest(today)
    terms = contract.terms_on(day)
    given = len({held.person for held in subscription.assigned if held.covers(day)})
    empty = terms.seats - given
    if empty <= 0:
        return f"{plural(given, 'person', 'people')} named by hand {'holds' if given == 1 else 'hold'} its {plural(terms.seats, 'seat')}."
    cost = usd_display(replace(terms, seats=empty).monthly_cost)
    who = f"{given:,} of its {plural(terms.seats, 'seat')}" if given else "None of its seats"
    verb = "are" if given > 1 else "is"
    return (
        f"{who} {verb} given by hand. What the {'others cost' if given else 'seats cost'}, {cost} a month, falls on nobody: "
        "it counts in every total, and among people as empty seats."
    )


def _held_text(use: SeatUse) -> str:
    if use.empty:
        return f"{use.empty:,} empty, {usd_display(use.empty_cost)} a month"
    over = use.holders - use.seats
    return f"{over:,} more than bought" if over > 0 else "none empty"
