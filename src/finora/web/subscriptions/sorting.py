"""Sorting the page's tables by their columns: which way, by what, and where a heading leads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from finora.subscriptions import Sku, SkuTotal, Subscription

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """A column, and whether its largest stands first; an address writes it as `seats` or `-seats`."""

    key: str
    descending: bool = False

    @classmethod
    def of(cls, text: str, known: Sequence[str], default: Self) -> Self:
        """Return what an address asks for; the default where it asks for no column there is."""
        key = text.removeprefix("-")
        return cls(key, text.startswith("-")) if key in known else default

    @property
    def text(self) -> str:
        """As an address writes it."""
        return f"-{self.key}" if self.descending else self.key


BOOK_KEYS = ("name", "plan", "seats", "price", "monthly", "renewal")
SKU_KEYS = ("plan", "seats", "monthly", "period")
BOOK_ORDER = Order("name")
SKU_ORDER = Order("period", descending=True)

_LARGEST_FIRST = frozenset({"seats", "price", "monthly", "period"})


def with_sorting(
    columns: Sequence[Json], keys: Sequence[str], order: Order, href: Callable[[str], str]
) -> list[Json]:
    """Return columns whose headings sort by them; what is sorted by already is turned round."""
    found = []
    for column in columns:
        key = column["key"]
        if key not in keys:
            found.append(column)
            continue
        current = key == order.key
        following = Order(key, not order.descending if current else key in _LARGEST_FIRST)
        direction = ("desc" if order.descending else "asc") if current else None
        found.append(column | {"sort": {"href": href(following.text), "direction": direction}})
    return found


def sorted_book(
    subscriptions: Sequence[Subscription], order: Order, skus: Mapping[str, Sku], today: date
) -> list[Subscription]:
    """Return subscriptions sorted by a column of `BOOK_KEYS`; equals by name, and what never renews last."""

    def by(each: Subscription) -> Any:  # noqa: ANN401 - whatever the column holds
        terms = each.terms_now(today)
        return {
            "name": each.name.lower(),
            "plan": (skus[each.sku].label if each.sku in skus else each.sku).lower(),
            "seats": terms.seats,
            "price": terms.seat_monthly_cost,
            "monthly": each.contract.monthly_cost(today),
            "renewal": each.next_renewal(today),
        }[order.key]

    named = sorted(subscriptions, key=lambda each: (each.name.lower(), each.id))
    there = [each for each in named if by(each) is not None]
    return [
        *sorted(there, key=by, reverse=order.descending),
        *(each for each in named if by(each) is None),
    ]


def sorted_skus(totals: Sequence[SkuTotal], order: Order) -> list[SkuTotal]:
    """Return SKUs sorted by a column of `SKU_KEYS`; equals as they were."""

    def by(each: SkuTotal) -> Any:  # noqa: ANN401 - as above
        return {
            "plan": each.label.lower(),
            "seats": each.seats,
            "monthly": each.monthly_total,
            "period": each.period_total,
        }[order.key]

    return sorted(totals, key=by, reverse=order.descending)
