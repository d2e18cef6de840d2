"""What must hold when a subscription changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.subscriptions.errors import Flaw, InvalidSubscription
from finora.subscriptions.reading import contract_flaws
from finora.subscriptions.rows import changed_terms, changes_terms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from finora.subscriptions.accrual import Contract
    from finora.subscriptions.reading import Entry
    from finora.subscriptions.subscription import Holding

_MOST_HOLDINGS = 100_000


def refuse(flaws: Sequence[Flaw]) -> None:
    """Go on only if there are none.

    Raises:
        InvalidSubscription: There are.
    """
    if flaws:
        raise InvalidSubscription(flaws)


def change_flaws(entry: Entry, contract: Contract, day: date, renewal: date | None) -> list[Flaw]:
    """Return what is wrong with a change.

    Args:
        entry: What was entered.
        contract: As it will be, but for its terms.
        day: From when changed terms are to hold.
        renewal: As it will be.
    """
    before = contract.terms_on(day)
    after = changed_terms(before, entry, day)
    flaws = contract_flaws(contract.start, contract.end, renewal, after.seats, after.price)
    if changes_terms(entry):
        if day < contract.start:
            flaws.append(Flaw("effective", f"lies before the start date, {contract.start}"))
        if contract.end is not None and day > contract.end:
            flaws.append(Flaw("effective", f"lies after the end date, {contract.end}"))
        if after.cycle is not before.cycle and "price_per_seat" not in entry.given:
            flaws.append(Flaw("price_per_seat", "is missing; with another billing cycle it is another one"))
    elif "effective" in entry.given:
        flaws.append(Flaw("effective", "says from when seats, price or billing cycle change; none is given"))
    return flaws


def holding_flaws(holdings: Sequence[Holding]) -> list[Flaw]:
    """Return what is wrong with seats assigned by hand."""
    if len(holdings) > _MOST_HOLDINGS:
        return [Flaw("people", f"must be {_MOST_HOLDINGS:,} at most")]
    flaws = []
    earlier: dict[str, Holding] = {}
    for each in sorted(holdings, key=lambda held: (held.person, held.since is not None, held.since)):
        if each.since and each.until and each.until < each.since:
            flaws.append(Flaw("until", f"lies before since for {each.person}"))
        last = earlier.get(each.person)
        if last and (last.until is None or each.since is None or each.since <= last.until):
            flaws.append(Flaw("person", f"{each.person} would hold two seats at a time"))
        earlier[each.person] = each
    return flaws
