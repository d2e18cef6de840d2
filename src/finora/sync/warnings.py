"""What a run gives reason to tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from finora.spend.event import BillingClass

if TYPE_CHECKING:
    from finora.connections import Connection
    from finora.providers.base import WindowEvents
    from finora.providers.errors import ProviderError
    from finora.spend.store import WindowChange
    from finora.sync.workshop import Workshop
    from finora.values.period import Span


class Warnings:
    """Raises the notices of one run, and takes back those that no longer hold."""

    def __init__(self, shop: Workshop, connection: Connection) -> None:
        self._notices = shop.notices
        self._held = shop.held
        self._id = connection.id
        self._name = connection.name
        self._untyped = False

    def of_window(self, window: Span, found: WindowEvents, change: WindowChange) -> None:
        """Raise the notices that a window gives reason for."""
        if change.retained:
            self._retained(window, change)
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

    def _retained(self, window: Span, change: WindowChange) -> None:
        everything = change.retained == change.before.events
        days = f"{window.start:%-d %B %Y} to {window.end:%-d %B %Y}"
        lacks = f"{change.retained:,} {'event' if change.retained == 1 else 'events'} fewer than before"
        self._raise(
            "retained",
            f"{self._name} no longer returns all events",
            f"For {days} the provider now returns {'no events at all' if everything else lacks}. Finora keeps what it had: "
            "nothing is deleted because a provider stopped returning it.",
        )

    def _raise(self, kind: str, title: str, text: str) -> None:
        self._notices.raise_(self._id, kind, title, text)


def _unknown_kinds(found: WindowEvents) -> list[str]:
    events = found.events
    unknown = pc.equal(events["billing"], BillingClass.UNKNOWN)
    if not pc.any(unknown).as_py():
        return []
    names = pc.unique(events["kind"].filter(unknown).cast("string")).to_pylist()
    return sorted(name for name in names if name)[:5]
