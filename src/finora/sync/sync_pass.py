"""One run's way through its windows, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from finora.providers.base import ReadOptions, WindowTooLarge
from finora.providers.errors import InconsistentRead, InvalidCredentials
from finora.spend.store import WindowRead
from finora.sync import windows
from finora.sync.progress import Reporter
from finora.sync.warnings import warn_of
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.base import Account, WindowEvents
    from finora.spend.store import WindowChange
    from finora.sync.lease import Lease
    from finora.sync.models import SyncRun
    from finora.sync.workshop import Workshop

_T = TypeVar("_T")


class SyncPass:
    """Reads what a run is to read.

    Attributes:
        deep: Whether all that may still be revised is read again, and not just the last two days.
    """

    def __init__(self, shop: Workshop, run: SyncRun, lease: Lease) -> None:
        self._shop = shop
        self._run = run
        self._lease = lease
        self._connection = shop.connections.get(run.connection_id)
        self._provider = shop.providers[self._connection.provider]
        self._reporter = Reporter(shop.runs, run.id, shop.clock)
        self._requests_before = 0
        self._events = 0
        self._empty = timedelta()
        self._account = self._open()
        last = self._connection.last_deep_sync_at
        self.deep = last is None or shop.clock.now() - last >= windows.DEEP_EVERY

    def run(self) -> None:
        """Read who belongs to the account, the windows that are due, and the provider's own totals.

        Raises:
            ProviderError: The provider cannot be read on; all windows read so far are kept.
            ConnectionNotFound: The connection was removed meanwhile.
        """
        try:
            todo = self._todo()
            total = sum((span.length for span in todo), timedelta())
            self._reporter.update(now=True, seconds_total=int(total.total_seconds()), windows_total=len(todo))
            self._read_members()
            for stretch in todo:
                self._read_stretch(stretch)
            if self._run.due:
                self._reconcile()
            self._reporter.update(now=True, requests=self._requests, waiting_for="", waiting_until=None)
        finally:
            self._account.close()

    def _todo(self) -> list[Span]:
        now = self._shop.clock.now()
        end = windows.closed_end(now)
        todo: list[Span] = []
        if self._run.due:
            oldest = windows.horizon(now, self._shop.horizon_days, self._connection.history_start)
            again = self._provider.habits.revising if self.deep else windows.RECENT
            todo += windows.stretches(oldest, end, self._shop.store.covered(self._connection.number), again)
        if self._run.start and self._run.end and self._run.start < end:
            todo.append(Span(self._run.start, min(self._run.end, end)))
        return windows.merged(todo)

    def _read_members(self) -> None:
        members = self._asked(lambda account: account.members())
        if members is not None:
            self._shop.people.record(
                self._connection.id, members, self._asked(lambda account: account.teams())
            )

    def _read_stretch(self, stretch: Span) -> None:
        stride = windows.Stride(self._provider.habits.longest_window)
        end = stretch.end
        while end > stretch.start:
            self._lease.renew()
            window = stride.window(stretch.start, end)
            found = self._read(window, stride)
            if found is None:
                continue
            change = self._store(window, found)
            end = window.start
            stride.learn(window, found.events.num_rows)
            self._report(window, change, left=-(-(end - stretch.start) // stride.length))
            if self._nothing_before(window, found.events.num_rows):
                break

    def _read(self, window: Span, stride: windows.Stride) -> WindowEvents | None:
        """Return a window's events, or none if it has to be cut shorter first."""
        before = self._reporter.progress.events
        options = ReadOptions(
            accepted=self._shop.held.accepted(self._connection.id),
            too_many=windows.TOO_MANY,
            on_page=lambda rows: self._reporter.update(events=before + rows, requests=self._requests),
        )
        try:
            return self._asked(lambda account: account.read(window, options))
        except WindowTooLarge as large:
            if stride.cut(window, large.events):
                return None
            return self._asked(lambda account: account.read(window, replace(options, too_many=None)))
        except InconsistentRead:
            self._reporter.update(events=before)
            if stride.cut(window, 0):
                return None
            raise

    def _store(self, window: Span, found: WindowEvents) -> WindowChange:
        shop, connection = self._shop, self._connection
        now = shop.clock.now()
        read = WindowRead(
            connection=connection.number,
            run=self._run.number,
            window=window,
            read_at=now,
            settled_before=now - self._provider.habits.settling,
        )
        with shop.connections.held_in_place(connection.id):
            change = shop.store.replace_window(read, found.events)
            if found.service_accounts:
                shop.store.name_service_accounts(found.service_accounts)
            shop.held.keep(connection.id, found.held)
        warn_of(shop, connection, window, found, change)
        return change

    def _report(self, window: Span, change: WindowChange, *, left: int) -> None:
        done = self._reporter.progress
        self._events += change.after.events
        self._reporter.update(
            now=True,
            windows_done=done.windows_done + 1,
            windows_total=max(done.windows_done + 1 + left, done.windows_total if left else 0),
            seconds_done=done.seconds_done + int(window.length.total_seconds()),
            events=self._events,
            spend=done.spend + change.after.spend,
            usage_value=done.usage_value + change.after.usage_value,
            changed=done.changed + change.added + change.revised + change.withdrawn,
            requests=self._requests,
        )

    def _nothing_before(self, window: Span, events: int) -> bool:
        """Return whether so long a time was empty that the history must begin after it."""
        self._empty = timedelta() if events else self._empty + window.length
        if not self._run.due or self._empty < windows.ENOUGH_EMPTY or self._shop.store.earliest() is None:
            return False
        self._shop.connections.history_begins(self._connection.id, window.start)
        return True

    def _reconcile(self) -> None:
        totals = self._asked(lambda account: account.cycle_spend())
        if totals is not None:
            self._shop.reconciler.record(self._connection, totals)

    def _asked(self, ask: Callable[[Account], _T]) -> _T:
        """Ask the account; with a new key, if the key was replaced since it was opened."""
        if self._key_replaced():
            self._reopen()
        try:
            return ask(self._account)
        except InvalidCredentials:
            if not self._key_replaced():
                raise
            self._reopen()
            return ask(self._account)

    def _key_replaced(self) -> bool:
        current = self._shop.connections.get(self._connection.id)
        return current.credential_version != self._connection.credential_version

    def _reopen(self) -> None:
        self._account.close()
        self._requests_before += self._account.requests
        self._connection = self._shop.connections.get(self._connection.id)
        self._account = self._open()

    def _open(self) -> Account:
        line = self._shop.line(self._provider, self._reporter.waiting)
        return self._provider.open(self._shop.connections.credentials(self._connection), line)

    @property
    def _requests(self) -> int:
        return self._requests_before + self._account.requests
