"""Answers about subscriptions, seats and renewals, which no event tells of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.figures import listed
from finora.ask.flat_table import FlatTable, Row
from finora.ask.phrasing import period_words
from finora.ask.stretch import date_words
from finora.ask.vocabulary import Known
from finora.spend.catalog import Unit
from finora.spend.query import Operator
from finora.subscriptions import NotLinked
from finora.subscriptions.accrual import cost
from finora.values.interval import Interval
from finora.values.money import usd_display, usd_text
from finora.values.period import add_months

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from finora.ask.understanding import Understanding
    from finora.spend.service import Spend
    from finora.subscriptions import Seats, Subscription, Subscriptions

_AHEAD_DAYS = 366
_NAMED = 5

Rows = list[Row]

_COSTS = MappingProxyType({"Seats": Unit.COUNT, "A month": Unit.USD, "In the period": Unit.USD})
_AMOUNT = MappingProxyType({"Amount": Unit.USD})


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and a table beside it: rows with text by column heading, and what its figures count in."""

    sentence: str
    rows: Rows
    units: Mapping[str, Unit] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def table(self) -> FlatTable:
        """The table."""
        return FlatTable(tuple(self.rows), self.units)


@dataclass(frozen=True, slots=True)
class FlatRates:
    """Answers about what is paid at a flat rate.

    Attributes:
        subscriptions: What is bought.
        seats: Who uses it.
        zone: Whose days count.
    """

    subscriptions: Subscriptions
    seats: Seats
    zone: ZoneInfo

    def known(self) -> list[Known]:
        """Return the subscriptions that a question may name."""
        return [Known(each.id, each.name) for each in self.subscriptions.all()]

    def tell(self, found: Understanding, spend: Spend, own: str | None) -> Told:
        """Return the answer.

        Raises:
            NotUnderstood: Whoever asks may see their own usage only, or words of the question do not apply.
        """
        if found.intent is Intent.EVERYTHING:
            return self._everything(found, spend, own)
        if own is not None:
            raise NotUnderstood("What subscriptions cost is shown to those who may see everybody's usage.")
        self._refuse_filters(found)
        tellers: dict[Intent, Callable[[Understanding], Told]] = {
            Intent.RENEWALS: self._renewals,
            Intent.SEATS: self._seats,
        }
        return tellers.get(found.intent, self._costs)(found)

    def _refuse_filters(self, found: Understanding) -> None:
        query, providers = found.query, {"provider", "connection"}
        narrowed = any(each.dimension not in providers for each in query.filters)
        grouped = query.dimensions not in {(), ("person",)} or query.compare or found.threshold or found.per
        if narrowed or grouped or query.interval not in {None, Interval.MONTH}:
            raise NotUnderstood(
                "Subscriptions and seats can be asked for as a whole or by name, not by person, model or type of event.",
                ("What do our subscriptions cost?", "Which seats are idle?"),
            )

    def _chosen(self, found: Understanding) -> list[Subscription]:
        return [
            each
            for each in self.subscriptions.all()
            if not found.subscriptions or each.id in found.subscriptions
        ]

    def _costs(self, found: Understanding) -> Told:
        chosen = self._chosen(found)
        if not chosen:
            return Told("No subscriptions have been entered yet.", [])
        first = found.stretch.start.astimezone(self.zone).date()
        end = found.stretch.end.astimezone(self.zone).date()
        rows, monthly, total = [], 0, 0
        for each in chosen:
            paid, month = cost(each.contract, first, end), self._monthly(each)
            monthly, total = monthly + month, total + paid
            terms = each.terms_now(self.subscriptions.today)
            rows.append(
                {
                    "Subscription": each.name,
                    "Seats": str(terms.seats),
                    "A month": usd_text(month),
                    "In the period": usd_text(paid),
                }
            )
        names = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} subscriptions"
        verb = "costs" if len(chosen) == 1 else "cost"
        when = period_words(found.stretch, self.zone)
        return Told(
            f"{names} {verb} {usd_display(monthly)} a month now, and {usd_display(total)} {when}.",
            rows,
            _COSTS,
        )

    def _monthly(self, each: Subscription) -> int:
        today = self.subscriptions.today
        return each.contract.monthly_cost(today) if each.contract.runs_on(today) else 0

    def _renewals(self, found: Understanding) -> Told:
        chosen = {each.id for each in self._chosen(found)}
        first, end, when = self._window(found)
        ahead = [
            each
            for each in self.subscriptions.renewals(_AHEAD_DAYS)
            if each.subscription.id in chosen and first <= each.day < end
        ]
        if not ahead:
            return Told(f"No subscription that is entered has a renewal {when or 'ahead'}.", [])
        rows = [
            {
                "Subscription": each.subscription.name,
                "Renews on": date_words(each.day),
                "Amount": usd_text(each.amount),
            }
            for each in ahead
        ]
        named = [
            f"{each.subscription.name} on {date_words(each.day)} ({usd_display(each.amount)})"
            for each in ahead[:_NAMED]
        ]
        if not when:
            return Told(f"Next to renew: {listed(named)}.", rows, _AMOUNT)
        total = usd_display(sum(each.amount for each in ahead))
        more = f" and {len(ahead) - _NAMED} more" if len(ahead) > _NAMED else ""
        return Told(f"To renew {when}: {listed(named)}{more}; {total} together.", rows, _AMOUNT)

    def _window(self, found: Understanding) -> tuple[date, date, str]:
        """Return the days asked about, the second not included, and how they are called; nothing where all are."""
        today = self.subscriptions.today
        if found.ahead:
            first, end = _coming(found.ahead, today)
            return first, end, f"next {found.ahead}"
        if found.stretch.named:
            ends = (found.stretch.start, found.stretch.whole_end)
            first, end = (each.astimezone(self.zone).date() for each in ends)
            return first, end, found.stretch.words
        return today, date.max, ""

    def _seats(self, found: Understanding) -> Told:
        rows: Rows = []
        bought = idle = empty = wasted = 0
        for each in self._chosen(found):
            try:
                use = self.seats.use(each.id)
            except NotLinked:
                continue
            bought, idle, empty = bought + use.seats, idle + len(use.idle), empty + use.empty
            wasted += use.idle_cost + use.empty_cost
            rows += [
                {"Subscription": each.name, "Idle seat": seat.name, "E-mail": seat.person}
                for seat in use.idle
            ]
        if not bought:
            return Told(
                "No subscription is linked to a connection, so nobody can tell which seats are used. Link one under AI Subscriptions.",
                [],
            )
        names = listed([row["Idle seat"] for row in rows[:_NAMED]]) + (
            f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        )
        told = f": {names}" if rows else ""
        return Told(
            f"Of {bought} seats, {idle} were not used in the last 30 days{told}; {empty} have no holder. Together they cost "
            f"{usd_display(wasted)} a month.",
            rows,
        )

    def _everything(self, found: Understanding, spend: Spend, own: str | None) -> Told:
        first = found.stretch.start.astimezone(self.zone).date()
        end = found.stretch.end.astimezone(self.zone).date()
        person = _only_person(found)
        when = period_words(found.stretch, self.zone)
        if own is not None or person is not None:
            wanted = own or person
            costs, _nobodys = self.seats.true_costs(first, end, own=wanted)
            spent, seats = sum(each.spend for each in costs), sum(each.subscriptions for each in costs)
            name = costs[0].label if costs else wanted
            return _together(f"{name} cost", spent, seats, when)
        spent = spend.answer(replace(found.query, metrics=("spend",), order=())).totals.values[0]
        return _together(
            "Everything together cost", spent, self.subscriptions.summary(first, end).period_total, when
        )


def _coming(unit: str, today: date) -> tuple[date, date]:
    """Return the week, month, quarter or year after the present one; its end is not included."""
    if unit == "week":
        first = today + timedelta(days=7 - today.weekday())
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    begun = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = add_months(begun, months)
    return first, add_months(first, months)


def _only_person(found: Understanding) -> str | None:
    filters = found.query.filters
    if not filters:
        return None
    (first, *others) = filters
    if others or first.dimension != "person" or first.operator is not Operator.IS or len(first.values) != 1:
        raise NotUnderstood(
            "Subscriptions belong to people and to the whole; this part of spend has none of its own."
        )
    return first.values[0]


def _together(who: str, spent: int, flat: int, when: str) -> Told:
    rows = [
        {"Part": "Spend on events", "Amount": usd_text(spent)},
        {"Part": "Subscriptions", "Amount": usd_text(flat)},
    ]
    return Told(
        f"{who} {usd_display(spent + flat)} {when}: {usd_display(spent)} spend on events and {usd_display(flat)} subscriptions.",
        rows,
        _AMOUNT,
    )
