"""What became of stored events that a run was not given again: forgotten, lost with their person, or missing for no reason known.

All are kept. Only recent events that the provider took back are not: they are not told of here but as withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from finora.sync.notices import Extent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from finora.spend.store import Missing, WindowChange
    from finora.values.period import Span


class Fate(StrEnum):
    """What became of events."""

    SILENT = "silent"
    """The provider returned no event at all."""
    FORGOTTEN = "forgotten"
    """They are older than everything that it returned."""
    MEMBER_GONE = "member_gone"
    """They are of people who are no members any more."""
    SHRUNK = "shrunk"
    """They lie amid what it returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Events that are kept although they are missing at the provider."""

    extent: Extent
    usage_value: int
    people: tuple[str, ...]


@dataclass(slots=True)
class Shrinkage:
    """What one run was not given again."""

    missing: list[Missing] = field(default_factory=list)
    withdrawn: int = 0
    withdrawn_from: list[Span] = field(default_factory=list)
    earliest_returned: int | None = None
    read_from: int | None = None
    read_to: int = 0

    def take(self, window: Span, change: WindowChange, times: tuple[int, ...]) -> None:
        """Take a window into account; `times` are those of the events that were returned."""
        self.missing += change.missing
        if change.withdrawn:
            self.withdrawn += change.withdrawn
            self.withdrawn_from.append(window)
        if times:
            self.earliest_returned = min(times[0], self.earliest_returned or times[0])
        self.read_from = min(window.start_ms, self.read_from or window.start_ms)
        self.read_to = max(window.end_ms, self.read_to)

    def losses(self, gone: Collection[str]) -> Mapping[Fate, Loss]:
        """Return what became of the missing events; `gone` are those who were members and are no more."""
        by_fate: dict[Fate, list[Missing]] = {}
        for each in self.missing:
            by_fate.setdefault(self._fate(each, gone), []).append(each)
        return {fate: _together(found) for fate, found in by_fate.items()}

    def _fate(self, missing: Missing, gone: Collection[str]) -> Fate:
        if self.earliest_returned is None:
            return Fate.SILENT
        if missing.last < self.earliest_returned:
            return Fate.FORGOTTEN
        return Fate.MEMBER_GONE if missing.person in gone else Fate.SHRUNK


def _together(found: Iterable[Missing]) -> Loss:
    every = list(found)
    return Loss(
        extent=Extent(
            events=sum(each.events for each in every),
            first=min(each.first for each in every),
            last=max(each.last for each in every),
        ),
        usage_value=sum(each.usage_value for each in every),
        people=tuple(sorted({each.person for each in every})),
    )
