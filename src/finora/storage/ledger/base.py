"""What all tables of the ledger share: names of constraints, the type of a moment, ids."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, BigInteger, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

PASSING = "finora_passing"
"""In a table's `info`: its rows are of use only to the processes at work, and stay behind when the ledger moves."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored as whole milliseconds since 1970 in UTC and read back aware, in UTC.

    An integer compares, sorts and indexes alike in every database, which their own date types do not. What is finer
    than a millisecond is cut off. A datetime without a time zone is refused with `ValueError`, for nobody could say
    which moment it is.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the moment as milliseconds."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a datetime without a time zone cannot be stored; make it aware, in UTC")
        return (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return milliseconds as the moment."""
        return None if value is None else _EPOCH + value * _MILLISECOND


class Base(DeclarativeBase):
    """The base of every table's class.

    `Mapped[datetime]` is a `UTCDateTime` and `Mapped[dict[str, Any]]` is JSON. Constraints get predictable names, so
    that a migration can drop them in any database.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


def new_id() -> str:
    """Return a fresh random id of 32 hexadecimal digits, the primary key of records that are spoken of outside."""
    return uuid.uuid4().hex
