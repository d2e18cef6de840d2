"""The table of connections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from finora.storage.ledger import Base, new_id


class Connection(Base):
    """A customer's account at a provider, connected with a credential.

    A removed connection keeps its row, without a credential, so that its number is never given out again. `forgetting` is
    whether its history goes, too, whatever of it may still come into the event store.
    """

    __tablename__ = "connections"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    provider: Mapped[str] = mapped_column(String(50))
    name: Mapped[str] = mapped_column(String(200))
    credential_id: Mapped[str | None] = mapped_column(ForeignKey("credentials.id"))
    credential_version: Mapped[int] = mapped_column(default=1)
    key_last4: Mapped[str] = mapped_column(String(4))
    connected_by: Mapped[str] = mapped_column(String(320))
    connected_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    forgetting: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    failing_code: Mapped[str] = mapped_column(String(60), default="")
    failing_reason: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None]
    capabilities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    history_start: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    last_deep_sync_at: Mapped[datetime | None]
    next_sync_at: Mapped[datetime | None]
