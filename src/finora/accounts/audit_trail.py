"""The audit log: every security-relevant act, in the order in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from finora.accounts.models import AuditEntry
from finora.accounts.records import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal

_LONGEST = 254
_LONGEST_ADDRESS = 64
_MOST_AT_ONCE = 1000


def write_entry(
    session: Session,
    at: datetime,
    actor: Principal | None,
    act: str,
    subject: str = "",
    *,
    details: Mapping[str, object] | None = None,
    address: str = "",
) -> None:
    """Add an act to the transaction in which it happens."""
    session.add(
        AuditEntry(
            at=at,
            actor_id=actor.user_id if actor else None,
            actor=actor.email if actor else "",
            act=act,
            subject=subject[:_LONGEST],
            details=dict(details or {}),
            address=address[:_LONGEST_ADDRESS],
        )
    )


def read_entries(
    session: Session, *, before: int | None, limit: int, act: str | None, actor_id: str | None
) -> list[AuditRecord]:
    """Return the newest entries, newest first; `before` is the id of the last one already seen."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(min(limit, _MOST_AT_ONCE))
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    if act is not None:
        wanted = wanted.where(AuditEntry.act == act)
    if actor_id is not None:
        wanted = wanted.where(AuditEntry.actor_id == actor_id)
    return [AuditRecord.of(entry) for entry in session.scalars(wanted)]
