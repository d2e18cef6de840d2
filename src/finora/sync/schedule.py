"""The schedule: refreshes what is due, and starts at once what is asked for."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.errors import FinoraError
from finora.sync.errors import SyncNotFound

if TYPE_CHECKING:
    from finora.connections import Connections
    from finora.sync.models import SyncRun
    from finora.sync.runner import SyncRunner
    from finora.sync.runs import SyncRuns
    from finora.values.clock import Clock
    from finora.values.period import Span

_LOG = logging.getLogger(__name__)
_TICK_SECONDS = 5.0
_PATIENCE_SECONDS = 5.0
_LONGEST_INTERVAL = timedelta(days=1)


class Schedule:
    """Starts syncs in threads of their own, one at a time for each connection.

    `tick` does one round and may be called by hand; `start` lets a thread do it every few seconds.
    """

    def __init__(self, connections: Connections, runs: SyncRuns, runner: SyncRunner, clock: Clock) -> None:
        self._connections = connections
        self._runs = runs
        self._runner = runner
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._working: dict[str, threading.Thread] = {}

    def request(self, connection_id: str, span: Span | None = None) -> SyncRun:
        """Ask for a sync now, of whatever is due or of a span; it starts as soon as the connection is free."""
        run = self._runs.request(self._connections.get(connection_id).id, span)
        self._wake.set()
        return run

    def start(self) -> None:
        """Begin to work in the background."""
        self._thread = threading.Thread(target=self._loop, name="finora-schedule", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take on no more work and end what is under way; what was stored is whole, and the next start goes on."""
        self._stopping.set()
        self._runner.stop()
        self._wake.set()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for thread in (self._thread, *self._working.values()):
            if thread is not None:
                thread.join(timeout=max(deadline - time.monotonic(), 0.0))

    def run_due(self) -> list[SyncRun]:
        """Run everything that is due or asked for, here and now, and return the runs as they ended.

        Those that another process holds up come back pending; those deleted with their connection do not come back.
        """
        self._request_due()
        ended = []
        for run in self._runs.pending():
            self._runner.run(run)
            with suppress(SyncNotFound):
                ended.append(self._runs.get(run.id))
        return ended

    def tick(self) -> None:
        """Ask for what is due and start what is pending."""
        self._working = {key: thread for key, thread in self._working.items() if thread.is_alive()}
        self._request_due()
        for run in self._runs.pending():
            if run.connection_id not in self._working and not self._stopping.is_set():
                thread = threading.Thread(
                    target=self._work, args=(run,), name=f"finora-sync-{run.number}", daemon=True
                )
                self._working[run.connection_id] = thread
                thread.start()

    def _request_due(self) -> None:
        busy = self._still_running()
        now = self._clock.now()
        for connection in self._connections.all():
            if connection.paused or connection.next_sync_at is None or connection.id in busy:
                continue
            # A refresh planned for later than any can be was planned before the clock was set back.
            due = not now < connection.next_sync_at <= now + _LONGEST_INTERVAL
            latest = self._runs.latest(connection.id)
            waits_already = latest is not None and latest.state == "pending" and latest.due
            if due and not waits_already:
                self._runs.request(connection.id)

    def _still_running(self) -> set[str]:
        """Return the connections with a run under way, once those whose process died are noticed."""
        busy = set()
        for run in self._runs.running():
            if run.connection_id in self._working or not self._runner.bury(run.connection_id):
                busy.add(run.connection_id)
        return busy

    def _work(self, run: SyncRun) -> None:
        try:
            ran = self._runner.run(run)
        except FinoraError as problem:
            if not self._stopping.is_set():
                _LOG.warning("Sync %s could not be run: %s", run.id, problem.message)
            return
        except Exception:  # noqa: BLE001 - the ledger itself failed; the next round tries again
            if not self._stopping.is_set():
                _LOG.exception("Sync %s could not be run", run.id)
            return
        if ran:
            self._wake.set()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tick()
            except FinoraError as problem:
                _LOG.warning("The schedule missed a round: %s", problem.message)
            except Exception:  # noqa: BLE001 - a schedule that dies would stop all refreshes silently
                _LOG.exception("The schedule missed a round")
            self._wake.wait(_TICK_SECONDS)
            self._wake.clear()
