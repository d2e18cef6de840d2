"""What can be wrong with a ClickHouse, in words for the person who runs Finora."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from clickhouse_connect.driver.exceptions import Error, OperationalError, ProgrammingError
from urllib3.exceptions import HTTPError

from finora.storage.events.errors import EventsBusy, EventsDamaged, EventsTooLarge, EventsUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.errors import StorageError
    from finora.storage.events.clickhouse.address import Address


@contextmanager
def troubles_told(address: Address) -> Iterator[None]:
    """Turn the engine's and the network's own errors about the store as a whole into ours; let all others through."""
    try:
        yield
    except (Error, HTTPError, OSError) as problem:
        told = _told(problem, address.place)
        if told is None:
            raise
        raise told from problem


def _told(problem: Exception, place: str) -> StorageError | None:
    code = getattr(problem, "code", None)
    for codes, case, message in _CASES:
        if code in codes:
            return case(message.format(place=place))
    if isinstance(problem, ProgrammingError) and "Unable to open the chdb engine" in str(problem):
        return EventsBusy(_NOT_OPENED.format(place=place))
    if code is None and isinstance(problem, OperationalError | HTTPError | OSError):
        return EventsUnusable(_UNREACHABLE.format(place=place, why=_cause(problem)))
    return None


def _cause(problem: BaseException) -> str:
    """Return the innermost cause, which says most and holds no address."""
    while (inner := problem.__cause__ or problem.__context__) is not None:
        problem = inner
    return type(problem).__name__


_UNREACHABLE = (
    "The event store at {place} does not answer ({why}). Check FINORA_EVENTS_URL, that ClickHouse runs there, that its HTTP interface listens on "
    "that port (8123, or 8443 with clickhouses://), and the network in between; Finora goes on by itself when it answers."
)
_NOT_OPENED = (
    "The embedded ClickHouse in {place} did not open. Another process holds it, most likely a running “finora serve”; or this "
    "one has opened another folder already."
)
_CASES: tuple[tuple[set[int], type[StorageError], str], ...] = (
    (
        {192, 193, 194, 516},
        EventsUnusable,
        (
            "The event store at {place} refuses the user name or the password in FINORA_EVENTS_URL. Set those of a user who may "
            "create tables, read and write there."
        ),
    ),
    (
        {81},
        EventsUnusable,
        "The database of {place} does not exist. Create it (CREATE DATABASE), or name another in FINORA_EVENTS_URL.",
    ),
    (
        {164, 497, 291},
        EventsUnusable,
        (
            "The event store at {place} refuses something to the user in FINORA_EVENTS_URL. Grant the rights on the database: "
            "SELECT, INSERT, ALTER, CREATE TABLE, and KILL QUERY on its own questions."
        ),
    ),
    (
        {241, 173},
        EventsTooLarge,
        "This needs more memory than the event store may use. Ask for a shorter period.",
    ),
    (
        {158, 159, 160, 307, 396},
        EventsTooLarge,
        "This takes longer, or reads more, than the event store allows. Ask for a shorter period.",
    ),
    (
        {202, 252, 473},
        EventsBusy,
        "The event store at {place} has too much to do. What was asked was not done; it is tried again, or ask again.",
    ),
    (
        {243},
        EventsUnusable,
        "There is no space left for the event store at {place}. Free some; what was stored is safe.",
    ),
    (
        {225, 242, 319, 999},
        EventsUnusable,
        (
            "The event store at {place} cannot be written: its tables are read-only, which is so when its Keeper does not answer. "
            "What was stored is safe."
        ),
    ),
    (
        {40, 228, 246},
        EventsDamaged,
        (
            "The event store at {place} says that some of its files are damaged. Look into the server's log; restore the database, or "
            "let Finora read the provider's history into an empty one."
        ),
    ),
)
"""The engine's own numbers, what they are for us, and what to do."""
