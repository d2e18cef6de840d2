"""What a sync works with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    from finora.connections import Connections
    from finora.people import People
    from finora.providers.base import Line, Provider
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.sync.held import HeldEvents
    from finora.sync.notices import Notices
    from finora.sync.reconcile import Reconciler
    from finora.sync.runs import SyncRuns
    from finora.values.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The rooms and rows that a sync run works with.

    `process` tells this process from earlier ones. `line` makes the line to a provider for a run, which is told why and
    how long it waits. `aside` makes what stores a run's windows while it reads on, and `ahead` windows are read ahead meanwhile, in
    threads; at 0 they are read one after the other. `stopping` is set once Finora stops.
    """

    ledger: Ledger
    store: EventStore
    connections: Connections
    people: People
    runs: SyncRuns
    held: HeldEvents
    notices: Notices
    reconciler: Reconciler
    providers: Mapping[str, Provider]
    line: Callable[[Provider, Callable[[str, float], None]], Line]
    aside: Callable[[], Executor]
    ahead: int
    clock: Clock
    horizon_days: int
    process: str
    stopping: threading.Event = field(default_factory=threading.Event)
