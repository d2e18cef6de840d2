"""Reconciliation: Finora's sums beside the provider's own, person by person, with each difference split by cause.

Differences are shown and never adjusted away. A comparison is made when the provider's totals are read, and brought up to
date with each later refresh for as long as events of its cycle may still come or be revised: Finora's sums move on, the
provider's stay as they were read, and `finora.sync.causes` says why they differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select

from finora.spend.query import Filter, Operator, SpendQuery
from finora.spend.service import Spend
from finora.spend.store import Dispute
from finora.storage.ledger import new_id
from finora.sync.causes import Part
from finora.sync.clues import Cause
from finora.sync.disputes import (
    REACH,
    Whereabouts,
    difference,
    explain,
    is_by_spend,
    ours,
    theirs,
    to_milliseconds,
)
from finora.sync.models import ReconciledMember
from finora.sync.windows import RECENT
from finora.values.period import Period, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.connections import Connection
    from finora.people import People
    from finora.providers.base import CycleSpend, MemberSpend
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

_KEPT_UP_TO_DATE = timedelta(days=40)
"""How long after the provider's totals were read a comparison moves on: longer than any provider revises."""
_NO_RUN = 2**31 - 1
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciledLine:
    """One person's figures in a cycle, in nano-USD.

    Attributes:
        listed: Whether the provider's totals have a line for them.
        parts: The difference by cause, the largest first; they add up to it exactly, and are none where it is nothing.
    """

    person: str
    name: str
    listed: bool
    provider_spend: int
    provider_usage_value: int | None
    spend: int
    usage_value: int
    parts: tuple[Part, ...]

    @property
    def theirs(self) -> int:
        """The provider's figure that is compared: usage value where it states that, else spend."""
        return theirs(self)

    @property
    def ours(self) -> int:
        """Finora's figure that is compared with it."""
        return ours(self)

    @property
    def difference(self) -> int:
        """Finora's figure less the provider's."""
        return difference(self)

    @property
    def cause(self) -> str:
        """The cause of the largest part; `agrees` where there is no difference."""
        return self.parts[0].cause if self.parts else "agrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A billing cycle's figures, the provider's as they were at `read_at` beside Finora's of the time until then."""

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
        return all(line.difference == 0 for line in self.lines)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All differences by cause, the largest first; they add up to the cycle's."""
        by_cause: dict[Cause, list[Part]] = {}
        for part in (part for line in self.lines for part in line.parts):
            by_cause.setdefault(part.cause, []).append(part)
        return _largest_first(
            Part(cause, sum(part.amount for part in parts), sum(part.events for part in parts))
            for cause, parts in by_cause.items()
        )


class Reconciler:
    """Compares the provider's totals with Finora's, keeps the comparison, and explains it.

    Args:
        ledger: Where comparisons are kept.
        store: Where the events are.
        people: Knows who is a member.
        clock: The present.
    """

    def __init__(self, ledger: Ledger, store: EventStore, people: People, clock: Clock) -> None:
        self._ledger = ledger
        self._store = store
        self._people = people
        self._clock = clock
        self._spend = Spend(store, clock)

    def record(self, connection: Connection, totals: CycleSpend, run: int) -> None:
        """Compare and keep the present cycle of a connection, as totals that a run has read say it is."""
        ours = self._figures(connection, totals.start, totals.read_at)
        covered = self._store.covered(connection.number)
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
                        run=run,
                        read_through=min(covered[-1].end, totals.read_at) if covered else totals.start,
                        person=key,
                        name=((listed.name if listed else "") or label or key)[:_LONGEST_NAME],
                        listed=listed is not None,
                        provider_spend=listed.spend if listed else 0,
                        provider_usage_value=_value(listed, totals),
                        first_spend=spend,
                        first_usage_value=value,
                        spend=spend,
                        usage_value=value,
                        parts=[],
                    )
                )

    def bring_up_to_date(self, connection: Connection) -> None:
        """Compare again what was compared, with the events there are by now, and say why figures differ."""
        since = self._clock.now() - _KEPT_UP_TO_DATE
        who = self._whereabouts(connection)
        for rows in _by_cycle(self._rows(connection.id, since)).values():
            self._move_on(connection, rows)
            parts = explain(rows, self._evidence(connection, rows), who, connection.number)
            for row in rows:
                row.parts = [_as_json(part) for part in parts.get(row.person, ())]
            with self._ledger.session() as session:
                session.add_all(rows)

    def cycles(self, connection_id: str) -> list[Reconciliation]:
        """Return the cycles compared so far, newest first, the largest differences on top."""
        by_cycle = _by_cycle(self._rows(connection_id))
        return [_cycle(start, by_cycle[start]) for start in sorted(by_cycle, reverse=True)]

    def has_bill(self, connection: Connection) -> bool:
        """Return whether the provider's totals, as they were read so far, say that anything was used."""
        stated = or_(ReconciledMember.provider_spend != 0, ReconciledMember.provider_usage_value != 0)
        found = select(ReconciledMember.id).where(ReconciledMember.connection_id == connection.id, stated)
        with self._ledger.reading() as session:
            return session.scalar(found.limit(1)) is not None

    def lacks_until(self, connection: Connection) -> Span | None:
        """Return the time that was not read when the newest totals were, if they count more than anything explains.

        Events of that time are then the likeliest cause.
        """
        newest = max(self._rows(connection.id), key=lambda row: row.read_at, default=None)
        if newest is None or newest.read_through is None or newest.read_through >= newest.read_at:
            return None
        (cycle, *_older) = self.cycles(connection.id)
        unknown = [part.amount for line in cycle.lines for part in line.parts if part.cause is Cause.UNKNOWN]
        return Span(newest.read_through, newest.read_at) if min(unknown, default=0) < 0 else None

    def forget(self, connection_id: str, session: Session) -> None:
        """Delete a connection's comparisons."""
        session.execute(delete(ReconciledMember).where(ReconciledMember.connection_id == connection_id))

    def _rows(self, connection_id: str, since: datetime | None = None) -> Sequence[ReconciledMember]:
        with self._ledger.reading() as session:
            found = select(ReconciledMember).where(ReconciledMember.connection_id == connection_id)
            if since is not None:
                found = found.where(ReconciledMember.read_at >= since)
            return session.scalars(found).all()

    def _move_on(self, connection: Connection, rows: list[ReconciledMember]) -> None:
        """Put Finora's present figures into a cycle's lines; whoever has none yet gets one."""
        known = rows[0]
        ours = self._figures(connection, known.cycle_start, known.read_at)
        for row in rows:
            _label, row.spend, row.usage_value = ours.pop(row.person, ("", 0, 0))
        by_value = not all(is_by_spend(row) for row in rows)
        rows += [
            ReconciledMember(
                id=new_id(),
                connection_id=connection.id,
                cycle_start=known.cycle_start,
                read_at=known.read_at,
                run=known.run,
                read_through=known.read_through,
                person=person,
                name=(label or person)[:_LONGEST_NAME],
                listed=False,
                provider_spend=0,
                provider_usage_value=0 if by_value else None,
                first_spend=0,
                first_usage_value=0,
                spend=spend,
                usage_value=value,
            )
            for person, (label, spend, value) in ours.items()
        ]

    def _evidence(self, connection: Connection, rows: Sequence[ReconciledMember]) -> Any:  # noqa: ANN401 - an Arrow table
        known = rows[0]
        return self._store.evidence(
            Dispute(
                connection=connection.number,
                cycle=Span(known.cycle_start, known.read_at),
                run=_NO_RUN if known.run is None else known.run,
                people=tuple(row.person for row in rows if difference(row)),
                by_spend=any(is_by_spend(row) for row in rows),
                reach_ms=to_milliseconds(REACH),
                recent_ms=to_milliseconds(RECENT),
            )
        )

    def _whereabouts(self, connection: Connection) -> Whereabouts:
        members = self._people.members_of(connection.id)
        return Whereabouts(
            members=frozenset(each.email for each in members if not each.removed),
            service_accounts=frozenset(each.key for each in self._store.actors() if each.service_account),
        )

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


def _by_cycle(rows: Iterable[ReconciledMember]) -> dict[datetime, list[ReconciledMember]]:
    found: dict[datetime, list[ReconciledMember]] = {}
    for row in rows:
        found.setdefault(row.cycle_start, []).append(row)
    return found


def _cycle(start: datetime, rows: Sequence[ReconciledMember]) -> Reconciliation:
    lines = sorted((_line(row) for row in rows), key=lambda line: (-abs(line.difference), line.person))
    return Reconciliation(cycle_start=start, read_at=rows[0].read_at, lines=tuple(lines))


def _line(row: ReconciledMember) -> ReconciledLine:
    parts = [_from_json(part) for part in row.parts]
    unknown = difference(row) - sum(part.amount for part in parts)
    if unknown:
        parts.append(Part(Cause.UNKNOWN, unknown))
    return ReconciledLine(
        person=row.person,
        name=row.name,
        listed=row.listed,
        provider_spend=row.provider_spend,
        provider_usage_value=row.provider_usage_value,
        spend=row.spend,
        usage_value=row.usage_value,
        parts=_largest_first(parts),
    )


def _largest_first(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-abs(part.amount), part.cause)))


def _as_json(part: Part) -> dict[str, Any]:
    return {
        "cause": part.cause.value,
        "amount": part.amount,
        "events": part.events,
        "examples": list(part.examples),
    }


def _from_json(stored: dict[str, Any]) -> Part:
    return Part(Cause(stored["cause"]), stored["amount"], stored["events"], tuple(stored["examples"]))
