"""The tables of people: who a provider says belongs to a customer's account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finora.storage.ledger import Base, new_id


class Identity(Base):
    """A member of a connected account, kept also after the provider stopped listing them."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("connection_id", "provider_id", "email"),
        Index("ix_identities_email", "email"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(50))
    removed: Mapped[bool]
    team_key: Mapped[str] = mapped_column(String(200), default="")
    team_label: Mapped[str] = mapped_column(String(300), default="")
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class TeamRow(Base):
    """A team made here, or one of a provider's that was renamed or dissolved here; others need no row."""

    __tablename__ = "teams"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    label: Mapped[str] = mapped_column(String(300))
    by_hand: Mapped[bool]
    dissolved: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(320))


class Assignment(Base):
    """Somebody put into a team by hand, or with an empty key into none; it beats what a provider says."""

    __tablename__ = "team_assignments"
    __table_args__ = (Index("ix_team_assignments_team_key", "team_key"),)

    email: Mapped[str] = mapped_column(String(320), primary_key=True)
    team_key: Mapped[str] = mapped_column(String(200))
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str] = mapped_column(String(320))
