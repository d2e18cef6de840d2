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
        """Run a pending sync to its end, and say whether it could be run: not while another process syncs the connection.

        Nothing is raised for what goes wrong with the provider: the row and the connection say it.
        """
        shop = self._workshop
        lease = Lease(shop.ledger, shop.clock, run.connection_id, shop.process)
        if not lease.take():
            return False
        try:
            shop.runs.mark_stale(run.connection_id)
            self._run(shop.runs.start(run.id), lease)
        finally:
            lease.release()
        return True

    def _run(self, run: SyncRun, lease: Lease) -> None:
        shop = self._workshop
        try:
            work = SyncPass(shop, run, lease)
            work.run()
        except ConnectionNotFound:
            shop.runs.end(run.id, "failed", code="connection_removed", error="The connection was removed.")
        except FinoraError as problem:
            _LOG.warning("Sync %s failed: %s", run.id, problem.message)
            self._failed(run, problem.code, problem.message, soon=not isinstance(problem, InvalidCredentials))
        except Exception:  # noqa: BLE001 - whatever it is, the row and the connection must say that the run ended
            _LOG.exception("Sync %s broke off", run.id)
            self._failed(run, "internal", _UNFORESEEN, soon=True)
        else:
            shop.runs.end(run.id, "completed")
            if run.due:
                next_at = shop.clock.now() + self._interval
                shop.connections.synced(run.connection_id, deep=work.deep, next_at=next_at)

    def _failed(self, run: SyncRun, code: str, reason: str, *, soon: bool) -> None:
        shop = self._workshop
        wait = min(_SOON, self._interval) if soon else self._interval
        shop.runs.end(run.id, "failed", code=code, error=reason)
        shop.connections.failed(run.connection_id, code, reason, next_at=shop.clock.now() + wait)
