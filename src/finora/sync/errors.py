"""What can go wrong with a sync itself, apart from what the provider says."""

from __future__ import annotations

from finora.errors import BadRequest, Conflict, NotFound


class SyncNotFound(NotFound):
    """There is no such sync run."""

    title = "No such sync"


class HeldEventNotFound(NotFound):
    """There is no such event held aside."""

    title = "No such event held aside"


class NoticeNotFound(NotFound):
    """There is no such notice."""

    title = "No such notice"


class HeldEventUnreadable(BadRequest):
    """An event that cannot be read or stored cannot be accepted either."""

    code = "held_event_unreadable"
    title = "This event cannot be accepted"


class HeldEventCounted(Conflict):
    """The event was accepted and counts."""

    code = "held_event_counted"
    title = "This event was accepted already"


class LeaseLost(Conflict):
    """Another process took over a connection's sync."""

    code = "lease_lost"
    title = "Another process took over"


class SyncStopped(Exception):
    """Finora is stopping; the run is to be taken up again by the next start."""
