"""The seams: every statement and commit of both stores, every request, every wait, and what the system tells of processes."""

from __future__ import annotations

import math
import threading
import uuid
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

from sqlalchemy import event

from finora.ask import service as ask_service
from finora.ask.lexicon import Lexicon
from finora.providers.cursor import read
from finora.storage.events.duckdb import file as file_module
from finora.storage.events.duckdb import opening
from finora.storage.ledger import base, sqlite
from finora.storage.ledger import engine as engine_module
from finora.storage.ledger import ledger as ledger_module
from finora.sync import lease

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    from sqlalchemy import URL, Engine

    from finora.simulator import Clock
    from support.chaos.stage import Stage

_WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE")


class WorldClock:
    """Finora's clock: the world's, as far as somebody has not set it wrong."""

    def __init__(self, stage: Stage, clock: Clock) -> None:
        self._stage = stage
        self._clock = clock
        self.wrong = timedelta()

    def now(self) -> datetime:
        """Return what Finora takes for the present."""
        return datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC) + self.wrong

    def sleep(self, seconds: float) -> None:
        """Let the world go on."""
        self._stage.cross("sleep")
        self._clock.advance(max(math.ceil(seconds * 1000), 0))


class Cursor:
    """A cursor of the event store whose every statement is a seam."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        self._cursor = cursor
        self._stage = stage

    def begin(self) -> None:
        """Begin a transaction."""
        self._stage.cross("store begin")
        self._cursor.begin()
        if self._stage.current is not None:
            self._stage.current.open.add(id(self))

    def execute(self, sql: str, *values: Any) -> duckdb.DuckDBPyConnection:  # noqa: ANN401 - whatever is bound
        """Execute a statement."""
        self._stage.cross("store statement", writes=sql.startswith(_WRITES))
        return self._cursor.execute(sql, *values)

    def commit(self) -> None:
        """Commit."""
        self._stage.commit("store", self._cursor.commit)
        self._closed()

    def close(self) -> None:
        """Close, and roll back what is open."""
        self._cursor.close()
        self._closed()

    def _closed(self) -> None:
        if self._stage.current is not None:
            self._stage.current.open.discard(id(self))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a cursor has
        return getattr(self._cursor, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class Database:
    """The event store's database, which gives out such cursors."""

    def __init__(self, database: duckdb.DuckDBPyConnection, stage: Stage) -> None:
        self._database = database
        self._stage = stage

    def cursor(self) -> Cursor:
        """Return a cursor."""
        return Cursor(self._database.cursor(), self._stage)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a database has
        return getattr(self._database, name)


class Lock:
    """A lock during whose holding nobody else's turn can come."""

    def __init__(self, stage: Stage) -> None:
        self._lock = threading.RLock()
        self._stage = stage
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        if self._stage.current is not None:
            self._stage.current.open.add(id(self))

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if self._stage.current is not None and not self._depth:
            self._stage.current.open.discard(id(self))
        self._lock.release()


class Ids:
    """Ids that are the same whenever the story is told, for rows are sorted and locked by them."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)  # noqa: S311 - a story needs no secrecy

    def uuid4(self) -> uuid.UUID:
        """Return the next."""
        return uuid.UUID(int=self._dice.getrandbits(128), version=4)


class System:
    """What the simulated machine tells of its processes, in the place of `os`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def getpid(self) -> int:
        """Return the number of the process that acts."""
        return self._stage.current.pid if self._stage.current else 0

    def kill(self, pid: int, _signal: int) -> None:
        """Say whether a process lives."""
        actor = self._stage.actors.get(pid)
        if actor is None or not actor.alive:
            raise ProcessLookupError

    def machine(self) -> str:
        """Return the name of the machine that the acting process is on."""
        return self._stage.current.machine if self._stage.current else "audience"


@contextmanager
def instrumented(stage: Stage, seed: int, *, page_size: int, eager_checkpoints: bool) -> Iterator[None]:
    """Put the seams in while the block runs."""
    system, ids = System(stage), Ids(seed)

    def connect(path: Path) -> Database:
        database = opening.connect(path)
        stage.opened.append(database.close)
        return Database(database, stage)

    def make_engine(address: URL, *, foreign_keys: bool = True) -> Engine:
        engine = engine_module.make_engine(address, foreign_keys=foreign_keys)
        stage.opened.append(engine.dispose)
        _instrument(engine, stage)
        return engine

    engine: dict[str, str | int] = {
        "checkpoint_threshold": "1KB" if eager_checkpoints else "64MB",
        "threads": 1,
    }
    with ExitStack() as patched:
        for target, name, value in (
            (file_module, "connect", connect),
            (ledger_module, "make_engine", make_engine),
            (lease, "os", system),
            (base, "uuid", ids),
            (lease, "_machine", system.machine),
            (read, "PAGE_SIZE", page_size),
            (ask_service, "Lexicon", _lexicon),
        ):
            patched.enter_context(mock.patch.object(target, name, value))
        patched.enter_context(mock.patch.dict(opening._CONFIG, engine))
        yield


@cache
def _lexicon() -> Lexicon:
    """Return the words of questions, which no story asks: made once, they do not cost a sixth of each."""
    return Lexicon()


def _instrument(engine: Engine, stage: Stage) -> None:
    """Make every statement and commit of a ledger a seam."""

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        writes = not connection.get_execution_options().get(sqlite.READS_ONLY, False)
        if writes and stage.current is not None:
            stage.current.open.add(id(connection.connection.dbapi_connection))

    @event.listens_for(engine, "before_cursor_execute")
    def execute(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        stage.cross("ledger statement", writes=statement.startswith(_WRITES))

    dialect = engine.dialect
    do_commit, do_rollback = dialect.do_commit, dialect.do_rollback

    def ended(connection: Any) -> None:  # noqa: ANN401 - the driver's
        if stage.current is not None:
            stage.current.open.discard(id(getattr(connection, "dbapi_connection", connection)))

    def commit(connection: Any) -> None:  # noqa: ANN401 - the driver's
        stage.commit("ledger", lambda: do_commit(connection))
        ended(connection)

    def rollback(connection: Any) -> None:  # noqa: ANN401 - the driver's
        do_rollback(connection)
        ended(connection)

    vars(dialect).update(do_commit=commit, do_rollback=rollback)
