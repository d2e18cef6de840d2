"""Running a sync: from the provider's pages to stored, reconciled windows.

The order of writes is what makes a crash harmless: the event store commits a window first, the ledger notes it second.
Whatever happens in between, the next run finds in the store what was read, and reads the rest.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from finora.connections import ConnectionNotFound
from finora.errors import FinoraError
from finora.providers.errors import InvalidCredentials
from finora.sync.errors import LeaseLost, SyncStopped
from finora.sync.lease import Lease
from finora.sync.sync_pass import SyncPass

if TYPE_CHECKING:
    from finora.sync.models import SyncRun
    from finora.sync.workshop import Workshop

_LOG = logging.getLogger(__name__)

_UNFORESEEN = "Something unforeseen happened in Finora; its log has the details. Nothing was lost, and the next refresh goes on."
_SOON = timedelta(minutes=5)


class SyncRunner:
    """Runs syncs, one at a time for each connection.

    Args:
        workshop: All that a run works with.
        interval: The time between refreshes.
    """

    def __init__(self, workshop: Workshop, interval: timedelta) -> None:
        self._workshop = workshop
        self._interval = interval

    def run(self, run: SyncRun) -> bool:
        """Run a pending sync to its end, and say whether it could be run.

        It cannot while another process syncs the connection, nor once another ran it. Nothing is raised for what goes wrong with the provider: the row and the connection say it.
        """
        shop = self._workshop
        lease = self._lease(run.connection_id)
        if not lease.take():
            return False
        try:
            shop.runs.mark_stale(run.connection_id)
            started = shop.runs.start(run.id)
            if started is not None:
                self._run(started, lease)
        finally:
            lease.release()
        return started is not None

    def bury(self, connection_id: str) -> bool:
        """Mark a connection's runs as stale if the process that ran them is gone, and say whether it is."""
        lease = self._lease(connection_id)
        if not lease.take():
            return False
        try:
            self._workshop.runs.mark_stale(connection_id)
        finally:
            lease.release()
        return True

    def stop(self) -> None:
        """Let the runs under way end soon; they are taken up again at the next start."""
        self._workshop.stopping.set()

    def _lease(self, connection_id: str) -> Lease:
        shop = self._workshop
        return Lease(shop.ledger, shop.clock, connection_id, shop.process)

    def _run(self, run: SyncRun, lease: Lease) -> None:
        shop = self._workshop
        work: SyncPass | None = None
        try:
            work = SyncPass(shop, run, lease)
            work.run()
        except SyncStopped:
            shop.runs.put_back(run.id)
        except ConnectionNotFound:
            shop.runs.end(run.id, "failed", code="connection_removed", error="The connection was removed.")
        except LeaseLost as problem:
            _LOG.warning("Sync %s: %s", run.id, problem.message)  # its row is the other process's by now
        except FinoraError as problem:
            _LOG.warning("Sync %s failed: %s", run.id, problem.message)
            self._failed(run, work, problem)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the row and the connection must say that the run ended
            if (
                shop.stopping.is_set()
            ):  # the stores may be closed already; the next start finds the run as it is
                return
            _LOG.exception("Sync %s broke off", run.id)
            self._failed(run, work, problem)
        else:
            self._completed(run, work)

    def _completed(self, run: SyncRun, work: SyncPass) -> None:
        shop = self._workshop
        if run.due:
            next_at = shop.clock.now() + self._interval
            shop.connections.upkeep.synced(run.connection_id, deep=work.deep, next_at=next_at)
        shop.runs.end(run.id, "completed")

    def _failed(self, run: SyncRun, work: SyncPass | None, problem: Exception) -> None:
        shop = self._workshop
        known = isinstance(problem, FinoraError)
        code, reason = (problem.code, problem.message) if known else ("internal", _UNFORESEEN)  # type: ignore[attr-defined]
        refused = isinstance(problem, InvalidCredentials)
        if run.due or refused:
            shop.connections.upkeep.failed(
                run.connection_id,
                code,
                reason,
                version=work.asking.connection.credential_version if work else None,
                soonest=self._interval if refused else min(_SOON, self._interval),
                latest=self._interval,
            )
        shop.runs.end(run.id, "failed", code=code, error=reason)
