from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from finora.accounts import OPERATOR, Accounts
from finora.storage.ledger import open_ledger
from finora.subscriptions import Catalogue, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.storage.ledger import Ledger
    from finora.subscriptions import Subscription

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class HandClock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Book:
    """Subscriptions, entered with everything plain that a test does not speak of."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.subscriptions = subscriptions

    def add(self, **fields: object) -> Subscription:
        return self.subscriptions.create(OPERATOR, entry(**fields))

    def change(self, subscription: Subscription, **fields: object) -> Subscription:
        return self.subscriptions.change(OPERATOR, subscription.id, fields)


def entry(**fields: object) -> dict[str, Any]:
    """Return ten Cursor seats at 40 USD a month since January 2026, but for what is said."""
    plain = {
        "name": "Cursor",
        "sku": "cursor-business",
        "seats": 10,
        "price_per_seat": "40.00",
        "billing_cycle": "monthly",
        "start_date": "2026-01-01",
    }
    return {name: value for name, value in (plain | fields).items() if value != "left out"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as opened:
        yield opened


@pytest.fixture
def accounts(ledger: Ledger, clock: HandClock) -> Accounts:
    return Accounts(ledger, clock)


@pytest.fixture
def connected() -> dict[str, str]:
    """The connections there are, by id; a test may add and remove some."""
    return {"c1": "Acme", "c2": "Beta"}


@pytest.fixture
def subscriptions(
    ledger: Ledger, clock: HandClock, accounts: Accounts, connected: dict[str, str], tmp_path: Path
) -> Subscriptions:
    return Subscriptions(
        ledger=ledger,
        accounts=accounts,
        catalogue=Catalogue(tmp_path / "skus.toml"),
        connections=lambda: connected,
        clock=clock,
        zone=ZONE,
    )


@pytest.fixture
def book(subscriptions: Subscriptions) -> Book:
    return Book(subscriptions)
