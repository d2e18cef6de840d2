"""Notices: what people should know about a connection's data, one of a kind at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.sync.errors import NoticeNotFound
from finora.sync.models import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a notice tells of: events, and the times of the oldest and the newest in epoch milliseconds."""

    events: int
    first: int
    last: int

    def holds(self, other: Extent) -> bool:
        """Return whether another tells of nothing more."""
        return other.events <= self.events and self.first <= other.first and other.last <= self.last

    def touches(self, other: Extent) -> bool:
        """Return whether another tells of some of the same time."""
        return self.first <= other.last and other.first <= self.last


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

    def tell(
        self, connection_id: str, kind: str, title: str, text: str, extent: Extent, *, once: bool
    ) -> None:
        """Raise a notice of something that each refresh finds again; only more of it is news.

        Args:
            connection_id: Which connection.
            kind: What kind of notice.
            title: What happened.
            text: What that means.
            extent: How much of it there is.
            once: Whether more of it is no news either, because more is what is expected; the text follows silently.
        """
        with self._ledger.session() as session:
            found = select(Notice).where(Notice.connection_id == connection_id, Notice.kind == kind)
            notice = session.scalar(found)
            if notice is None:
                notice = Notice(connection_id=connection_id, kind=kind)
                session.add(notice)
                is_news = True
            else:
                if not once and Extent(**notice.about).holds(extent):
                    return
                is_news = not once
            notice.title, notice.text, notice.about = title, text, asdict(extent)
            if is_news:
                notice.raised_at, notice.dismissed_at = self._clock.now(), None

    def settle(self, connection_id: str, kind: str, read: tuple[int, int], missing: Sequence[Extent]) -> None:
        """Delete a notice of missing events if all that it tells of was read, and none of it is missing any more.

        Args:
            connection_id: Which connection.
            kind: What kind of notice.
            read: What was read, from and to, in epoch milliseconds.
            missing: What is missing of it, for whatever reason.
        """
        with self._ledger.session() as session:
            found = select(Notice).where(Notice.connection_id == connection_id, Notice.kind == kind)
            notice = session.scalar(found)
            if notice is None:
                return
            told = Extent(**notice.about)
            if read[0] <= told.first and told.last < read[1] and not any(map(told.touches, missing)):
                session.delete(notice)

    def of(self, connection_id: str) -> list[Notice]:
        """Return a connection's notices, dismissed ones as well, newest first."""
        with self._ledger.reading() as session:
            found = select(Notice).where(Notice.connection_id == connection_id)
            return list(session.scalars(found.order_by(Notice.raised_at.desc(), Notice.kind)))

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

    def dismiss(self, connection_id: str, notice_id: str) -> None:
        """Take a connection's notice off the pages.

        Raises:
            NoticeNotFound: There is none of that id.
        """
        with self._ledger.session() as session:
            notice = session.get(Notice, notice_id)
            if notice is None or notice.connection_id != connection_id:
                raise NoticeNotFound("There is no such notice; it may have been taken back.")
            notice.dismissed_at = self._clock.now()

    def open(self) -> list[Notice]:
        """Return the notices that nobody dismissed, newest first."""
        with self._ledger.reading() as session:
            found = select(Notice).where(Notice.dismissed_at.is_(None)).order_by(Notice.raised_at.desc())
            return list(session.scalars(found))
