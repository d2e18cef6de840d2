"""Reading a stretch window by window, newest first, while older windows of it are read ahead.

The next windows are planned from the start of the present one, once their length is learned: as long as windows still grow, few of
them are left, and reading short ones ahead would only make more. Each window is handed over in its turn, as if it had been
read just then. One that has to be cut leaves a gap before those read ahead, which is filled first; they stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from finora.providers.base import ReadOptions, WindowEvents, WindowTooLarge
from finora.providers.errors import InconsistentRead
from finora.sync import windows
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime, timedelta

    from finora.sync.ahead import Ahead, Coming, Read
    from finora.sync.asking import Asking
    from finora.sync.progress import Reporter
    from finora.sync.workshop import Workshop

_MOST_UNREADABLE = 20
_LOOK_EVERY = 0.25
"""Seconds of the machine's time between two looks around while another thread reads what the run waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A window as it was read.

    Attributes:
        window: What was read.
        events: What it holds.
        read_at: When it had been read.
        heard: Whether the run had heard of any event before this window was begun.
        left: About how many windows are left of the stretch.
        windows: How many windows it is made of.
    """

    window: Span
    events: WindowEvents
    read_at: datetime
    heard: bool
    left: int
    windows: int = 1

    @property
    def rows(self) -> int:
        """How many events it holds."""
        return int(self.events.events.num_rows)

    def with_older(self, older: Found) -> Found:
        """Return this window and the one that ends where it starts as one, as if they had been read together."""
        newer, events = self.events, older.events
        return Found(
            window=Span(older.window.start, self.window.end),
            events=WindowEvents(
                events=pa.concat_tables([newer.events, events.events]),
                held=newer.held + events.held,
                service_accounts={**events.service_accounts, **newer.service_accounts},
                untyped=newer.untyped or events.untyped,
            ),
            read_at=min(self.read_at, older.read_at),
            heard=self.heard,
            left=older.left,
            windows=self.windows + older.windows,
        )


@dataclass(slots=True)
class _Way:
    """How far a stretch is read.

    Attributes:
        end: Where the next window ends.
        present: Where the window starts that is being read.
    """

    stretch: Span
    stride: windows.Stride
    end: datetime
    present: datetime


class Reading:
    """Reads a run's windows.

    Args:
        shop: What the run works with.
        asking: The run's own account.
        ahead: Reads older windows meanwhile.
        reporter: Told what the window that is wanted waits for.
        look: Told how many events were read of that window so far, before it, at every page and while it is waited for. What it
            raises ends the reading.
        longest: The longest a window may be.

    Attributes:
        unreadable: Why windows were left out.
    """

    def __init__(
        self,
        shop: Workshop,
        *,
        asking: Asking,
        ahead: Ahead,
        reporter: Reporter,
        look: Callable[[int], None],
        longest: timedelta,
    ) -> None:
        self._shop = shop
        self._asking = asking
        self._ahead = ahead
        self._reporter = reporter
        self._look = look
        self._longest = longest
        self._heard = False
        self.unreadable: list[InconsistentRead] = []

    def windows(self, stretch: Span) -> Generator[Found]:
        """Yield the windows of a stretch, newest first; close this once no more are wanted.

        Raises:
            ProviderError: The provider cannot be read on.
        """
        way = _Way(stretch, windows.Stride(self._longest), stretch.end, stretch.end)
        try:
            while way.end > stretch.start:
                self._look(0)
                found = self._next(way)
                if found is not None:
                    yield found
        finally:
            self._ahead.drop()

    def _next(self, way: _Way) -> Found | None:
        """Return the next window of a stretch, or none if it has to be cut shorter first or was left out."""
        coming, older = self._ahead.take(way.end), self._ahead.newest
        heard = coming.heard if coming else self._heard
        window = coming.window if coming else self._planned(way, older)
        way.present = window.start
        try:
            read = self._read(way, window, coming)
        except InconsistentRead as problem:
            self._skip(problem)
            way.end = window.start
            return None
        if read is None:
            return None
        events, read_at = read
        way.end = window.start
        if (
            coming or older is None or window.start > older.end
        ):  # what ends a gap is as long as was left, not as it may be
            way.stride.learn(window, events.events.num_rows)
        self._heard = self._heard or events.events.num_rows > 0
        left = -(-(way.end - way.stretch.start) // way.stride.length)
        return Found(window=window, events=events, read_at=read_at, heard=heard, left=left)

    def _planned(self, way: _Way, older: Span | None) -> Span:
        return way.stride.window(older.end if older else way.stretch.start, way.end)

    def _read(self, way: _Way, window: Span, coming: Coming | None) -> Read | None:
        """Return what a window holds and when it was read, or none if it has to be cut shorter first."""
        try:
            read = self._await(way, coming) if coming else None
            return read or self._ask(way, window, windows.TOO_MANY)
        except WindowTooLarge as large:
            if way.stride.cut(window, large.events):
                return None
            return self._ask(way, window, None)
        except InconsistentRead:
            self._look(0)
            if way.stride.cut(window, 0):
                return None
            raise

    def _ask(self, way: _Way, window: Span, too_many: int | None) -> Read:
        """Read a window in this thread."""

        def on_page(rows: int) -> None:
            self._look(rows)
            self._go_ahead(way)

        options = ReadOptions(accepted=self._accepted(), too_many=too_many, on_page=on_page)
        events = self._asking.ask(lambda account: account.read(window, options))
        return events, self._shop.clock.now()

    def _await(self, way: _Way, coming: Coming) -> Read | None:
        """Wait for a window that another thread reads; none if it failed to, so that this one has to."""
        self._go_ahead(way)
        while not coming.is_done(_LOOK_EVERY):
            self._look(coming.rows)
            self._reporter.waiting_until(*coming.waits)
        self._reporter.waiting_until("", None)
        if isinstance(coming.problem, WindowTooLarge | InconsistentRead):
            raise coming.problem
        return coming.read

    def _go_ahead(self, way: _Way) -> None:
        """Begin to read older windows, as many as there is room for."""
        while self._ahead.has_room and not way.stride.grows:
            oldest = self._ahead.oldest
            end = oldest.start if oldest else way.present
            if end <= way.stretch.start:
                return
            window = way.stride.window(way.stretch.start, end)
            options = ReadOptions(accepted=self._accepted(), too_many=windows.TOO_MANY)
            self._ahead.begin(window, options, heard=self._heard)

    def _accepted(self) -> frozenset[str]:
        return self._shop.held.accepted(self._asking.connection.id)

    def _skip(self, problem: InconsistentRead) -> None:
        """Leave out a window that cannot be read whole: what is around it counts, and the next run tries it again."""
        self.unreadable.append(problem)
        if len(self.unreadable) >= _MOST_UNREADABLE:
            raise problem
