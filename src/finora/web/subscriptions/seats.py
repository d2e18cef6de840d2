"""How the seats of subscriptions are used, as tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from markupsafe import Markup

from finora.subscriptions import SeatRule, SeatUse, Subscription
from finora.values.money import usd_display
from finora.web.figures.formats import NONE, plural
from finora.web.subscriptions.tables import HERE, money, signed

USE_COLUMNS = [
    {"key": "name", "label": "Subscription"},
    {"key": "bought", "label": "Bought", "numeric": True, "keep": True},
    {"key": "empty", "label": "Empty", "numeric": True, "keep": True, "hint": "Bought, but held by nobody"},
    {"key": "held", "label": "Held", "numeric": True, "hint": "By a person: those active and those idle"},
    {"key": "active", "label": "Active in 30 days", "numeric": True},
    {
        "key": "idle",
        "label": "Idle",
        "numeric": True,
        "keep": True,
        "hint": "Held, without an event in 30 days",
    },
    {
        "key": "cost",
        "label": "Unused a month",
        "numeric": True,
        "keep": True,
        "hint": "Empty and idle seats together",
    },
    {"key": "who", "label": "Who is idle"},
]
"""Empty and held are what is bought, active and idle what is held; so that the row adds up."""

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
    """Return how the seats of each linked subscription are used; idle people by name, the first few.

    While no events were read, nobody is known to be idle, and what is unused are the empty seats.
    """
    return [
        {
            "id": each.subscription.id,
            "href": f"{HERE}/{each.subscription.id}#seats",
            "cells": {
                "name": each.subscription.name,
                "bought": f"{each.seats:,}",
                "empty": {"text": f"{each.empty:,}", "note": _a_month(each.empty_cost)},
                "held": {"text": f"{each.holders:,}", "note": _beyond(each)},
                "active": f"{each.active:,}" if each.data_through else None,
                "idle": {"text": f"{len(each.idle):,}", "note": _a_month(each.idle_cost)}
                if each.data_through
                else None,
                "cost": money(each.unused_cost),
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
        ("Empty", f"{use.empty:,}", _a_month(use.empty_cost) or "somebody holds each"),
        ("Held", f"{use.holders:,}", _beyond(use) or _members_text(use)),
        ("Active", f"{use.active:,}" if known else NONE, "in the last 30 days"),
        (
            "Idle",
            f"{len(use.idle):,}" if known else NONE,
            _a_month(use.idle_cost),
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


def unused_text(uses: Sequence[SeatUse]) -> str:
    """Return how many seats nobody uses, by why."""
    empty, idle = sum(each.empty for each in uses), sum(len(each.idle) for each in uses)
    return f"a month: {empty:,} empty, {idle:,} idle"


def _beyond(use: SeatUse) -> str:
    over = use.holders - use.seats
    return f"{over:,} more than bought" if over > 0 else ""


def _members_text(use: SeatUse) -> str:
    if use.subscription.seat_rule is SeatRule.BY_HAND:
        return "named by hand"
    return f"the connection has {plural(use.members, 'member')}"
