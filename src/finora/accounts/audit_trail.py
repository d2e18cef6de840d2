"""The audit log: every security-relevant act, in the order in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from finora.accounts.models import AuditEntry
from finora.accounts.records import AuditRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.accounts.principal import Principal
    from finora.storage.ledger import Ledger

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
    session: Session, *, before: int | None, limit: int, act: str | None, by: str | None
) -> list[AuditRecord]:
    """Return the newest entries, newest first; `before` is the id of the last one already seen."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(min(limit, _MOST_AT_ONCE))
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    if act is not None:
        wanted = wanted.where(AuditEntry.act == act)
    if by is not None:
        wanted = wanted.where(or_(AuditEntry.actor_id == by, AuditEntry.actor == by))
    return [AuditRecord.of(entry) for entry in session.scalars(wanted)]


def every_page(ledger: Ledger, *, act: str | None, by: str | None) -> Iterator[list[AuditRecord]]:
    """Yield all entries, newest first, a page at a time: who reads slowly keeps no transaction open."""
    before: int | None = None
    while True:
        with ledger.reading() as session:
            page = read_entries(session, before=before, limit=_MOST_AT_ONCE, act=act, by=by)
        if not page:
            return
        yield page
        before = page[-1].id
