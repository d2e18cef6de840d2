"""The tables of syncing: runs, leases, events held aside, notices, and the provider's own totals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from finora.storage.ledger import PASSING, Base, new_id


class SyncRun(Base):
    """One sync of a connection: what it is to read, how far it is, and how it ended.

    A run reads whatever is `due`, or the span from `start` to `end`, or both.

    `state` is `pending`, `running`, `completed`, `failed` or `stale` (its process died).
    """

    __tablename__ = "sync_runs"
    __table_args__ = (Index("ix_sync_runs_connection_id_number", "connection_id", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    connection_id: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(20), index=True)
    due: Mapped[bool]
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    windows_done: Mapped[int] = mapped_column(default=0)
    windows_total: Mapped[int] = mapped_column(default=0)
    seconds_done: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds_total: Mapped[int] = mapped_column(BigInteger, default=0)
    events: Mapped[int] = mapped_column(BigInteger, default=0)
    spend: Mapped[int] = mapped_column(BigInteger, default=0)
    usage_value: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[int] = mapped_column(BigInteger, default=0)
    requests: Mapped[int] = mapped_column(default=0)
    waiting_for: Mapped[str] = mapped_column(String(200), default="")
    waiting_until: Mapped[datetime | None]
    error_code: Mapped[str] = mapped_column(String(60), default="")
    error: Mapped[str] = mapped_column(default="")


class SyncLease(Base):
    """Who syncs a connection at present; whoever finds it expired may take it."""

    __tablename__ = "sync_leases"
    __table_args__ = ({"info": {PASSING: True}},)

    connection_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]


class HeldEventRow(Base):
    """An event held aside, and what someone decided about it: `open`, `accepted` or `rejected`."""

    __tablename__ = "held_events"
    __table_args__ = (UniqueConstraint("connection_id", "fingerprint"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))
    ts: Mapped[datetime | None]
    reason: Mapped[str]
    raw: Mapped[str]
    state: Mapped[str] = mapped_column(String(20), default="open")
    held_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(320), default="")


class Notice(Base):
    """Something people should know about a connection's data. One of a kind a connection; the latest text stands.

    `about` is how much a notice of missing events tells of, as `Extent`, so that only more of it is news.
    """

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("connection_id", "kind"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]


class ReconciledMember(Base):
    """A person's figures in a billing cycle, the provider's as of one moment beside Finora's. Nano-USD.

    Finora's are brought up to date for as long as events of the cycle may be revised; what they were when the provider's
    were read stays beside them. `run` is the sync that read the provider's, and `read_through` how far events were read
    by then; both are none in comparisons made before they were kept. `parts` are those of the difference that evidence
    explains, as `Part`.
    """

    __tablename__ = "reconciled_members"
    __table_args__ = (UniqueConstraint("connection_id", "cycle_start", "person"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    cycle_start: Mapped[datetime]
    read_at: Mapped[datetime]
    run: Mapped[int | None]
    read_through: Mapped[datetime | None]
    person: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(300))
    listed: Mapped[bool]
    provider_spend: Mapped[int] = mapped_column(BigInteger)
    provider_usage_value: Mapped[int | None] = mapped_column(BigInteger)
    first_spend: Mapped[int] = mapped_column(BigInteger)
    first_usage_value: Mapped[int] = mapped_column(BigInteger)
    spend: Mapped[int] = mapped_column(BigInteger)
    usage_value: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[list[Any]] = mapped_column(JSON)
