"""What can go wrong with a sync itself, apart from what the provider says."""

from __future__ import annotations

from finora.errors import Conflict, NotFound


class SyncNotFound(NotFound):
    """There is no such sync run."""

    title = "No such sync"


class HeldEventNotFound(NotFound):
    """There is no such event held aside."""

    title = "No such event held aside"


class LeaseLost(Conflict):
    """Another process took over a connection's sync."""

    code = "lease_lost"
    title = "Another process took over"
