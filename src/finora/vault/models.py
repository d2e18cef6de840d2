"""The tables of the vault. They hold nothing that is of use without the master key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from finora.storage.ledger import Base, new_id


class VaultKey(Base):
    """A master key that this ledger's credentials were or are wrapped with; the key itself is never here.

    Its id is a fingerprint of the key, so that the row also tells whether the key at hand is the right one.
    """

    __tablename__ = "vault_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    first_used_at: Mapped[datetime]


class Credential(Base):
    """One encrypted credential."""

    __tablename__ = "credentials"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    key_id: Mapped[str] = mapped_column(ForeignKey("vault_keys.id"), index=True)
    wrapped_key: Mapped[bytes]
    ciphertext: Mapped[bytes]
    stored_at: Mapped[datetime]
