"""One run's way through its windows, newest first."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.providers.errors import InvalidCredentials, ProviderError
from finora.spend.store import WindowChange, WindowRead
from finora.sync import windows
from finora.sync.ahead import Ahead
from finora.sync.asking import Asking
from finora.sync.piece import Piece, joined
from finora.sync.progress import Reporter
from finora.sync.reading import Reading
from finora.sync.storing import Storing
from finora.sync.vigil import Vigil, WatchedClock
from finora.sync.warnings import Warnings
from finora.values.period import Span, from_ms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from finora.sync.lease import Lease
    from finora.sync.models import SyncRun
    from finora.sync.reading import Found
    from finora.sync.workshop import Workshop

_NEVER = from_ms(0)


class SyncPass:
    """Reads what a run is to read.

    Attributes:
        deep: Whether all that may still be revised is read again, and not just the last two days; and whether what lies
            long before the first event known is read as well, until it is known to be empty.
        asking: The account, and the connection as it is by now.
    """

    def __init__(self, shop: Workshop, run: SyncRun, lease: Lease) -> None:
        connection = shop.connections.get(run.connection_id)
        self._shop = shop
        self._run = run
        self._habits = shop.providers[connection.provider].habits
        self._vigil = Vigil(lease, shop.clock, shop.stopping)
        self._reporter = Reporter(shop.runs, run.id, shop.clock)
        self._warnings = Warnings(shop, connection)
        self._number = connection.number
        self._earliest = shop.store.earliest(connection.number)
        self.deep = windows.is_deep(connection.last_deep_sync_at, shop.clock.now())
        self._storing = Storing[Piece, WindowChange](
            shop.aside(), before=self._vigil.renew, work=self._put, then=self._stored, join=joined
        )
        self._is_billed = shop.reconciler.has_bill(connection)
        self._events = 0
        self._coming = 0
        self._oldest = self._horizon()
        self._clock = WatchedClock(shop.clock, self._vigil)
        self.asking = Asking(shop, connection, self._clock, self._reporter.waiting)
        self._ahead = Ahead(shop, connection.id)
        self._reading = Reading(
            shop,
            asking=self.asking,
            ahead=self._ahead,
            reporter=self._reporter,
            look=self._look,
            longest=self._habits.longest_window,
        )

    def run(self) -> None:
        """Read who belongs to the account, the windows that are due, and the provider's own totals.

        Raises:
            ProviderError: The provider cannot be read on, or contradicted itself about some time; all windows that could
                be read are kept.
            ConnectionNotFound: The connection was removed meanwhile.
            SyncStopped: Finora stops.
        """
        try:
            end = windows.closed_end(self._shop.clock.now())
            todo = self._todo(end)
            total = sum((span.length for span in todo), timedelta())
            self._reporter.update(now=True, seconds_total=int(total.total_seconds()), windows_total=len(todo))
            self._read_people()
            for stretch in todo:
                self._read_stretch(stretch)
            if self._run.due:
                self._read_further_back()
                self._catch_up(end)
                self._note_beginning()
                self._reconcile()
            self._warnings.settle()
            self._shop.store.tidy()
            self._report_end()
        finally:
            self._storing.close()
            self._ahead.close(wait=not self._shop.stopping.is_set())
            self.asking.close()
        if self._reading.unreadable:
            raise self._reading.unreadable[0]

    def _todo(self, end: datetime) -> list[Span]:
        todo: list[Span] = []
        if self._run.due:
            self._oldest = self._horizon()
            todo += windows.stretches(
                self._oldest, end, self._shop.store.covered(self._number), self._again()
            )
        if self._run.start and self._run.end and self._run.start < end:
            todo.append(Span(self._run.start, min(self._run.end, end)))
        todo = windows.merged(todo)
        return [*self._known_day(todo, end), *todo] if self._run.due else todo

    def _known_day(self, todo: list[Span], end: datetime) -> list[Span]:
        """Return the day of the newest event known, where silence about time never read is about to mean something.

        The provider must first return what it returned before: all that is due may be the quiet days of a team on holiday, and an
        outage answers as they do.
        """
        recently = self._shop.clock.now() - windows.RECENT
        latest = self._shop.store.latest(self._number)
        if latest is None or latest >= recently:
            return []  # a refresh begins with the last two days anyway
        if not windows.has_gap(todo, recently, self._shop.store.covered(self._number)):
            return []
        day = windows.day_of(latest)
        return [day] if day.end <= end else []

    def _horizon(self) -> datetime:
        """Return how far back to read: all the way once a day, for a team may have paused for long, and then started again."""
        known = None if self.deep else self._earliest
        return windows.horizon(self._shop.clock.now(), self._shop.horizon_days, known)

    def _read_further_back(self) -> None:
        """Read on where what was found shows that history goes further back than it seemed when the run began.

        It does after a first sync that died early: the oldest event known is then one of the newest.
        """
        while (further := self._horizon()) < self._oldest:
            stretch, self._oldest = Span(further, self._oldest), further
            total = self._reporter.progress.seconds_total + int(stretch.length.total_seconds())
            self._reporter.update(seconds_total=total)
            self._read_stretch(stretch)

    def _again(self) -> timedelta:
        """Return how much of the past to read again: all since the last refresh at least.

        While a clock went ahead, time was read in which nothing had happened yet.
        """
        again = self._habits.revising if self.deep else windows.RECENT
        last = self.asking.connection.last_sync_at
        return again if last is None else max(again, self._shop.clock.now() - last + windows.RECENT)

    def _catch_up(self, end: datetime) -> None:
        """Read what came to pass while the run was under way, so that a long first sync ends up to date."""
        now = windows.closed_end(self._shop.clock.now())
        if now - end >= windows.WORTH_CATCHING_UP:
            self._read_stretch(Span(end, now))

    def _read_people(self) -> None:
        """Read members and teams; without them events still count, under the names known so far."""
        try:
            members = self.asking.ask(lambda account: account.members())
            teams = self.asking.ask(lambda account: account.teams()) if members else None
        except InvalidCredentials:
            raise
        except ProviderError as problem:
            self._warnings.people_unread(problem)
            return
        self._warnings.people_read()
        if members:  # an account has at least its administrator: a list of nobody is a fault
            with self._shop.connections.held_in_place(self._run.connection_id):
                self._shop.people.record(self._run.connection_id, members, teams)

    def _read_stretch(self, stretch: Span) -> None:
        try:
            with closing(self._reading.windows(stretch)) as found:
                for each in found:
                    self._store(each)
                    if self._nothing_before(each.window):
                        break
        finally:  # what was read is stored and told of, also where reading on fails
            self._storing.settle()

    def _look(self, rows: int) -> None:
        """Look around amid a window of which so many events were read: whether to go on, what was stored, who wants to know."""
        self._vigil.check()
        self._storing.look()
        self._reporter.update(events=self._events + self._coming + rows, requests=self._requests)

    @property
    def _requests(self) -> int:
        return self.asking.requests + self._ahead.requests

    def _store(self, found: Found) -> None:
        """Have a window stored while the next one is read."""
        covered = self._shop.store.covered(self._number)
        read = WindowRead(
            connection=self._number,
            run=self._run.number,
            window=found.window,
            read_at=found.read_at,
            settled_before=_latest(found.read_at, covered) - self._habits.settling,
            believe_empty_since=self._believe_empty_since(found),
        )
        if found.rows:
            first = from_ms(int(found.events.events["ts"].to_numpy().min()))
            self._earliest = min(self._earliest or first, first)
        self._coming += found.rows
        known = any(found.window.meets(each) for each in covered)
        self._storing.begin(Piece(found, read, new=found.rows > 0 and not known))

    def _put(self, piece: Piece) -> WindowChange:
        """Put a window into the store; beside the thread that reads on, so that this touches nothing of this pass.

        What is held aside comes first: once the store has the window it counts as read, and would not be read for it again.
        """
        shop, events = self._shop, piece.found.events
        with shop.connections.held_in_place(self._run.connection_id):
            shop.held.keep(self._run.connection_id, events.held)
            change = shop.store.replace_window(piece.read, events.events)
            if events.service_accounts:
                shop.store.name_service_accounts(events.service_accounts)
        return change

    def _stored(self, piece: Piece, change: WindowChange) -> None:
        self._warnings.of_window(piece.found.window, piece.found.events, change)
        self._report(piece.found, change)

    def _believe_empty_since(self, found: Found) -> datetime | None:
        """Return when a window that holds nothing must have held nothing as well, to count as read; see `WindowRead`.

        Where this run had heard of no event when it asked, although some are stored or were billed, the provider's silence says nothing.
        """
        if found.window.start >= found.read_at - windows.RECENT:
            return None  # it is read again anyway
        there_are_some = self._earliest is not None or self._is_billed
        return _NEVER if there_are_some and not found.heard else found.read_at - windows.SECOND_LOOK

    def _report(self, found: Found, change: WindowChange) -> None:
        done = self._reporter.progress
        read_on = max(done.events - self._events - self._coming, 0)
        self._events += change.after.events
        self._coming -= found.rows
        windows_done = done.windows_done + found.windows
        self._reporter.update(
            now=True,
            windows_done=windows_done,
            windows_total=windows_done + found.left,
            seconds_done=done.seconds_done + int(found.window.length.total_seconds()),
            events=self._events + self._coming + read_on,
            spend=done.spend + change.after.spend,
            usage_value=done.usage_value + change.after.usage_value,
            changed=done.changed + change.added + change.revised + change.withdrawn,
            requests=self._requests,
        )

    def _report_end(self) -> None:
        """Write that all is done; how much there would be was an estimate."""
        done = self._reporter.progress
        self._reporter.update(
            now=True,
            windows_total=done.windows_done,
            seconds_total=done.seconds_done,
            requests=self._requests,
            waiting_for="",
            waiting_until=None,
        )

    def _nothing_before(self, window: Span) -> bool:
        """Return whether so long a time before the first event was empty that there is nothing before it.

        A span that somebody asked for is read to its end in any case, and so is everything once a day.
        """
        if self.deep or self._run.start is not None or self._earliest is None:
            return False
        return window.start <= self._earliest - windows.ENOUGH_EMPTY

    def _note_beginning(self) -> None:
        """Note where history begins, if all of it lies within the time that is read."""
        now, days = self._shop.clock.now(), self._shop.horizon_days
        whole = windows.horizon(now, days, self._earliest) > windows.horizon(now, days, None)
        self._shop.connections.upkeep.history_begins(
            self._run.connection_id, self._earliest if whole else None
        )

    def _reconcile(self) -> None:
        """Compare with the provider's own totals, and bring former comparisons up to date."""
        self._compare()
        shop = self._shop
        with shop.connections.held_in_place(self._run.connection_id):
            shop.reconciler.bring_up_to_date(self.asking.connection)
        lacking = shop.reconciler.lacks_until(self.asking.connection)
        if lacking is None:
            return
        try:
            self._read_on_to(lacking)
        except InvalidCredentials:
            raise
        except ProviderError:
            return  # all that was due is read; the next refresh reads this little as well
        with shop.connections.held_in_place(self._run.connection_id):
            shop.reconciler.bring_up_to_date(self.asking.connection)

    def _compare(self) -> None:
        try:
            totals = self.asking.ask(lambda account: account.cycle_spend())
        except InvalidCredentials:
            raise
        except ProviderError as problem:
            self._warnings.totals_unread(problem)
            return
        self._warnings.totals_read()
        if totals is not None:
            with self._shop.connections.held_in_place(self._run.connection_id):
                self._shop.reconciler.record(self.asking.connection, totals, self._run.number)

    def _read_on_to(self, lacking: Span) -> None:
        """Read what came to pass until the totals were read, which they count; a window ends surely in the past."""
        early = lacking.end - windows.closed_end(self._shop.clock.now())
        if early > timedelta():
            self._clock.sleep(early.total_seconds() + 1)
        self._read_stretch(Span(lacking.start, windows.closed_end(self._shop.clock.now())))


def _latest(now: datetime, covered: Sequence[Span]) -> datetime:
    """Return the present, or what was taken for it earlier: a clock set back makes nothing young again."""
    return max(now, covered[-1].end) if covered else now
