"""What was read from the providers and what was not, so that nothing unread is ever shown as nothing spent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from finora.connections import Connection
from finora.spend.store import EventStore
from finora.values.period import Span

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Extent(StrEnum):
    """How much of a stretch of time was read."""

    WHOLE = "whole"
    PART = "part"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The stretches read of each connection.

    Attributes:
        present: Of those that are connected.
        former: Of those that were removed and whose history is kept.
    """

    present: tuple[tuple[Span, ...], ...] = ()
    former: tuple[tuple[Span, ...], ...] = ()

    @property
    def through(self) -> datetime | None:
        """How far the data of every connection reaches; none while one of them has none."""
        if not self.present or not all(self.present):
            return None
        return min(spans[-1].end for spans in self.present)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever read."""
        return not any(self.present) and not any(self.former)

    def extent(self, start: datetime, end: datetime) -> Extent:
        """Return how much of the time between two moments was read."""
        if end <= start:
            return Extent.WHOLE
        if self.present and all(_holds(spans, start, end) for spans in self.present):
            return Extent.WHOLE
        if not self.present and any(_holds(spans, start, end) for spans in self.former):
            return Extent.WHOLE
        touched = any(_touches(spans, start, end) for spans in (*self.present, *self.former))
        return Extent.PART if touched else Extent.NOTHING


class Coverages:
    """Knows what was read, and asks the store only when its data changed.

    Args:
        store: Where events are kept.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._known: tuple[int, dict[int, tuple[Span, ...]]] = (-1, {})

    def of(self, connections: Iterable[Connection]) -> Coverage:
        """Return what was read, given the connections that are connected."""
        spans = self._spans()
        present = {each.number: each for each in connections}
        return Coverage(
            present=tuple(_known_since(each, spans.get(each.number, ())) for each in present.values()),
            former=tuple(read for number, read in spans.items() if number not in present),
        )

    def spans(self, number: int) -> tuple[Span, ...]:
        """Return the stretches read of one connection, in order."""
        return self._spans().get(number, ())

    def _spans(self) -> dict[int, tuple[Span, ...]]:
        version, spans = self._known
        current = self._store.version()
        if version != current:
            spans = {number: tuple(self._store.covered(number)) for number in self._store.connections()}
            self._known = (current, spans)
        return spans


def _known_since(connection: Connection, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return spans with the time before a history's beginning, of which nothing is to be read."""
    if connection.history_start is None or not spans:
        return spans
    first, *others = spans
    if first.start <= connection.history_start:
        return (Span(_BEGINNING, first.end), *others)
    return (Span(_BEGINNING, connection.history_start), *spans)


def _holds(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(span.start <= start and end <= span.end for span in spans)


def _touches(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(span.start < end and start < span.end for span in spans)
