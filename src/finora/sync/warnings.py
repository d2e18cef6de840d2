"""What a run gives reason to tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from finora.spend.event import BillingClass
from finora.sync.shrinkage import Fate, Loss, Shrinkage
from finora.values.money import usd_display
from finora.values.period import from_ms

if TYPE_CHECKING:
    from finora.connections import Connection
    from finora.providers.base import WindowEvents
    from finora.providers.errors import ProviderError
    from finora.spend.store import WindowChange
    from finora.sync.workshop import Workshop
    from finora.values.period import Span


_MOST_NAMED = 5
_FATES = {
    Fate.SILENT: (
        "{name} returned no events at all",
        "Finora keeps what it has of this time: {worth}, {days}. An outage looks like this; the next refresh asks again.",
    ),
    Fate.FORGOTTEN: (
        "{name} forgets old events",
        (
            "It no longer returns {worth}, {days}, nor anything older. Finora keeps them: a provider that forgets deletes "
            "nothing here. Make backups, for they cannot be read again."
        ),
    ),
    Fate.MEMBER_GONE: (
        "{name} no longer returns events of people who left",
        "Missing are {worth}, {days}, of {people}. Finora keeps them, under their names.",
    ),
    Fate.SHRUNK: (
        "{name} returned fewer events than before",
        (
            "Missing are {worth}, {days}. They are too old to be taken back, so Finora keeps them; what was returned took the "
            "place of what was held."
        ),
    ),
}
"""What became of missing events: what happened, and what that means."""


class Warnings:
    """Raises the notices of one run, and takes back those that no longer hold."""

    def __init__(self, shop: Workshop, connection: Connection) -> None:
        self._notices = shop.notices
        self._held = shop.held
        self._id = connection.id
        self._name = connection.name
        self._people = shop.people
        self._untyped = False
        self._shrinkage = Shrinkage()

    def of_window(self, window: Span, found: WindowEvents, change: WindowChange) -> None:
        """Raise the notices that a window gives reason for."""
        self._shrinkage.take(window, change, _edges(found))
        if found.untyped:
            self._untyped = True
            self._raise(
                "untyped",
                f"Types of {self._name}'s events could not be told",
                f"The counts that tell chat from agent could not be read ({found.untyped}) Spend is complete; the types of some "
                "events are unknown until the next refresh.",
            )
        unknown = _unknown_kinds(found)
        if unknown:
            names = ", ".join(f"“{name}”" for name in unknown)
            self._raise(
                "unknown_kind",
                f"{self._name} uses a billing label Finora does not know",
                f"{names}. Its events count by what the provider says of each (chargeable or not); their billing type is "
                "“unknown”.",
            )

    def settle(self) -> None:
        """Bring the notices that stand for a state up to that state, at the end of a run."""
        if not self._untyped:
            self._notices.clear(self._id, "untyped")
        self._tell_losses()
        self._tell_withdrawn()
        count = self._held.count_open(self._id)
        if count:
            self._raise(
                "held",
                f"{count:,} {'event' if count == 1 else 'events'} of {self._name} held aside",
                "Their figures are not plausible or could not be read, so they are not part of any total. Look at them and "
                "decide.",
            )
        else:
            self._notices.clear(self._id, "held")

    def people_unread(self, problem: ProviderError) -> None:
        """Say that members or teams could not be read."""
        self._raise(
            "people",
            f"Members of {self._name} could not be read",
            f"{problem.message} Spend is complete; names and teams stay as they were last known.",
        )

    def people_read(self) -> None:
        """Take back that members could not be read."""
        self._notices.clear(self._id, "people")

    def totals_unread(self, problem: ProviderError) -> None:
        """Say that the provider's own totals could not be read."""
        self._raise(
            "totals",
            f"{self._name}'s own totals could not be read",
            f"{problem.message} Spend is complete; it could not be compared with what the provider bills this time.",
        )

    def totals_read(self) -> None:
        """Take back that the totals could not be read."""
        self._notices.clear(self._id, "totals")

    def _tell_losses(self) -> None:
        """Tell what the provider no longer returns, and take back what it returns again."""
        seen = self._shrinkage
        losses = seen.losses({each.email for each in self._people.members_of(self._id) if each.removed})
        for fate in Fate:
            loss = losses.get(fate)
            if loss is not None:
                title, text = self._told(fate, loss)
                self._notices.tell(self._id, fate, title, text, loss.extent, once=fate is not Fate.SHRUNK)
            elif seen.read_from is not None:
                missing = [each.extent for each in losses.values()]
                self._notices.settle(self._id, fate, (seen.read_from, seen.read_to), missing)

    def _told(self, fate: Fate, loss: Loss) -> tuple[str, str]:
        events = f"{loss.extent.events:,} {'event' if loss.extent.events == 1 else 'events'}"
        worth = f"{events} of {usd_display(loss.usage_value)} usage value"
        days = _days(loss.extent.first, loss.extent.last)
        title, text = _FATES[fate]
        told = text.format(worth=worth, days=days, people=_named(loss.people))
        return title.format(name=self._name), told

    def _tell_withdrawn(self) -> None:
        seen = self._shrinkage
        if not seen.withdrawn:
            return
        events = f"{seen.withdrawn:,} recent {'event' if seen.withdrawn == 1 else 'events'}"
        first = min(window.start_ms for window in seen.withdrawn_from)
        last = max(window.end_ms for window in seen.withdrawn_from) - 1
        self._raise(
            "withdrawn",
            f"{self._name} took events back",
            f"{events}, read before, came back no more {_days(first, last)}. Recent events may still be taken back, so these "
            "no longer count; the revisions show by how much figures changed.",
        )

    def _raise(self, kind: str, title: str, text: str) -> None:
        self._notices.raise_(self._id, kind, title, text)


def _edges(found: WindowEvents) -> tuple[int, ...]:
    """Return the times of the oldest and the newest event that was returned; none where none was."""
    if not found.events.num_rows:
        return ()
    times = found.events["ts"].to_numpy()
    return int(times.min()), int(times.max())


def _days(first: int, last: int) -> str:
    start, end = from_ms(first), from_ms(last)
    if start.date() == end.date():
        return f"on {start:%-d %B %Y}"
    return f"from {start:%-d %B %Y} to {end:%-d %B %Y}"


def _named(people: tuple[str, ...]) -> str:
    shown = ", ".join(people[:_MOST_NAMED])
    return shown if len(people) <= _MOST_NAMED else f"{shown} and {len(people) - _MOST_NAMED} more"


def _unknown_kinds(found: WindowEvents) -> list[str]:
    events = found.events
    unknown = pc.equal(events["billing"], BillingClass.UNKNOWN)
    if not pc.any(unknown).as_py():
        return []
    names = pc.unique(events["kind"].filter(unknown).cast("string")).to_pylist()
    return sorted(name for name in names if name)[:5]
