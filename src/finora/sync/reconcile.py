"""Reconciliation: Finora's sums beside the provider's own, person by person, with the difference explained.

Differences are shown and never adjusted away. Their causes are told from what Finora knows: a person the provider no
longer lists, events without a name, events so recent that the provider still settles them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.service import Spend
from finora.sync.models import ReconciledMember
from finora.sync.windows import RECENT
from finora.values.period import Period

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.connections import Connection
    from finora.providers.base import CycleSpend, MemberSpend
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

_UNATTRIBUTED = "unattributed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciledLine:
    """One person's figures in a cycle, in nano-USD.

    `cause` is `agrees`, `not_listed` (the provider's list lacks them), `no_name` (events without a person, or what such
    events can explain), `settling` (within what the last 48 hours hold) or `unexplained`.
    """

    person: str
    name: str
    provider_spend: int
    provider_usage_value: int | None
    spend: int
    usage_value: int
    cause: str

    @property
    def difference(self) -> int:
        """Finora's figure less the provider's: usage value where the provider states it, else spend."""
        if self.provider_usage_value is not None:
            return self.usage_value - self.provider_usage_value
        return self.spend - self.provider_spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A billing cycle's figures, the provider's beside Finora's."""

    cycle_start: datetime
    read_at: datetime
    lines: tuple[ReconciledLine, ...]

    @property
    def difference(self) -> int:
        """Finora's sum less the provider's, in nano-USD."""
        return sum(line.difference for line in self.lines)

    @property
    def agrees(self) -> bool:
        """Whether every line agrees to the nano."""
        return all(line.cause == "agrees" for line in self.lines)


class Reconciler:
    """Compares the provider's totals with Finora's and keeps the comparison."""

    def __init__(self, ledger: Ledger, store: EventStore, clock: Clock) -> None:
        self._ledger = ledger
        self._spend = Spend(store, clock)

    def record(self, connection: Connection, totals: CycleSpend) -> None:
        """Compare and keep the present cycle of a connection."""
        ours = self._figures(connection, totals.start, totals.read_at)
        recent = self._figures(connection, max(totals.start, totals.read_at - RECENT), totals.read_at)
        theirs: dict[str, MemberSpend] = {}
        for member in totals.members:
            key = member.email or member.provider_id
            theirs[key] = _together(theirs[key], member) if key in theirs else member
        with self._ledger.session() as session:
            session.execute(
                delete(ReconciledMember).where(
                    ReconciledMember.connection_id == connection.id,
                    ReconciledMember.cycle_start == totals.start,
                )
            )
            for key in sorted(theirs.keys() | ours.keys()):
                listed = theirs.get(key)
                label, spend, value = ours.get(key, ("", 0, 0))
                session.add(
                    ReconciledMember(
                        connection_id=connection.id,
                        cycle_start=totals.start,
                        read_at=totals.read_at,
                        person=key,
                        name=(listed.name if listed else "") or label or key,
                        listed=listed is not None,
                        provider_spend=listed.spend if listed else 0,
                        provider_usage_value=_value(listed, totals),
                        spend=spend,
                        usage_value=value,
                        unsettled=recent.get(key, ("", 0, 0))[2],
                    )
                )

    def cycles(self, connection_id: str) -> list[Reconciliation]:
        """Return the cycles compared so far, newest first, the largest differences on top."""
        with self._ledger.reading() as session:
            found = select(ReconciledMember).where(ReconciledMember.connection_id == connection_id)
            rows = session.scalars(found).all()
        by_cycle: dict[datetime, list[ReconciledMember]] = {}
        for row in rows:
            by_cycle.setdefault(row.cycle_start, []).append(row)
        return [_cycle(start, by_cycle[start]) for start in sorted(by_cycle, reverse=True)]

    def forget(self, connection_id: str, session: Session) -> None:
        """Delete a connection's comparisons."""
        session.execute(delete(ReconciledMember).where(ReconciledMember.connection_id == connection_id))

    def _figures(
        self, connection: Connection, start: datetime, end: datetime
    ) -> dict[str, tuple[str, int, int]]:
        if end <= start:
            return {}
        query = SpendQuery(
            metrics=("spend", "usage_value"),
            dimensions=("person",),
            filters=(Filter(Operator.IS, "connection", (connection.id,)),),
            period=Period.absolute(start, end),
            limit=10_000,
        )
        groups = self._spend.answer(query).groups
        return {group.keys[0]: (group.labels[0], *group.values) for group in groups}  # type: ignore[misc]


def _value(member: MemberSpend | None, totals: CycleSpend) -> int | None:
    if member is not None:
        return member.usage_value
    return 0 if any(each.usage_value is not None for each in totals.members) else None


def _together(first: MemberSpend, second: MemberSpend) -> MemberSpend:
    value = None if first.usage_value is None else first.usage_value + (second.usage_value or 0)
    return replace(first, spend=first.spend + second.spend, usage_value=value)


def _cycle(start: datetime, rows: list[ReconciledMember]) -> Reconciliation:
    nameless = sum(row.usage_value for row in rows if row.person == _UNATTRIBUTED)
    lines = sorted(
        (_line(row, nameless) for row in rows), key=lambda line: (-abs(line.difference), line.person)
    )
    return Reconciliation(cycle_start=start, read_at=rows[0].read_at, lines=tuple(lines))


def _line(row: ReconciledMember, nameless: int) -> ReconciledLine:
    line = ReconciledLine(
        person=row.person,
        name=row.name,
        provider_spend=row.provider_spend,
        provider_usage_value=row.provider_usage_value,
        spend=row.spend,
        usage_value=row.usage_value,
        cause="agrees",
    )
    return replace(line, cause=_cause(line, row, nameless))


def _cause(line: ReconciledLine, row: ReconciledMember, nameless: int) -> str:
    if line.difference == 0:
        return "agrees"
    if line.person == _UNATTRIBUTED:
        return "no_name"
    if not row.listed:
        return "not_listed"
    if abs(line.difference) <= row.unsettled:
        return "settling"
    return "no_name" if 0 < -line.difference <= nameless else "unexplained"
