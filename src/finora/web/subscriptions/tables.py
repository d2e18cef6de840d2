"""Subscriptions as tables and as the chart of their months, each ready for its component."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from finora.subscriptions import (
    BillingCycle,
    Renewal,
    Sku,
    Subscription,
    Summary,
    Terms,
)
from finora.values.money import usd_display, usd_text
from finora.web.address.links import address
from finora.web.figures.formats import percent, plural
from finora.web.figures.panels import share_of
from finora.web.figures.standing import COLOURS

HERE = "/subscriptions"

Json = dict[str, Any]

BOOK_COLUMNS: list[Json] = [
    {"key": "name", "label": "Name"},
    {"key": "plan", "label": "SKU"},
    {"key": "seats", "label": "Seats", "numeric": True},
    {"key": "price", "label": "Price per seat", "numeric": True},
    {"key": "monthly", "label": "Monthly cost", "numeric": True, "keep": True},
    {"key": "renewal", "label": "Renews", "numeric": True},
    {"key": "tags", "label": "Tags"},
]
SKU_COLUMNS: list[Json] = [
    {"key": "plan", "label": "SKU"},
    {"key": "seats", "label": "Seats", "numeric": True},
    {"key": "monthly", "label": "Monthly cost", "numeric": True, "keep": True},
    {"key": "share", "label": "Share", "numeric": True},
    {"key": "period", "label": "This month", "numeric": True, "hint": "The days of this calendar month"},
]
RENEWAL_COLUMNS = [
    {"key": "name", "label": "Subscription"},
    {"key": "day", "label": "Renews", "numeric": True, "keep": True},
    {"key": "amount", "label": "Payment", "numeric": True, "keep": True},
]
TERMS_COLUMNS = [
    {"key": "from", "label": "From"},
    {"key": "seats", "label": "Seats", "numeric": True, "keep": True},
    {"key": "price", "label": "Price per seat", "numeric": True, "keep": True},
    {"key": "monthly", "label": "Monthly cost", "numeric": True},
]


def money(nano: int) -> Json:
    """Return an amount as a cell: to the cent, with all its digits one hover away."""
    return {"text": usd_display(nano), "exact": f"${usd_text(nano)}"}


def signed(nano: int) -> Json:
    """Return a difference as a cell, with its sign."""
    sign = "+" if nano > 0 else ""
    return {
        "text": f"{sign}{usd_display(nano)}",
        "exact": f"{sign}${usd_text(nano)}" if nano >= 0 else f"-${usd_text(-nano)}",
    }


def price(terms: Terms) -> Json:
    """Return the price of a seat as a cell; a yearly one with what it comes to a month."""
    if terms.cycle is BillingCycle.MONTHLY:
        return money(terms.price) | {"note": "a month"}
    return money(terms.price) | {"note": f"a year, {usd_display(terms.seat_monthly_cost)} a month"}


def colours(subscriptions: Iterable[Subscription]) -> dict[str, int]:
    """Return the number of each SKU's colour, by the order in which they were first added, so that it stays."""
    ordered = sorted(subscriptions, key=lambda each: (each.created_at, each.id))
    return {sku: place % COLOURS for place, sku in enumerate(dict.fromkeys(each.sku for each in ordered))}


def book_rows(
    subscriptions: Sequence[Subscription],
    skus: Mapping[str, Sku],
    today: date,
    tag_list: Any,  # noqa: ANN401 - a macro
) -> list[Json]:
    """Return all subscriptions; the caller adds what can be done with each.

    Args:
        subscriptions: Which.
        skus: The catalogue.
        today: Whose terms are shown.
        tag_list: The macro that shows tags.
    """
    rows = []
    for each in subscriptions:
        terms, renewal = each.terms_now(today), each.next_renewal(today)
        runs = each.contract.runs_on(today)
        state = {"upcoming": f"from {each.contract.start:%-d %b %Y}", "active": "", "ended": "ended"}
        note = state[each.state(today)]
        rows.append(
            {
                "id": each.id,
                "href": f"{HERE}/{each.id}",
                "title": f"Look at {each.name}",
                "name": each.name,
                "cells": {
                    "name": each.name,
                    "plan": skus[each.sku].label if each.sku in skus else each.sku,
                    "seats": f"{terms.seats:,}",
                    "price": price(terms),
                    "monthly": money(terms.monthly_cost if runs else 0) | {"note": note},
                    "renewal": f"{renewal:%-d %b %Y}" if renewal else None,
                    "tags": {"markup": tag_list(each.tags)} if each.tags else None,
                },
            }
        )
    return rows


def sku_rows(summary: Summary, colour_of: Mapping[str, int], chosen: Iterable[tuple[str, str]]) -> list[Json]:
    """Return what each SKU costs, tied to the chart; a click narrows the page to it."""
    return [
        {
            "id": each.sku,
            "href": address(HERE, [*chosen, ("sku", each.sku)]),
            "title": f"Show only {each.label}",
            "series": each.sku,
            "colour": colour_of.get(each.sku, 0),
            "share": share_of(each.monthly_total, summary.monthly_total),
            "cells": {
                "plan": each.label,
                "seats": f"{each.seats:,}",
                "monthly": money(each.monthly_total),
                "share": percent(each.monthly_total, summary.monthly_total),
                "period": money(each.period_total),
            },
        }
        for each in summary.by_sku
    ]


def sku_totals(summary: Summary) -> Json:
    """Return the last line of the table by SKU."""
    return {
        "plan": "Total",
        "seats": f"{summary.seats:,}",
        "monthly": money(summary.monthly_total),
        "period": money(summary.period_total),
    }


def renewal_rows(renewals: Sequence[Renewal], today: date) -> list[Json]:
    """Return the payments ahead, each with how far it is."""
    return [
        {
            "id": each.subscription.id,
            "href": f"{HERE}/{each.subscription.id}",
            "cells": {
                "name": each.subscription.name,
                "day": {"text": f"{each.day:%-d %b %Y}", "note": _ahead((each.day - today).days)},
                "amount": money(each.amount),
            },
        }
        for each in renewals
    ]


def terms_rows(subscription: Subscription, today: date) -> list[Json]:
    """Return the dated terms, newest first; which of them hold today, and which will, is said.

    A button takes back only what lies ahead: what counted already would change past months, which asks for an edit.
    """
    contract = subscription.contract
    now = contract.terms_on(today)
    rows = []
    for terms in reversed(contract.terms):
        is_ahead = terms.effective > today
        note = "ahead" if is_ahead else "holds now" if terms is now and contract.runs_on(today) else ""
        rows.append(
            {
                "id": terms.effective.isoformat(),
                "may_be_withdrawn": is_ahead and terms is not contract.terms[0],
                "cells": {
                    "from": {"text": f"{terms.effective:%-d %b %Y}", "note": note},
                    "seats": f"{terms.seats:,}",
                    "price": price(terms),
                    "monthly": money(terms.monthly_cost),
                },
            }
        )
    return rows


def seats_text(seats: int, subscriptions: int) -> str:
    """Return how many seats there are in how many subscriptions."""
    return f"{plural(seats, 'seat')} in {plural(subscriptions, 'subscription')}"


def _ahead(days: int) -> str:
    if days == 0:
        return "today"
    return f"in {plural(days, 'day')}"
