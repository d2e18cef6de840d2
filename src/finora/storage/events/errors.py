"""What can be wrong with an event store, whichever engine it is on."""

from __future__ import annotations

from finora.errors import StorageError


class EventsBusy(StorageError):
    """Another process holds the file."""

    code = "events_busy"
    title = "The event store is in use"


class EventsDamaged(StorageError):
    """The file is not an event store, or is broken."""

    code = "events_damaged"
    title = "The event store is damaged"


class EventsHalfMoved(StorageError):
    """A move into the store was begun and is not over."""

    code = "events_half_moved"
    title = "The event store was moved in part only"


class EventsTooNew(StorageError):
    """A newer Finora wrote the file."""

    code = "events_too_new"
    title = "The event store is from a newer version"


class EventsUnusable(StorageError):
    """The file cannot be read or written, for lack of rights or space."""

    code = "events_unusable"
    title = "The event store cannot be used"


class EventsByOtherDays(StorageError):
    """The roll-ups that several processes share are by the days of another time zone, or of another version of Finora."""

    code = "events_by_other_days"
    title = "The event store is summed by other days"


class EventsTooLarge(StorageError):
    """A question needs more memory than the event store may use."""

    code = "events_too_large"
    title = "The question is too large"
