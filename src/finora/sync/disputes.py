"""Disputes: a cycle's lines that differ, and the clues to why that the event store and the members' list hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from finora.spend.store import SURELY_COUNTED
from finora.sync.causes import Part, explained
from finora.sync.clues import Cause, Clue, Clues
from finora.sync.windows import RECENT
from finora.values.period import to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from finora.sync.models import ReconciledMember

UNATTRIBUTED = "unattributed"
REACH = timedelta(hours=14)
"""How far a cycle's start may be from where the provider counts: UTC against local days, the farthest of which is 14 hours."""

Event = dict[str, Any]
"""A row of `EventStore.evidence`, with the event's id."""


class Whereabouts(NamedTuple):
    """Who is who among a connection's people.

    Attributes:
        members: Those the provider lists as members now; empty where it does not say.
        service_accounts: Those whose events are all a service account's.
    """

    members: frozenset[str]
    service_accounts: frozenset[str]

    def has_left(self, person: str) -> bool:
        """Return whether somebody is known to be no member."""
        return bool(self.members) and person not in self.members and person not in self.service_accounts


class Compared(Protocol):
    """A member's figures in a cycle, the provider's and Finora's, in nano-USD."""

    @property
    def provider_spend(self) -> int:
        """The provider's spend."""

    @property
    def provider_usage_value(self) -> int | None:
        """The provider's usage value; none where it does not state any."""

    @property
    def spend(self) -> int:
        """Finora's spend."""

    @property
    def usage_value(self) -> int:
        """Finora's usage value."""


def is_by_spend(figures: Compared) -> bool:
    """Return whether spend is compared, because the provider does not state usage value."""
    return figures.provider_usage_value is None


def theirs(figures: Compared) -> int:
    """Return the provider's figure that is compared: usage value where it states that, else spend."""
    stated = figures.provider_usage_value
    return figures.provider_spend if stated is None else stated


def ours(figures: Compared) -> int:
    """Return Finora's figure of what the provider's is compared by."""
    return figures.spend if is_by_spend(figures) else figures.usage_value


def difference(figures: Compared) -> int:
    """Return Finora's figure less the provider's, in nano-USD."""
    return ours(figures) - theirs(figures)


def explain(
    rows: Sequence[ReconciledMember], evidence: pa.Table, who: Whereabouts, number: int
) -> Mapping[str, tuple[Part, ...]]:
    """Return the parts of each person's difference, those that agree left out.

    Args:
        rows: A cycle's lines.
        evidence: What the event store says of those that differ; see `EventStore.evidence`.
        who: Who is a member.
        number: The connection's number, for the ids of events.
    """
    nameless = max(sum(difference(row) for row in rows if row.person == UNATTRIBUTED), 0)
    events = _by_person(evidence, number)
    found = {}
    for row in sorted(rows, key=lambda row: (difference(row), row.person)):
        gap = difference(row)
        if gap == 0:
            continue
        whole = _structural(row, gap, who)
        clues = _clues(row, events.get(row.person, ()), nameless if who.has_left(row.person) else 0)
        found[row.person] = (whole,) if whole else explained(gap, clues)
        nameless += sum(
            min(part.amount, 0) for part in found[row.person] if part.cause is Cause.REMOVED_MEMBER
        )
    return found


def _structural(row: ReconciledMember, gap: int, who: Whereabouts) -> Part | None:
    """Return what follows from who somebody is, whatever their events are."""
    if gap < 0:
        return None
    if row.person == UNATTRIBUTED:
        return Part(Cause.REMOVED_MEMBER, gap)
    if row.listed:
        return None
    if row.person in who.service_accounts:
        return Part(Cause.SERVICE_ACCOUNT, gap)
    return Part(Cause.REMOVED_MEMBER, gap) if who.has_left(row.person) else None


def _clues(row: ReconciledMember, events: Sequence[Event], nameless: int) -> Clues:
    figure = "spend" if is_by_spend(row) else "usage_value"
    start, end = to_ms(row.cycle_start), to_ms(row.read_at)
    through = to_ms(row.read_through) if row.read_through else start
    inside = [each for each in events if each["ts"] >= start]

    def clues(chosen: Iterable[Event], sign: int = 1) -> tuple[Clue, ...]:
        return tuple(Clue(each["id"], sign * each[figure]) for each in chosen)

    return Clues(
        late=clues(each for each in inside if each["added"] and each["ts"] < through),
        revised=_revised(row, figure, inside),
        unbilled=_unbilled(row, inside),
        after_start=clues(each for each in inside if each["ts"] < start + to_milliseconds(REACH)),
        before_start=clues((each for each in reversed(events) if each["ts"] < start), -1),
        newest=clues(each for each in reversed(inside) if each["ts"] >= end - to_milliseconds(RECENT)),
        nameless=nameless,
    )


def _revised(row: ReconciledMember, figure: str, inside: Sequence[Event]) -> tuple[Clue, ...]:
    """Return the revisions, and what else changed the sum: events taken back, given to somebody or taken from them."""
    if row.run is None:
        return ()
    revised = tuple(
        Clue(each["id"], each[figure] - each[f"former_{figure}"]) for each in inside if each["revised"]
    )
    added = sum(each[figure] for each in inside if each["added"])
    changed = getattr(row, figure) - getattr(row, f"first_{figure}")
    gone = changed - added - sum(clue.amount for clue in revised)
    return (*revised, Clue("", gone)) if gone else revised


def _unbilled(row: ReconciledMember, inside: Sequence[Event]) -> dict[int, tuple[Clue, ...]]:
    """Return the events that the provider's total may leave out, by billing class.

    Where spend is compared they are also those that the plan covers, which the provider's figure may hold on top.
    """
    by_spend = is_by_spend(row)
    found: dict[int, list[Clue]] = {}
    for each in inside:
        amount = each["spend"] or -each["usage_value"] if by_spend else each["usage_value"]
        if amount and each["billing"] not in SURELY_COUNTED[by_spend]:
            found.setdefault(each["billing"], []).append(Clue(each["id"], amount))
    return {billing: tuple(clues) for billing, clues in found.items()}


def _by_person(evidence: pa.Table, number: int) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for each in evidence.to_pylist():
        each["id"] = f"{number}-{each['ts']}-{each['ordinal']}"
        found.setdefault(each["person"], []).append(each)
    return found


def to_milliseconds(length: timedelta) -> int:
    """Return a length of time in whole milliseconds."""
    return length // timedelta(milliseconds=1)
