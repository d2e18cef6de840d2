"""Notices: what people should know about a connection's data, one of a kind at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.sync.models import Notice

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


class Notices:
    """Keeps notices."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def raise_(self, connection_id: str, kind: str, title: str, text: str) -> None:
        """Raise a notice, or bring the text of the one of its kind up to date.

        A dismissed notice stays dismissed until its text changes.
        """
        with self._ledger.session() as session:
            found = select(Notice).where(Notice.connection_id == connection_id, Notice.kind == kind)
            notice = session.scalar(found)
            if notice is None:
                notice = Notice(connection_id=connection_id, kind=kind, title="", text="")
                session.add(notice)
            elif notice.text == text:
                return
            notice.title, notice.text = title, text
            notice.raised_at, notice.dismissed_at = self._clock.now(), None

    def clear(self, connection_id: str, kind: str = "") -> None:
        """Delete a connection's notice of a kind, or all of them."""
        with self._ledger.session() as session:
            which = [Notice.connection_id == connection_id]
            if kind:
                which.append(Notice.kind == kind)
            session.execute(delete(Notice).where(*which))

    def forget(self, connection_id: str, session: Session) -> None:
        """Delete all of a connection's notices."""
        session.execute(delete(Notice).where(Notice.connection_id == connection_id))

    def dismiss(self, notice_id: str) -> None:
        """Take a notice off the pages."""
        with self._ledger.session() as session:
            notice = session.get(Notice, notice_id)
            if notice is not None:
                notice.dismissed_at = self._clock.now()

    def open(self) -> list[Notice]:
        """Return the notices that nobody dismissed, newest first."""
        with self._ledger.reading() as session:
            found = select(Notice).where(Notice.dismissed_at.is_(None)).order_by(Notice.raised_at.desc())
            return list(session.scalars(found))
