"""Backups, for the operator of this machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from finora.accounts import OPERATOR, Principal
from finora.api.access import Anyone, TheWorkspace
from finora.errors import AccessDenied
from finora.storage.backup import write_backup

router = APIRouter(prefix="/api/v1", tags=["Operating"])


def the_operator(principal: Anyone) -> Principal:
    """Return the operator; nobody else may pass."""
    if principal != OPERATOR:
        raise AccessDenied("Only commands on the machine that runs Finora can make a backup.")
    return principal


class BackupOrder(BaseModel):
    """Where to write a backup, as an absolute path on the server's machine, and whether with the master key."""

    file: str
    with_key: bool = False


class BackupMade(BaseModel):
    """What a backup holds."""

    events: int
    bytes: int


@router.post("/backup")
def make_backup(
    order: BackupOrder, _operator: Annotated[Principal, Depends(the_operator)], workspace: TheWorkspace
) -> BackupMade:
    """Write ledger and events to a file on the server's machine. Only the operator's own commands may ask for it."""
    file = Path(order.file)
    manifest = write_backup(
        file,
        workspace.settings.data_dir,
        workspace.ledger,
        workspace.store,
        now=workspace.clock.now(),
        with_key=order.with_key,
    )
    return BackupMade(events=manifest.events, bytes=file.stat().st_size)
