"""Reading what somebody entered about a subscription, in a form, a request or a file: every field, and all flaws at once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from finora.subscriptions.accrual import BillingCycle
from finora.subscriptions.errors import Flaw
from finora.subscriptions.subscription import Holding
from finora.values.money import NANO_PER_CENT
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SKU_SHAPE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
MOST_SEATS = 100_000
MOST_PER_SEAT = 1_000_000
MOST_PER_CYCLE = 100_000_000
"""USD. Below it, and for whole workspaces, amounts fit the 64 bits that other rooms keep them in."""

_LONGEST_NAME = 200
_LONGEST_TAG = 100
_MOST_TAGS = 50
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXACT = Context(prec=100)
_MOST_DIGITS = 60


class SeatRule(StrEnum):
    """Who holds the seats besides those assigned by hand."""

    MEMBERS = "members"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was entered; only the fields `given` mean anything."""

    given: frozenset[str]
    name: str = ""
    sku: str = ""
    seats: int = 0
    price_per_seat: int = 0
    billing_cycle: BillingCycle = BillingCycle.MONTHLY
    effective: date | None = None
    start_date: date | None = None
    renewal_date: date | None = None
    end_date: date | None = None
    tags: tuple[str, ...] = ()
    connection: str | None = None
    seat_rule: SeatRule = SeatRule.MEMBERS

    def linked_to(self, connection_id: str | None) -> Entry:
        """Return the same with the connection's id in place of its name."""
        return replace(self, connection=connection_id)


def read_entry(raw: Mapping[str, object], required: tuple[str, ...] = ()) -> tuple[Entry, list[Flaw]]:
    """Return the fields that can be read, and what is wrong with the others.

    Args:
        raw: Fields by name; text as people write it, or numbers and lists.
        required: Fields that must be there.
    """
    values: dict[str, Any] = {}
    flaws = [Flaw(name, "is missing") for name in required if name not in raw]
    for name, value in raw.items():
        try:
            if name == "currency":
                _read_currency(value)
            else:
                values[name] = _READERS[name](value)
        except KeyError:
            flaws.append(Flaw(name, "is no field of a subscription"))
        except ValueError as problem:
            flaws.append(Flaw(name, str(problem)))
    return Entry(given=frozenset(values), **values), flaws


def read_holdings(raw: Sequence[Mapping[str, object]]) -> tuple[list[Holding], list[Flaw]]:
    """Return the seats assigned by hand that can be read (`person`, `since`, `until`), and what is wrong with the others."""
    holdings, flaws = [], []
    for number, held in enumerate(raw):
        values: dict[str, Any] = {}
        for name, read in _HOLDING_READERS.items():
            try:
                values[name] = read(held.get(name))
            except ValueError as problem:
                flaws.append(Flaw(f"people.{number}.{name}", str(problem)))
        if len(values) == len(_HOLDING_READERS):
            holdings.append(Holding(**values))
    return holdings, flaws


def contract_flaws(start: date, end: date | None, renewal: date | None, seats: int, price: int) -> list[Flaw]:
    """Return what is wrong with fields that cannot be judged each on its own."""
    flaws = []
    if end is not None and end < start:
        flaws.append(Flaw("end_date", f"lies before the start date, {start}"))
    if renewal is not None and renewal < start:
        flaws.append(Flaw("renewal_date", f"lies before the start date, {start}"))
    if seats * price > MOST_PER_CYCLE * 100 * NANO_PER_CENT:
        flaws.append(
            Flaw("price_per_seat", f"makes more than {MOST_PER_CYCLE:,} USD a payment for all seats")
        )
    return flaws


def price_in_nano(value: object) -> int:
    """Return an amount in USD, in nano-USD.

    Raises:
        ValueError: It is no amount, negative, beyond all reason, or has a fraction of a cent.
    """
    amount = _amount(value)
    if not amount.is_finite() or len(amount.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError("must be an amount in USD, such as 40 or 19.99")
    if amount < 0:
        raise ValueError("must not be negative")
    if amount > MOST_PER_SEAT:
        raise ValueError(f"is above {MOST_PER_SEAT:,} USD; enter the price of one seat")
    cents = _EXACT.scaleb(amount, 2)
    if cents != cents.to_integral_value():
        raise ValueError("has a fraction of a cent; enter two decimals at most")
    return int(cents) * NANO_PER_CENT


def read_day(value: object) -> date:
    """Return a date written as 2026-01-31.

    Raises:
        ValueError: It is none, or not of this century.
    """
    text = str(value).strip()
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("must be a date such as 2026-01-31")
    if not 2000 <= day.year <= 2100:
        raise ValueError("must lie within the years 2000 to 2100")
    return day


def read_person(value: object) -> str:
    """Return the e-mail address by which events know a person.

    Raises:
        ValueError: It is no e-mail address.
    """
    text = _line(value, 254).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("must be an e-mail address")
    return text


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError("must be an amount in USD, such as 40 or 19.99")  # noqa: TRY004 - one kind for all that is entered
    text = str(value).strip().removeprefix("$")
    if "," in text:
        raise ValueError("must be written without commas, such as 1234.50")
    if any(unicodedata.category(sign) == "Sc" for sign in text):
        raise ValueError("must be in USD; convert it and enter the number alone")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("must be an amount in USD, such as 40 or 19.99") from None


def _read_currency(value: object) -> None:
    if str(value).strip().upper() != "USD":
        raise ValueError(f"{quoted(value)} is not supported; prices are kept in USD, so convert it")


def _read_name(value: object) -> str:
    text = _line(value, _LONGEST_NAME)
    if not text:
        raise ValueError("must not be empty")
    return text


def _read_sku(value: object) -> str:
    text = _line(value, 100).lower()
    if not SKU_SHAPE.fullmatch(text):
        raise ValueError("must be an id such as cursor-business: letters, digits, “-”, “.” and “_”")
    return text


def _read_seats(value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise ValueError("must be a whole number")
    seats = int(text)
    if not 1 <= seats <= MOST_SEATS:
        raise ValueError(f"must lie between 1 and {MOST_SEATS:,}")
    return seats


def _read_cycle(value: object) -> BillingCycle:
    try:
        return BillingCycle(str(value).strip().lower())
    except ValueError:
        raise ValueError("must be monthly or annual") from None


def _read_rule(value: object) -> SeatRule:
    try:
        return SeatRule(str(value).strip().lower())
    except ValueError:
        raise ValueError("must be members or by_hand") from None


def _read_tags(value: object) -> tuple[str, ...]:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)):
        raise ValueError("must be a list such as team:marketing")  # noqa: TRY004 - one kind for all that is entered
    tags = tuple(dict.fromkeys(filter(None, (_line(each, _LONGEST_TAG) for each in parts))))
    if len(tags) > _MOST_TAGS:
        raise ValueError(f"must be {_MOST_TAGS} at most")
    if any(";" in tag for tag in tags):
        raise ValueError("must not contain “;”")
    return tags


def _line(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - one kind for all that is entered
    text = " ".join(value.split())
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
        raise ValueError("has characters that cannot be shown")
    if len(text) > longest:
        raise ValueError(f"must be {longest} characters at most")
    return text


def _optional(read: Callable[[object], object]) -> Callable[[object], object]:
    return lambda value: None if value is None or value == "" else read(value)


_HOLDING_READERS: Mapping[str, Callable[[object], object]] = {
    "person": read_person,
    "since": _optional(read_day),
    "until": _optional(read_day),
}
_READERS: Mapping[str, Callable[[object], object]] = {
    "name": _read_name,
    "sku": _read_sku,
    "seats": _read_seats,
    "price_per_seat": price_in_nano,
    "billing_cycle": _read_cycle,
    "effective": read_day,
    "start_date": read_day,
    "renewal_date": _optional(read_day),
    "end_date": _optional(read_day),
    "tags": _read_tags,
    "connection": _optional(lambda value: _line(value, 200)),
    "seat_rule": _read_rule,
}
