from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from finora.accounts import OPERATOR, Accounts, Principal, Role
from finora.accounts.passwords import Passwords
from finora.storage.ledger import Ledger, open_ledger

PASSWORD = "correct horse 7 battery"


class HandClock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as opened:
        yield opened


@pytest.fixture
def accounts(ledger: Ledger, clock: HandClock) -> Accounts:
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Accounts(ledger, clock, passwords=cheap)


class Company:
    """One signed-in user of each role, made on demand."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def __call__(self, role: Role, name: str = "") -> Principal:
        email = f"{name or role}@example.com"
        self._accounts.create_user(OPERATOR, email=email, role=role, password=PASSWORD)
        return self._accounts.sign_in(email, PASSWORD, address="192.0.2.7").principal


@pytest.fixture
def company(accounts: Accounts) -> Company:
    return Company(accounts)
