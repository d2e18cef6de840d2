"""What a window's read gives reason to tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc

from finora.spend.event import BillingClass

if TYPE_CHECKING:
    from finora.connections import Connection
    from finora.providers.base import WindowEvents
    from finora.spend.store import WindowChange
    from finora.sync.workshop import Workshop
    from finora.values.period import Span


def warn_of(
    shop: Workshop, connection: Connection, window: Span, found: WindowEvents, change: WindowChange
) -> None:
    """Raise the notices that a window gives reason for."""
    if change.retained:
        _retained(shop, connection, window, change)
    if found.held:
        _held(shop, connection)
    unknown = _unknown_kinds(found)
    if unknown:
        names = ", ".join(f"“{name}”" for name in unknown)
        shop.notices.raise_(
            connection.id,
            "unknown_kind",
            f"{connection.name} uses a billing label Finora does not know",
            f"{names}. Its events count by what the provider says of each (chargeable or not); their billing type is “unknown”.",
        )


def _retained(shop: Workshop, connection: Connection, window: Span, change: WindowChange) -> None:
    everything = change.retained == change.before.events
    days = f"{window.start:%-d %B %Y} to {window.end:%-d %B %Y}"
    what = "no events at all" if everything else f"{change.retained:,} events fewer"
    shop.notices.raise_(
        connection.id,
        "retained",
        f"{connection.name} no longer returns all events",
        f"For {days} the provider now returns {what} than it did before. Finora keeps what it had: nothing is deleted because "
        "a provider stopped returning it.",
    )


def _held(shop: Workshop, connection: Connection) -> None:
    count = shop.held.count_open(connection.id)
    if count:
        shop.notices.raise_(
            connection.id,
            "held",
            f"{count:,} events of {connection.name} are held aside",
            "Their figures are not plausible or could not be read, so they are not part of any total. Look at them and decide.",
        )


def _unknown_kinds(found: WindowEvents) -> list[str]:
    events = found.events
    unknown = pc.equal(events["billing"], BillingClass.UNKNOWN)
    if not pc.any(unknown).as_py():
        return []
    names = pc.unique(events["kind"].filter(unknown).cast("string")).to_pylist()
    return sorted(name for name in names if name)[:5]
