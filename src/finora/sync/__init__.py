"""Syncing: a run is a row with a window and a state, and its windows replace what was stored, exactly."""

from finora.sync.causes import Part
from finora.sync.clues import Cause
from finora.sync.held import HeldEvents
from finora.sync.models import HeldEventRow, Notice, SyncRun
from finora.sync.notices import Notices
from finora.sync.reconcile import ReconciledLine, Reconciler, Reconciliation
from finora.sync.runner import SyncRunner
from finora.sync.runs import SyncRuns
from finora.sync.schedule import Schedule
from finora.sync.workshop import Workshop

__all__ = [
    "Cause",
    "HeldEventRow",
    "HeldEvents",
    "Notice",
    "Notices",
    "Part",
    "ReconciledLine",
    "Reconciler",
    "Reconciliation",
    "Schedule",
    "SyncRun",
    "SyncRunner",
    "SyncRuns",
    "Workshop",
]
