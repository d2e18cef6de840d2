"""Subscriptions: flat-rate AI spend that no billing API shows."""

from finora.subscriptions.accrual import BillingCycle, Contract, Terms
from finora.subscriptions.catalogue import Catalogue, Sku
from finora.subscriptions.charges import NOBODY, Charge, SeatCharge
from finora.subscriptions.errors import (
    Flaw,
    InvalidImport,
    InvalidSubscription,
    NotLinked,
    SubscriptionNotFound,
    TermsNotFound,
)
from finora.subscriptions.figures import MonthTotal, Renewal, SkuTotal, Summary
from finora.subscriptions.flat_charges import FlatCharges
from finora.subscriptions.reading import SeatRule
from finora.subscriptions.seat_figures import HeldSeat, SeatUse, Shares, TrueCost
from finora.subscriptions.seat_use import Seats
from finora.subscriptions.service import Subscriptions
from finora.subscriptions.subscription import Holding, Subscription
from finora.subscriptions.table import write_table
from finora.subscriptions.transfer import Imported, import_table

__all__ = [
    "NOBODY",
    "BillingCycle",
    "Catalogue",
    "Charge",
    "Contract",
    "FlatCharges",
    "Flaw",
    "HeldSeat",
    "Holding",
    "Imported",
    "InvalidImport",
    "InvalidSubscription",
    "MonthTotal",
    "NotLinked",
    "Renewal",
    "SeatCharge",
    "SeatRule",
    "SeatUse",
    "Seats",
    "Shares",
    "Sku",
    "SkuTotal",
    "Subscription",
    "SubscriptionNotFound",
    "Subscriptions",
    "Summary",
    "Terms",
    "TermsNotFound",
    "TrueCost",
    "import_table",
    "write_table",
]
