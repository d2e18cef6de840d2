"""Subscriptions and their figures as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.api.subscription_documents import (
    HeldSeatDocument,
    IdleSeatDocument,
    ImportedDocument,
    MonthDocument,
    RenewalDocument,
    SeatUseDocument,
    SkuDocument,
    SkuTotalDocument,
    SubscriptionDocument,
    SummaryDocument,
    TermsDocument,
    TrueCostDocument,
    TrueCostsDocument,
)
from finora.values.money import usd_text
from finora.values.period import utc_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finora.subscriptions import (
        Imported,
        MonthTotal,
        Renewal,
        SeatUse,
        Sku,
        Subscription,
        Subscriptions,
        Summary,
        Terms,
        TrueCost,
    )


def subscription_documents(
    kept: Subscriptions, subscriptions: Sequence[Subscription]
) -> list[SubscriptionDocument]:
    """Return subscriptions with the names of their plans and connections."""
    today, skus, connections = kept.today, kept.catalogue.skus(), kept.connections()
    return [
        _subscription(each, today, skus.get(each.sku), connections.get(each.connection_id or ""))
        for each in subscriptions
    ]


def subscription_document(kept: Subscriptions, subscription: Subscription) -> SubscriptionDocument:
    """Return a subscription."""
    return subscription_documents(kept, [subscription])[0]


def _subscription(
    each: Subscription, today: date, sku: Sku | None, connection: str | None
) -> SubscriptionDocument:
    contract, terms = each.contract, each.terms_now(today)
    return SubscriptionDocument(
        id=each.id,
        name=each.name,
        sku=each.sku,
        sku_label=sku.label if sku else each.sku,
        vendor=sku.vendor if sku else "",
        seats=terms.seats,
        price_per_seat=usd_text(terms.price),
        billing_cycle=terms.cycle,
        currency="USD",
        monthly_cost=usd_text(terms.monthly_cost),
        state=each.state(today),
        start_date=contract.start.isoformat(),
        end_date=_day(contract.end),
        renewal_date=_day(each.renewal),
        next_renewal=_day(each.next_renewal(today)),
        tags=list(each.tags),
        connection=each.connection_id,
        connection_label=connection,
        seat_rule=each.seat_rule,
        people=[
            {"person": held.person, "since": _day(held.since), "until": _day(held.until)}
            for held in each.assigned
        ],
        terms=[_terms(dated) for dated in contract.terms],
        created_at=utc_text(each.created_at),
        created_by=each.created_by,
        changed_at=utc_text(each.changed_at),
        deleted_at=utc_text(each.deleted_at) if each.deleted_at else None,
    )


def sku_document(sku: Sku) -> SkuDocument:
    """Return a plan."""
    return SkuDocument(
        id=sku.id,
        label=sku.label,
        vendor=sku.vendor,
        plan=sku.plan,
        monthly_price=_price(sku.monthly),
        annual_price=_price(sku.annual),
        annual_price_per_month=_price(sku.annual_by_month),
        source=sku.source,
        checked=_day(sku.checked),
        own=sku.own,
    )


def summary_document(summary: Summary) -> SummaryDocument:
    """Return what subscriptions cost."""
    return SummaryDocument(
        start=summary.start.isoformat(),
        end=summary.end.isoformat(),
        as_of=summary.as_of.isoformat(),
        seats=summary.seats,
        monthly_total=usd_text(summary.monthly_total),
        period_total=usd_text(summary.period_total),
        by_sku=[
            SkuTotalDocument(
                sku=each.sku,
                label=each.label,
                vendor=each.vendor,
                subscriptions=each.subscriptions,
                seats=each.seats,
                monthly_total=usd_text(each.monthly_total),
                period_total=usd_text(each.period_total),
            )
            for each in summary.by_sku
        ],
    )


def month_document(month: MonthTotal) -> MonthDocument:
    """Return a month."""
    return MonthDocument(
        month=month.month.isoformat(),
        total=usd_text(month.total),
        by_sku={sku: usd_text(amount) for sku, amount in month.by_sku.items()},
    )


def renewal_document(renewal: Renewal) -> RenewalDocument:
    """Return a payment ahead."""
    each = renewal.subscription
    return RenewalDocument(
        date=renewal.day.isoformat(),
        subscription=each.id,
        name=each.name,
        sku=each.sku,
        billing_cycle=each.contract.terms_on(renewal.day).cycle,
        amount=usd_text(renewal.amount),
    )


def seat_use_document(use: SeatUse) -> SeatUseDocument:
    """Return how seats are used."""
    return SeatUseDocument(
        subscription=use.subscription.id,
        connection=use.subscription.connection_id,
        as_of=use.as_of.isoformat(),
        seats=use.seats,
        members=use.members,
        holders=use.holders,
        active=use.active,
        idle=[
            IdleSeatDocument(person=seat.person, name=seat.name, removed=seat.removed) for seat in use.idle
        ],
        people=[
            HeldSeatDocument(
                person=seat.person,
                name=seat.name,
                removed=seat.removed,
                by_hand=seat.by_hand,
                since=_day(seat.since),
                idle=seat.idle,
                events=seat.events,
                spend=usd_text(seat.spend),
                usage_value=usd_text(seat.usage_value),
                included_value=usd_text(seat.included_value),
                saved=usd_text(use.saved(seat)),
            )
            for seat in use.people
        ],
        empty=use.empty,
        seat_monthly_cost=usd_text(use.seat_cost),
        idle_monthly_cost=usd_text(use.idle_cost),
        empty_monthly_cost=usd_text(use.empty_cost),
        data_through=utc_text(use.data_through) if use.data_through else None,
    )


def true_costs_document(
    start: date, end: date, people: Sequence[TrueCost], unassigned: int
) -> TrueCostsDocument:
    """Return what people cost."""
    return TrueCostsDocument(
        start=start.isoformat(),
        end=end.isoformat(),
        people=[
            TrueCostDocument(
                person=each.person,
                person_label=each.label,
                spend=usd_text(each.spend),
                usage_value=usd_text(each.usage_value),
                subscriptions=usd_text(each.subscriptions),
                true_cost=usd_text(each.total),
            )
            for each in people
        ],
        unassigned=usd_text(unassigned),
    )


def imported_document(done: Imported, *, rehearsed: bool) -> ImportedDocument:
    """Return what an import did."""
    return ImportedDocument(
        created=done.created, updated=done.updated, unchanged=done.unchanged, rehearsed=rehearsed
    )


def _terms(terms: Terms) -> TermsDocument:
    return TermsDocument(
        effective=terms.effective.isoformat(),
        seats=terms.seats,
        price_per_seat=usd_text(terms.price),
        billing_cycle=terms.cycle,
        monthly_cost=usd_text(terms.monthly_cost),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _price(price: int | None) -> str | None:
    return None if price is None else usd_text(price)
