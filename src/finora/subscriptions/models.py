"""The tables of subscriptions: what is bought, on which dated terms, and who was given its seats by hand."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from finora.storage.ledger import Base, new_id


class SubscriptionRow(Base):
    """A subscription. A deleted one keeps its row, so that it can be restored and its id means nothing else."""

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    sku: Mapped[str] = mapped_column(String(100))
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    renewal_date: Mapped[date | None]
    tags: Mapped[list[str]]
    connection_id: Mapped[str | None] = mapped_column(String(32), index=True)
    seat_rule: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(254))
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    terms: Mapped[list[TermsRow]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="TermsRow.effective"
    )
    seats: Mapped[list[SeatRow]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="SeatRow.person, SeatRow.since"
    )


class TermsRow(Base):
    """What is bought from a day on; `price` is nano-USD of one seat for one billing cycle."""

    __tablename__ = "subscription_terms"
    __table_args__ = (UniqueConstraint("subscription_id", "effective"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id", ondelete="CASCADE"))
    effective: Mapped[date]
    seats: Mapped[int]
    price: Mapped[int] = mapped_column(BigInteger)
    cycle: Mapped[str] = mapped_column(String(10))


class SeatRow(Base):
    """A seat given to a person by hand, from a day (or always) up to and with a day (or on and on)."""

    __tablename__ = "subscription_seats"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="CASCADE"), index=True
    )
    person: Mapped[str] = mapped_column(String(254), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
