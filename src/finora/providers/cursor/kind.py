"""What Cursor's billing labels mean."""

from __future__ import annotations

from functools import lru_cache

from finora.spend.event import BillingClass


@lru_cache(maxsize=1024)
def billing_class(kind: str) -> BillingClass:
    """Return the class of a billing label; a label nobody knows is `UNKNOWN`, and its price counts.

    The labels are for display and change, so they are read by what they contain, in this order. The dashboard's names
    (`USAGE_EVENT_KIND_INCLUDED_IN_BUSINESS`) say the same.
    """
    label = kind.strip().lower().removeprefix("usage_event_kind_").replace("_", " ")
    if "not charged" in label or "no charge" in label:
        return BillingClass.NOT_CHARGED
    if label.startswith("included") or "subscription" in label:
        return BillingClass.INCLUDED
    if label.startswith(("usage-based", "usage based", "on-demand", "on demand")):
        return BillingClass.ON_DEMAND
    if "user api key" in label:
        return BillingClass.BYOK
    if label.startswith("free"):
        return BillingClass.FREE
    return BillingClass.UNKNOWN
