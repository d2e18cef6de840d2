"""Between the tables and the values: what a row means, and how what was entered changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from finora.subscriptions.accrual import BillingCycle, Contract, Terms
from finora.subscriptions.models import SubscriptionRow, TermsRow
from finora.subscriptions.reading import SeatRule
from finora.subscriptions.subscription import Holding, Subscription
from finora.values.money import usd_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.subscriptions.reading import Entry

TERMS_FIELDS = {"seats": "seats", "price_per_seat": "price", "billing_cycle": "cycle"}
"""Entered fields that are dated, and what they are called among the terms."""
_PLAIN = {
    "name": "name",
    "sku": "sku",
    "renewal_date": "renewal_date",
    "end_date": "end_date",
    "connection": "connection_id",
    "seat_rule": "seat_rule",
}


def record(row: SubscriptionRow) -> Subscription:
    """Return a row as a value."""
    return Subscription(
        id=row.id,
        name=row.name,
        sku=row.sku,
        contract=Contract(start=row.start_date, end=row.end_date, terms=_terms(row)),
        renewal=row.renewal_date,
        tags=tuple(row.tags),
        connection_id=row.connection_id,
        seat_rule=SeatRule(row.seat_rule),
        assigned=tuple(
            Holding(person=seat.person, since=seat.since, until=seat.until)
            for seat in sorted(row.seats, key=lambda seat: (seat.person, seat.since or date.min))
        ),
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=row.changed_at,
        deleted_at=row.deleted_at,
    )


def changes_terms(entry: Entry) -> bool:
    """Return whether what was entered concerns the dated terms."""
    return not entry.given.isdisjoint(TERMS_FIELDS)


def changed_terms(before: Terms, entry: Entry, effective: date) -> Terms:
    """Return terms with what was entered, from a day on."""
    given = {field: getattr(entry, name) for name, field in TERMS_FIELDS.items() if name in entry.given}
    return replace(before, effective=effective, **given)


def put_terms(row: SubscriptionRow, terms: Terms) -> None:
    """Let terms hold from their day on, until the next ones there are."""
    found = next((each for each in row.terms if each.effective == terms.effective), None)
    if found is None:
        found = TermsRow(effective=terms.effective)
        row.terms.append(found)
    found.seats, found.price, found.cycle = terms.seats, terms.price, terms.cycle.value
    row.terms.sort(key=lambda each: each.effective)


def put_all_terms(row: SubscriptionRow, terms: Sequence[Terms]) -> None:
    """Let these terms hold, and no others."""
    kept = {each.effective for each in terms}
    row.terms = [each for each in row.terms if each.effective in kept]
    for each in terms:
        put_terms(row, each)


def put_plain(row: SubscriptionRow, entry: Entry) -> None:
    """Set the fields that are not dated."""
    for name, column in _PLAIN.items():
        if name in entry.given:
            setattr(row, column, getattr(entry, name))
    if "tags" in entry.given:
        row.tags = list(entry.tags)
    if "start_date" in entry.given and entry.start_date is not None:
        row.start_date = entry.start_date
        # Terms that were effective before a later start stay, unseen, so that moving it back brings them back.
        if row.terms and row.terms[0].effective > row.start_date:
            row.terms[0].effective = row.start_date


def facts(subscription: Subscription, day: date) -> dict[str, object]:
    """Return what the audit log tells of a subscription, with the terms of a day, as plain JSON."""
    terms, contract = subscription.contract.terms_on(day), subscription.contract
    return {
        "name": subscription.name,
        "sku": subscription.sku,
        "seats": terms.seats,
        "price_per_seat": usd_text(terms.price),
        "billing_cycle": terms.cycle.value,
        "start_date": contract.start.isoformat(),
        "end_date": contract.end and contract.end.isoformat(),
        "renewal_date": subscription.renewal and subscription.renewal.isoformat(),
        "tags": list(subscription.tags),
        "connection": subscription.connection_id,
        "seat_rule": subscription.seat_rule.value,
    }


def terms_facts(subscription: Subscription) -> list[dict[str, object]]:
    """Return what the audit log tells of all dated terms, as plain JSON."""
    return [
        {
            "effective": each.effective.isoformat(),
            "seats": each.seats,
            "price_per_seat": usd_text(each.price),
            "billing_cycle": each.cycle.value,
        }
        for each in subscription.contract.terms
    ]


def _terms(row: SubscriptionRow) -> tuple[Terms, ...]:
    """Return the terms that hold on any day from the start on; the first begin with it."""
    ordered = sorted(row.terms, key=lambda each: each.effective)
    hidden = sum(each.effective <= row.start_date for each in ordered)
    return tuple(
        Terms(
            effective=max(each.effective, row.start_date) if number else row.start_date,
            seats=each.seats,
            price=each.price,
            cycle=BillingCycle(each.cycle),
        )
        for number, each in enumerate(ordered[max(hidden - 1, 0) :])
    )
