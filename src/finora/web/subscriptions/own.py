"""What people truly cost, events and seats together: everybody for who may see it, else the reader alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response

from finora.accounts import Permission
from finora.subscriptions import Subscription, TrueCost
from finora.subscriptions.accrual import next_month
from finora.values.period import add_months
from finora.web.site.routing import Route
from finora.web.site.site import Heading, Site, Visit
from finora.web.subscriptions.seats import is_nobodys
from finora.web.subscriptions.tables import HERE, money

PEOPLE = f"{HERE}/people"
_COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "spend", "label": "Spend", "numeric": True, "definition": "What the provider bills for their events on top of the seats."},
    {"key": "seats", "label": "Seats", "numeric": True, "definition": "Their share of subscriptions, by the days on which they held a seat."},
    {"key": "total", "label": "True cost", "numeric": True, "keep": True, "definition": "Spend and their share of subscriptions together."},
    {"key": "value", "label": "Usage value", "numeric": True, "definition": "What all their events are worth, those a plan includes as well."},
]  # fmt: skip
_OWN_COLUMNS = [
    {"key": "name", "label": "Subscription"},
    {"key": "cost", "label": "Your share", "numeric": True, "keep": True},
]


class PeoplesCost:
    """The page of what people truly cost in a month."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Iterable[Route]:
        """Return the routes."""
        return (Route("GET", PEOPLE, self.show),)

    def show(self, request: Request) -> Response:
        """Show a month of everybody."""
        site, visit = self._site, self._site.visit(request)
        if not visit.principal.may(Permission.READ_ALL):
            return own_page(site, visit)
        month = _month(request, site.workspace.subscriptions.today)
        after = next_month(month)
        found, unassigned = site.workspace.seats.true_costs(month, after)
        total = _totals(found, unassigned)
        return site.page(
            visit,
            "subscription_people.html",
            Heading(title="What people truly cost", active="subscriptions", announce=f"{month:%B %Y}"),
            columns=_COLUMNS,
            rows=[_row(each) for each in found] + _empty_seats(site.workspace.seats.unassigned(month, after)),
            totals=total,
            **_steps(month, site.workspace.subscriptions.today, PEOPLE),
        )


def own_page(site: Site, visit: Visit) -> Response:
    """Return a reader's own seats and true cost of a month, for who may see no more.

    Raises:
        NotPermitted: They may not see even that.
    """
    visit.principal.require(Permission.READ_OWN)
    kept = site.workspace.subscriptions
    month, email = _month(visit.request, kept.today), visit.principal.email
    after = next_month(month)
    shares: dict[str, int] = defaultdict(int)
    for charge in site.workspace.seats.seat_charges(month, after, own=email):
        shares[charge.subscription] += charge.amount
    names = {each.id: each.name for each in kept.all() if each.id in shares}
    ((own,), _unassigned) = site.workspace.seats.true_costs(month, after, own=email)
    return site.page(
        visit,
        "subscription_own.html",
        Heading(title="Your seats", active="subscriptions", announce=f"{month:%B %Y}"),
        columns=_OWN_COLUMNS,
        rows=[
            {"id": id_, "cells": {"name": names[id_], "cost": money(shares[id_])}}
            for id_ in sorted(names, key=lambda each: (-shares[each], names[each]))
        ],
        tiles=[
            _tile("total", "True cost", own.total, "Your events and your share of subscriptions together."),
            _tile(
                "spend", "Spend", own.spend, "What the provider bills for your events on top of the seats."
            ),
            _tile("seats", "Seats", own.subscriptions, "Your share of subscriptions."),
            _tile("value", "Usage value", own.usage_value, "What all your events are worth."),
        ],
        **_steps(month, kept.today, HERE),
    )


def _month(request: Request, today: date) -> date:
    """Return the first day of the month that an address asks for as `2026-11`; this one where it asks for none."""
    try:
        asked = date.fromisoformat(f"{request.query_params.get('month', '')}-01")
    except ValueError:
        asked = today
    return min(max(asked, date(2000, 1, 1)), today).replace(day=1)


def _steps(month: date, today: date, path: str) -> dict[str, Any]:
    before, after = add_months(month, -1), next_month(month)
    return {
        "month": f"{month:%B %Y}",
        "before": f"{path}?month={before:%Y-%m}",
        "after": f"{path}?month={after:%Y-%m}" if after <= today else "",
    }


def _row(each: TrueCost) -> dict[str, Any]:
    return {
        "id": each.person,
        "cells": {
            "name": {"text": each.label, "note": each.person if each.label != each.person else ""},
            "spend": money(each.spend),
            "seats": money(each.subscriptions),
            "total": money(each.total),
            "value": money(each.usage_value),
        },
    }


def _empty_seats(unassigned: Mapping[Subscription, int]) -> list[dict[str, Any]]:
    """Return what is paid for seats that nobody holds, a line for each subscription, with the way to name holders."""
    rows = []
    for each, amount in sorted(unassigned.items(), key=lambda item: (-item[1], item[0].name)):
        why = (
            "not linked to a connection, and nobody named" if is_nobodys(each) else "more seats than holders"
        )
        rows.append(
            {
                "id": f"empty-{each.id}",
                "cells": {
                    "name": {
                        "text": f"Empty seats of {each.name}",
                        "href": f"{HERE}/{each.id}#given",
                        "note": why,
                    },
                    "spend": None,
                    "value": None,
                    "seats": money(amount),
                    "total": money(amount),
                },
            }
        )
    return rows


def _totals(found: Iterable[TrueCost], unassigned: int) -> dict[str, Any]:
    spend = seats = value = 0
    for each in found:
        spend, seats, value = spend + each.spend, seats + each.subscriptions, value + each.usage_value
    paid = seats + unassigned
    return {
        "name": "Total",
        "spend": money(spend),
        "seats": money(paid),
        "total": money(spend + paid),
        "value": money(value),
    }


def _tile(name: str, label: str, nano: int, definition: str) -> dict[str, Any]:
    shown = money(nano)
    return {
        "id": name,
        "label": label,
        "figure": shown["text"],
        "exact": shown["exact"],
        "definition": definition,
    }
