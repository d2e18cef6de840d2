"""Keeping subscriptions: creating, changing with a date, ending, deleting and bringing back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from finora.accounts import Permission
from finora.subscriptions import figures
from finora.subscriptions.accrual import Terms
from finora.subscriptions.charges import charges
from finora.subscriptions.errors import Flaw, SubscriptionNotFound, TermsNotFound
from finora.subscriptions.models import SeatRow, SubscriptionRow
from finora.subscriptions.reading import SeatRule, contract_flaws, read_entry, read_holdings
from finora.subscriptions.rows import (
    TERMS_FIELDS,
    changed_terms,
    changes_terms,
    facts,
    put_all_terms,
    put_plain,
    put_terms,
    record,
    terms_facts,
)
from finora.subscriptions.rules import change_flaws, holding_flaws, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from finora.accounts import Accounts, Principal
    from finora.storage.ledger import Ledger
    from finora.subscriptions.catalogue import Catalogue
    from finora.subscriptions.charges import Charge
    from finora.subscriptions.reading import Entry
    from finora.subscriptions.subscription import Holding, Subscription
    from finora.values.clock import Clock

_REQUIRED = ("name", "sku", "seats", "price_per_seat", "billing_cycle")


class Subscriptions:
    """The flat-rate spend of a workspace.

    Methods that change something take the acting `Principal`, check that they may, and write the act into the audit
    log in the same transaction. Days are those of the workspace's zone.

    Args:
        ledger: Where they are kept.
        accounts: Keeps the audit log.
        catalogue: The plans there are.
        connections: Returns the names of the connections by id.
        clock: The present.
        zone: The workspace's.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        accounts: Accounts,
        catalogue: Catalogue,
        connections: Callable[[], Mapping[str, str]],
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self.ledger = ledger
        self.catalogue = catalogue
        self.connections = connections
        self._accounts = accounts
        self._acts = 0
        self._clock = clock
        self._zone = zone

    @property
    def today(self) -> date:
        """The present day in the workspace's zone."""
        return self._clock.now().astimezone(self._zone).date()

    def all(self, *, tag: str | None = None, deleted: bool = False) -> list[Subscription]:
        """Return the subscriptions by name; those with a tag, or the deleted ones, where asked for."""
        with self.ledger.reading() as session:
            rows = session.scalars(
                select(SubscriptionRow).where(
                    SubscriptionRow.deleted_at.is_not(None)
                    if deleted
                    else SubscriptionRow.deleted_at.is_(None)
                )
            )
            found = [record(row) for row in rows]
        kept = [each for each in found if tag is None or tag in each.tags]
        return sorted(kept, key=lambda each: (each.name.lower(), each.id))

    def is_empty(self) -> bool:
        """Return whether there are none, deleted ones apart; much quicker than all of them are read."""
        with self.ledger.reading() as session:
            found = select(SubscriptionRow.id).where(SubscriptionRow.deleted_at.is_(None)).limit(1)
            return session.scalar(found) is None

    def state(self) -> Hashable:
        """Return what is another whenever a subscription has changed, much quicker than all of them are read.

        Acts of this process are counted, as two of them may fall on one tick of the clock.
        """
        columns = (SubscriptionRow.id, SubscriptionRow.changed_at, SubscriptionRow.deleted_at)
        with self.ledger.reading() as session:
            rows = session.execute(select(*columns).order_by(SubscriptionRow.id)).all()
        return self._acts, tuple(tuple(row) for row in rows)

    def get(self, subscription_id: str) -> Subscription:
        """Return a subscription.

        Raises:
            SubscriptionNotFound: There is none, or it was deleted.
        """
        with self.ledger.reading() as session:
            return record(_existing(session, subscription_id))

    def create(self, actor: Principal, entered: Mapping[str, object], *, address: str = "") -> Subscription:
        """Keep a new subscription.

        Args:
            actor: Who adds it.
            entered: Its fields, as `finora.subscriptions.reading` reads them; it starts today where no start is given.
            address: Where they are, for the audit log.

        Raises:
            InvalidSubscription: Fields are missing or cannot be used; every flaw is named.
        """
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        entry, flaws = read_entry(entered, _REQUIRED)
        if "effective" in entry.given:
            flaws.append(Flaw("effective", "belongs to a change; a new subscription has a start date"))
        start = entry.start_date or self.today
        # Against a start that cannot be read, the other dates cannot be judged; all else is told at once.
        if "start_date" in entry.given or "start_date" not in entered:
            flaws += contract_flaws(
                start, entry.end_date, entry.renewal_date, entry.seats, entry.price_per_seat
            )
        refuse(flaws + self.link_flaws(entry))
        terms = Terms(
            effective=start, seats=entry.seats, price=entry.price_per_seat, cycle=entry.billing_cycle
        )
        with self.ledger.session() as session:
            return self.insert(session, actor, entry, (terms,), address=address)

    def change(
        self, actor: Principal, subscription_id: str, entered: Mapping[str, object], *, address: str = ""
    ) -> Subscription:
        """Change a subscription.

        Seats, price and billing cycle hold from the day `effective` on (today, unless given), up to the next change
        there is, so that earlier days keep their figures; given a day that has terms of its own, they are corrected.
        Everything else holds for all of its time.

        Raises:
            InvalidSubscription: Fields cannot be used; nothing was changed.
            SubscriptionNotFound: There is none, or it was deleted.
        """
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        entry, flaws = read_entry(entered)
        flaws += self.link_flaws(entry)
        with self.ledger.session() as session:
            row = _existing(session, subscription_id, lock=True)
            before = record(row)
            refuse(flaws)
            put_plain(row, self._linked(entry))
            moved = record(row).contract
            day = entry.effective or moved.nearest(self.today)
            refuse(change_flaws(entry, moved, day, row.renewal_date))
            if changes_terms(entry):
                put_terms(row, changed_terms(moved.terms_on(day), entry, day))
            row.changed_at = self._clock.now()
            session.flush()
            after = record(row)
            differences = _differences(facts(before, day), facts(after, day))
            if changes_terms(entry):
                differences["effective"] = day.isoformat()
            self._tell(session, actor, "subscription.changed", after, details=differences, address=address)
        return after

    def withdraw(
        self, actor: Principal, subscription_id: str, effective: date, *, address: str = ""
    ) -> Subscription:
        """Take a change of terms back: those before it go on until the next ones.

        Raises:
            TermsNotFound: No terms begin on that day, or they are the first, which a subscription cannot be without.
            SubscriptionNotFound: There is none, or it was deleted.
        """
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        with self.ledger.session() as session:
            row = _existing(session, subscription_id, lock=True)
            if effective not in [each.effective for each in record(row).contract.terms[1:]]:
                raise TermsNotFound(
                    f"No change of seats or price of “{row.name}” begins on {effective}. The first terms cannot be taken "
                    "back; correct them instead."
                )
            row.terms = [each for each in row.terms if each.effective != effective]
            row.changed_at = self._clock.now()
            session.flush()
            after = record(row)
            told = {"effective": effective.isoformat()}
            self._tell(session, actor, "subscription.terms_withdrawn", after, details=told, address=address)
        return after

    def delete(self, actor: Principal, subscription_id: str, *, address: str = "") -> Subscription:
        """Take a subscription out of every figure, past ones too; `restore` undoes it. To end one, set its end date."""
        return self._set_deleted(actor, subscription_id, deleted=True, address=address)

    def restore(self, actor: Principal, subscription_id: str, *, address: str = "") -> Subscription:
        """Bring a deleted subscription back as it was."""
        return self._set_deleted(actor, subscription_id, deleted=False, address=address)

    def assign(
        self,
        actor: Principal,
        subscription_id: str,
        entered: Sequence[Mapping[str, object]],
        *,
        address: str = "",
    ) -> Subscription:
        """Make these the seats assigned by hand, in place of those that were.

        Args:
            actor: Who assigns.
            subscription_id: Whose seats.
            entered: `person` (an e-mail address), and where they did not always hold it, or do no more, `since` and `until`.
            address: Where they are, for the audit log.

        Raises:
            InvalidSubscription: A person or a day is none, days are reversed, or a person holds two seats at a time.
        """
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        holdings, flaws = read_holdings(entered)
        refuse(flaws)
        told = {"people": len({each.person for each in holdings})}
        return self._reseat(actor, subscription_id, lambda _held: holdings, told, address)

    def give(
        self, actor: Principal, subscription_id: str, entered: Mapping[str, object], *, address: str = ""
    ) -> Subscription:
        """Assign one more seat by hand, as `assign` reads it.

        Raises:
            InvalidSubscription: A field cannot be used, or the person would hold two seats at a time.
        """
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        given, flaws = read_holdings([entered])
        refuse(flaws)
        told = {"given": given[0].person}
        return self._reseat(actor, subscription_id, lambda held: [*held, *given], told, address)

    def take(
        self,
        actor: Principal,
        subscription_id: str,
        seat: tuple[str, date | None],
        *,
        until: date | None = None,
        address: str = "",
    ) -> Subscription:
        """End a seat that was assigned by hand, or take it back as if it had never been given.

        Args:
            actor: Who does it.
            subscription_id: Whose seat.
            seat: The person and the first day of their seat; of a seat that is not there nothing is changed.
            until: Its last day; none takes it back.
            address: Where they are, for the audit log.

        Raises:
            InvalidSubscription: The last day lies before the first.
        """

        def left(held: Sequence[Holding]) -> list[Holding]:
            meant = [each for each in held if (each.person, each.since) == seat]
            ended = [replace(each, until=until) for each in meant] if until else []
            return [*(each for each in held if each not in meant), *ended]

        told = {"ended" if until else "taken": seat[0]}
        return self._reseat(actor, subscription_id, left, told, address)

    def summary(self, start: date, end: date, *, tag: str | None = None) -> figures.Summary:
        """Return what subscriptions cost from a day up to, and without, another."""
        return figures.summary(self.all(tag=tag), start, end, self.today, self.catalogue.skus())

    def trend(self, months: int, *, tag: str | None = None) -> list[figures.MonthTotal]:
        """Return the cost of each of so many months, the last being the present one in full."""
        return figures.trend(self.all(tag=tag), self.today, months)

    def renewals(self, days: int, *, tag: str | None = None) -> list[figures.Renewal]:
        """Return what is paid again within so many days from today, soonest first."""
        return figures.renewals(self.all(tag=tag), self.today, days)

    def daily(self, start: date, end: date, *, tag: str | None = None) -> list[int]:
        """Return the cost of each day, in nano-USD, from a day up to, and without, another."""
        return figures.daily(self.all(tag=tag), start, end)

    def charges(self, start: date, end: date, *, tag: str | None = None) -> Iterator[Charge]:
        """Yield what each subscription costs on each day from a day up to, and without, another.

        They add up to the `period_total` of the same days, to the nano.
        """
        return charges(self.all(tag=tag), start, end, self.catalogue.skus())

    def insert(
        self,
        session: Session,
        actor: Principal,
        entry: Entry,
        terms: Sequence[Terms],
        *,
        subscription_id: str | None = None,
        address: str = "",
    ) -> Subscription:
        """Add a subscription that was found to be without flaws, within a transaction; it starts with its terms."""
        now = self._clock.now()
        row = SubscriptionRow(
            id=subscription_id,
            start_date=terms[0].effective,
            tags=[],
            seat_rule=SeatRule.MEMBERS.value,
            created_at=now,
            created_by=actor.email,
            changed_at=now,
        )
        put_plain(row, self._linked(entry))
        put_all_terms(row, terms)
        session.add(row)
        session.flush()
        created = record(row)
        self._tell(session, actor, "subscription.created", created, address=address)
        return created

    def overwrite(
        self,
        session: Session,
        actor: Principal,
        row: SubscriptionRow,
        entry: Entry,
        terms: Sequence[Terms],
        *,
        address: str = "",
    ) -> bool:
        """Make a subscription what was found to be without flaws; return whether that changed anything."""
        before = record(row)
        put_plain(row, self._linked(entry))
        put_all_terms(row, terms)
        session.flush()
        if record(row) == before:
            return False
        row.changed_at = self._clock.now()
        after = record(row)
        told = _differences(_all_facts(before), _all_facts(after))
        self._tell(session, actor, "subscription.changed", after, details=told, address=address)
        return True

    def link_flaws(self, entry: Entry) -> list[Flaw]:
        """Return what is wrong with the connection that an entry names, by id or by name."""
        if entry.connection is None or self._connection_id(entry.connection):
            return []
        known = ", ".join(self.connections().values()) or "none"
        return [Flaw("connection", f"is none of those connected ({known})")]

    def _linked(self, entry: Entry) -> Entry:
        """Return an entry with its connection as an id."""
        if entry.connection is None:
            return entry
        return entry.linked_to(self._connection_id(entry.connection))

    def _tell(
        self,
        session: Session,
        actor: Principal,
        act: str,
        subscription: Subscription,
        *,
        details: Mapping[str, object] | None = None,
        address: str = "",
    ) -> None:
        """Write an act on a subscription into the audit log; without details all that it is now."""
        self._acts += 1
        told = facts(subscription, subscription.contract.nearest(self.today)) if details is None else details
        self._accounts.record(
            actor,
            act,
            subscription.name,
            details={"id": subscription.id, **told},
            address=address,
            session=session,
        )

    def _reseat(
        self,
        actor: Principal,
        subscription_id: str,
        change: Callable[[Sequence[Holding]], Sequence[Holding]],
        told: Mapping[str, object],
        address: str,
    ) -> Subscription:
        """Make the seats assigned by hand what becomes of those there are, which nobody else changes meanwhile."""
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        with self.ledger.session() as session:
            row = _existing(session, subscription_id, lock=True)
            holdings = change(record(row).assigned)
            refuse(holding_flaws(holdings))
            row.seats = [SeatRow(person=each.person, since=each.since, until=each.until) for each in holdings]
            row.changed_at = self._clock.now()
            session.flush()
            changed = record(row)
            self._tell(session, actor, "subscription.seats_assigned", changed, details=told, address=address)
        return changed

    def _set_deleted(
        self, actor: Principal, subscription_id: str, *, deleted: bool, address: str
    ) -> Subscription:
        actor.require(Permission.MANAGE_SUBSCRIPTIONS)
        with self.ledger.session() as session:
            row = _existing(session, subscription_id, deleted=not deleted, lock=True)
            row.deleted_at = self._clock.now() if deleted else None
            changed = record(row)
            act = "subscription.deleted" if deleted else "subscription.restored"
            self._tell(session, actor, act, changed, address=address)
        return changed

    def _connection_id(self, text: str) -> str | None:
        known = self.connections()
        return text if text in known else next((id_ for id_, name in known.items() if name == text), None)


def _existing(
    session: Session, subscription_id: str, *, deleted: bool = False, lock: bool = False
) -> SubscriptionRow:
    row = session.get(SubscriptionRow, subscription_id, with_for_update=lock)
    if row is None or (row.deleted_at is not None) != deleted:
        raise SubscriptionNotFound(
            "There is no such deleted subscription."
            if deleted
            else "There is no such subscription; it may have been deleted."
        )
    return row


def _all_facts(subscription: Subscription) -> dict[str, object]:
    """Return what the audit log tells of a subscription with all its dated terms in place of those of a day."""
    undated = facts(subscription, subscription.contract.start).items()
    return {name: value for name, value in undated if name not in TERMS_FIELDS} | {
        "terms": terms_facts(subscription)
    }


def _differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    return {
        name: {"from": before[name], "to": value} for name, value in after.items() if before[name] != value
    }
