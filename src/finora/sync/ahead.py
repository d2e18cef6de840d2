"""Reading windows ahead in threads of their own, with an account each at the provider.

A provider that takes seconds for an answer, asked one thing at a time, is asked far less often than it allows. What these threads ask
comes behind what the run itself waits for (`Pace.wait_for`), and a wait that the provider tells one of them holds for all.

Nothing is decided here and nothing is written: what was read waits until the run comes to its window, and tells and stores
it as if it had been read then. Where that fails, for whatever reason, the run reads the window itself.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.sync.asking import Asking
from finora.sync.vigil import WatchedClock

if TYPE_CHECKING:
    from datetime import datetime

    from finora.providers.base import ReadOptions, WindowEvents
    from finora.sync.workshop import Workshop
    from finora.values.period import Span

    Read = tuple[WindowEvents, datetime]

AHEAD = 3
"""Windows read ahead. With the one that is wanted they are four at a time: answers that take five seconds are then 48 requests a minute,
about the pace that Cursor is asked at. More would only be more windows in memory."""


class _Dropped(Exception):
    """What is being read is not wanted any more."""


@dataclass(eq=False)
class Coming:
    """A window that is read ahead.

    Attributes:
        window: What is read.
        heard: Whether the run had heard of any event when this was begun.
        behind: How many windows are wanted before this one.
        rows: How many events were read so far.
        waits: Why and until when its thread waits; an empty reason where it does not.
        dropped: Whether it is not wanted any more.
        read: What was read.
        problem: Why it could not be read.
    """

    window: Span
    heard: bool
    behind: int = 0
    rows: int = 0
    waits: tuple[str, datetime | None] = ("", None)
    dropped: bool = False
    read: Read | None = None
    problem: BaseException | None = None
    _done: threading.Event = field(default_factory=threading.Event)

    def place(self) -> int:
        """Return how many windows are wanted before this one.

        Raises:
            _Dropped: It is not wanted any more.
        """
        if self.dropped:
            raise _Dropped
        return self.behind

    def read_on(self, rows: int) -> None:
        """Note how many events were read so far; see `place`."""
        self.rows = rows
        self.place()

    def is_done(self, within: float) -> bool:
        """Return whether it was read, or could not be, within so many seconds of the machine's time."""
        return self._done.wait(within)

    def done(self, read: Read | None, problem: BaseException | None) -> None:
        """Note what became of it."""
        self.read, self.problem = read, problem
        self._done.set()


class Ahead:
    """The windows of one stretch that are read ahead, newest first.

    All but the reading itself is done in the run's thread. The threads do not keep Finora from ending while they wait for an answer.

    Args:
        shop: What the run works with, and how many windows may be read ahead.
        connection_id: Whose account is asked.
    """

    def __init__(self, shop: Workshop, connection_id: str) -> None:
        self._shop = shop
        self._connection_id = connection_id
        self._threads: list[threading.Thread] = []
        self._taken: Coming | None = None
        self._coming: deque[Coming] = deque()
        self._readers: list[_Reader] = []
        self._idle: deque[_Reader] = deque()

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return sum(reader.asking.requests for reader in self._readers)

    @property
    def has_room(self) -> bool:
        """Whether one more window may be read ahead."""
        return len(self._coming) < self._shop.ahead

    @property
    def newest(self) -> Span | None:
        """The newest window that is read ahead and was not taken; none where there are none."""
        return self._coming[0].window if self._coming else None

    @property
    def oldest(self) -> Span | None:
        """The oldest window that is read ahead; see `newest`."""
        return self._coming[-1].window if self._coming else None

    def begin(self, window: Span, options: ReadOptions, *, heard: bool) -> None:
        """Begin to read one more window, the next older one."""
        coming = Coming(window, heard, behind=len(self._coming) + 1)
        wanted = replace(options, on_page=coming.read_on)
        thread = threading.Thread(
            target=self._read, args=(coming, wanted), name="finora-reading", daemon=True
        )
        self._coming.append(coming)
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def take(self, end: datetime) -> Coming | None:
        """Return the window that ends then, if it is being read ahead; the run waits for it from now on."""
        if not self._coming or self._coming[0].window.end != end:
            return None
        self._taken = self._coming.popleft()
        for behind, coming in enumerate((self._taken, *self._coming)):
            coming.behind = behind
        return self._taken

    def drop(self) -> None:
        """Let go of all windows that are being read ahead: nothing more is asked for them than is being asked now."""
        for coming in (*self._coming, *([self._taken] if self._taken else [])):
            coming.dropped = True
        self._coming.clear()

    def close(self, *, wait: bool) -> None:
        """Let go of the threads and of the accounts.

        Args:
            wait: Whether each thread first gets the answer it waits for; a Finora that stops has no time for that, and they write
                nothing.
        """
        self.drop()
        for thread in self._threads if wait else ():
            thread.join()
        for reader in self._readers:
            reader.asking.close()

    def _read(self, coming: Coming, options: ReadOptions) -> None:
        """Read a window; in one of the threads."""
        try:
            coming.done(self._read_with_account(coming, options), None)
        except BaseException as problem:  # noqa: BLE001 - the run reads the window itself, and meets what there is to meet
            coming.done(None, problem)

    def _read_with_account(self, coming: Coming, options: ReadOptions) -> Read:
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = _Reader(self._shop, self._connection_id, coming)
            self._readers.append(reader)
        try:
            return reader.read(coming, options)
        finally:
            self._idle.append(reader)


class _Reader:
    """The account that one thread reads with; its waits end once what it reads is not wanted any more."""

    def __init__(self, shop: Workshop, connection_id: str, coming: Coming) -> None:
        self._clock = shop.clock
        self._coming = coming
        connection = shop.connections.get(connection_id)
        self.asking = Asking(shop, connection, WatchedClock(shop.clock, self), self._waits, self._behind)

    def read(self, coming: Coming, options: ReadOptions) -> Read:
        """Return a window's events, and when they were read; see `Account.read`."""
        self._coming = coming
        coming.place()
        found = self.asking.ask(lambda account: account.read(coming.window, options))
        return found, self._clock.now()

    def check(self) -> None:
        """See that what is read is still wanted; see `Coming.place`."""
        self._coming.place()

    def _behind(self) -> int:
        return self._coming.place()

    def _waits(self, reason: str, seconds: float) -> None:
        until = self._clock.now() + timedelta(seconds=seconds) if reason else None
        self._coming.waits = (reason, until)
