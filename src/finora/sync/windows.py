"""What to read, and in which steps: pure arithmetic over spans.

A refresh reads the recent past again, because costs get revised, and all that was never read. Work is then cut into
closed windows, newest first, whose length follows how many events they hold: the first is a day, so that figures are
on the screen within seconds, later ones grow to the longest a provider allows or shrink where a team is busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.values.interval import DAY_MS
from finora.values.period import Span, from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LAG = timedelta(seconds=10)
"""How far in the past a window ends at the latest, for clocks that differ a little."""
RECENT = timedelta(hours=48)
"""What every refresh reads again."""
DEEP_EVERY = timedelta(days=1)
"""How often a refresh reads all again that may still be revised, and looks for events long before the first one known."""
ENOUGH_EMPTY = timedelta(days=90)
"""How long before the first event known the other refreshes look for more."""
SECOND_LOOK = timedelta(hours=20)
"""How much later a window that held nothing must hold nothing once more, before it counts as read."""
WORTH_CATCHING_UP = timedelta(minutes=5)
"""A run that took longer reads at its end what came to pass meanwhile."""

_FIRST = timedelta(days=1)
_SHORTEST = timedelta(minutes=1)
_TARGET = 40_000
TOO_MANY = 3 * _TARGET
"""Events beyond which a window is cut before it is read."""


def closed_end(now: datetime) -> datetime:
    """Return where the newest window ends: a whole second, surely in the past."""
    return (now - LAG).replace(microsecond=0)


def horizon(now: datetime, days: int, earliest: datetime | None) -> datetime:
    """Return how far back to read, from a midnight UTC: so many days, but not long before the first event known."""
    first = _midnight(now - timedelta(days=days))
    return first if earliest is None else max(first, _midnight(earliest - ENOUGH_EMPTY))


def is_deep(last: datetime | None, now: datetime) -> bool:
    """Return whether it is time to read all again that may still be revised; surely so where the clock was set back."""
    return last is None or not timedelta() <= now - last < DEEP_EVERY


def stretches(oldest: datetime, end: datetime, covered: Sequence[Span], again: timedelta) -> list[Span]:
    """Return the spans to read, newest first: the last `again` of the time covered, and all that is not covered.

    What is read again begins at midnight UTC: the types of events are told by the counts of whole days, and half a day
    read alone would have them told differently.

    Args:
        oldest: Where history begins.
        end: Where the newest window ends.
        covered: What was read before, in order, merged.
        again: How much of the recent past to read again.
    """
    if end <= oldest:
        return []
    wanted = [Span(max(oldest, _midnight(end - again)), end)] if covered else []
    position = oldest
    for span in covered:
        if span.start > position:
            wanted.append(Span(position, min(span.start, end)))
        position = max(position, span.end)
        if position >= end:
            break
    if position < end:
        wanted.append(Span(position, end))
    return merged(wanted)


def has_gap(spans: Sequence[Span], until: datetime, covered: Sequence[Span]) -> bool:
    """Return whether anything in spans, as far as a moment, was never read; `covered` is in order, merged."""
    return any(
        span.start < min(span.end, until)
        and not any(done.start <= span.start and min(span.end, until) <= done.end for done in covered)
        for span in spans
    )


def day_of(moment: datetime) -> Span:
    """Return the day of UTC that a moment lies in."""
    return Span(_midnight(moment), _midnight(moment) + timedelta(days=1))


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans merged where they meet, newest first."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(span.end, result[-1].end))
        else:
            result.append(span)
    return result[::-1]


@dataclass(slots=True)
class Stride:
    """How long the next window is, learned from the ones before.

    Attributes:
        longest: The longest a window may be.
        length: How long the next one is.
        grows: Whether it is still growing, because so far windows held far fewer events than they may.
    """

    longest: timedelta
    length: timedelta = _FIRST
    grows: bool = True

    def window(self, start: datetime, end: datetime) -> Span:
        """Return the newest window of what is left between two moments.

        Windows of a day or more begin at midnight UTC, as the provider's daily counts do.
        """
        first = end - self.length
        if self.length >= timedelta(days=1):
            midnight = from_ms(-(-to_ms(first) // DAY_MS) * DAY_MS)
            first = midnight if midnight < end else first
        return Span(max(start, first), end)

    def learn(self, window: Span, events: int) -> None:
        """Take a window's number of events into account."""
        fitting = window.length * (_TARGET / max(events, 1))
        bounded = min(max(fitting, window.length / 4), window.length * 4)
        self.grows = bounded < min(fitting, self.longest)
        self.length = _whole_seconds(min(max(bounded, _SHORTEST), self.longest))

    def cut(self, window: Span, events: int) -> bool:
        """Shorten the stride for a window that holds too many events, or cannot be read whole (`events` is 0).

        Returns:
            Whether a shorter window makes sense.
        """
        share = _TARGET / events if events else 0.5
        shorter = max(window.length * min(share, 0.5), _SHORTEST)
        if shorter >= window.length:
            return False
        self.length = _whole_seconds(shorter)
        self.grows = self.grows and not events
        return True


def _midnight(moment: datetime) -> datetime:
    return from_ms(to_ms(moment) // DAY_MS * DAY_MS)


def _whole_seconds(length: timedelta) -> timedelta:
    return timedelta(seconds=length // timedelta(seconds=1))
