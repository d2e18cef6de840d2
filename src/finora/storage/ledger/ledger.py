"""The ledger as its users see it: a place to open, and transactions in it."""

from __future__ import annotations

import logging
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Self

from sqlalchemy.orm import Session

from finora.errors import StorageError
from finora.storage.ledger import postgresql, sqlite
from finora.storage.ledger.engine import make_engine, parse_address, place_of
from finora.storage.ledger.errors import troubles_told
from finora.storage.ledger.revision import ensure_current
from finora.storage.ledger.texts import WritingSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Engine

_ERASE = "finora_erase_leftovers"

_LOG = logging.getLogger(__name__)


class Ledger:
    """An open ledger. Thread-safe; keep one per process and close it at the end.

    Attributes:
        engine: The SQLAlchemy engine, for migrations and tests; domains use the sessions.
        place: The file or host, for people to read.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.place = place_of(engine.url)
        self._leftovers = False
        one_state = {} if engine.dialect.name == "sqlite" else postgresql.READS_ONE_STATE
        self._reading = engine.execution_options(**{sqlite.READS_ONLY: True}, **one_state)

    @property
    def shared(self) -> bool:
        """Whether other processes may read and write it at the same time, as they can in PostgreSQL."""
        return self.engine.dialect.name != "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Return one transaction that may write: committed at the end, rolled back on any error.

        One such transaction runs at a time and the others wait, so do not open a second one inside it; hand
        the session on instead (see `within`). Keep it short: no network, no password hashing.

        Raises:
            StorageError: The database as a whole failed. Errors of single rows, such as
                `sqlalchemy.exc.IntegrityError`, come through as they are.
            TextUnfit: A text cannot be stored as it is.
        """
        with (
            troubles_told(self.place),
            WritingSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
        if session.info.get(_ERASE):
            self._erase_now_or_later()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Return one transaction that sees one state of the ledger, waits for nobody and may not write."""
        with troubles_told(self.place), Session(self._reading, expire_on_commit=False) as session:
            yield session

    def within(self, session: Session | None) -> AbstractContextManager[Session]:
        """Return the caller's transaction where there is one, else a new one that may write."""
        return self.session() if session is None else nullcontext(session)

    def reading_within(self, session: Session | None) -> AbstractContextManager[Session]:
        """Return the caller's transaction where there is one, else a new one that only reads."""
        return self.reading() if session is None else nullcontext(session)

    def erase_leftovers(self) -> None:
        """Make sure that deleted and replaced values are in none of the ledger's files any more.

        PostgreSQL decides itself how its disks forget; there it does nothing.

        Raises:
            StorageError: Somebody kept reading an older state for too long, or the disk is full.
        """
        if self.engine.dialect.name == "sqlite":
            with troubles_told(self.place):
                sqlite.erase_leftovers(sqlite.file_of(self.engine.url))

    def erase_what_was_left(self) -> None:
        """Erase what a process deleted that died before it could."""
        if self.engine.dialect.name == "sqlite" and sqlite.has_leftovers(sqlite.file_of(self.engine.url)):
            self._erase_now_or_later()

    def check(self) -> None:
        """Look through the whole database.

        Raises:
            StorageError: It is damaged or cannot be read.
        """
        with troubles_told(self.place), self._reading.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                sqlite.check_content(connection, self.place)

    def close(self) -> None:
        """Close all connections."""
        if self._leftovers:
            self._erase_now_or_later()
        self.engine.dispose()

    def _erase_now_or_later(self) -> None:
        """Erase leftovers after a transaction that is committed already, so that a failure must not look like its own."""
        try:
            self.erase_leftovers()
            self._leftovers = False
        except StorageError as problem:
            self._leftovers = True
            _LOG.warning("A deleted value may still be in the ledger's files until Finora stops: %s", problem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def erase_after_commit(session: Session) -> None:
    """Ask that what this transaction deletes is gone from the files once it has been committed.

    It must be a transaction of `Ledger.session`. Where the process dies first, the next that opens the ledger sees to it.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite" and not session.info.get(_ERASE):
        sqlite.note_leftovers(connection)
    session.info[_ERASE] = True


def open_ledger(url: str) -> Ledger:
    """Open the ledger, make it where there is none, and bring its tables up to date.

    Args:
        url: An SQLAlchemy address, `sqlite:///…` or `postgresql+psycopg://…`.

    Raises:
        ConfigurationError: The address cannot be used, or the database's driver is not installed.
        StorageError: The ledger is damaged, newer than this program, unreachable or not writable. It is left as it was.
    """
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        sqlite.prepare_file(sqlite.file_of(address))
    engine = make_engine(address)
    try:
        with troubles_told(place_of(address)):
            ensure_current(engine)
    except BaseException:
        engine.dispose()
        raise
    ledger = Ledger(engine)
    ledger.erase_what_was_left()
    return ledger
