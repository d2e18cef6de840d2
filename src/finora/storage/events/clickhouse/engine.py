"""The engine: a server that is spoken to over HTTP, or the same engine embedded in this process.

Both are driven through `clickhouse-connect`. Clients are lent to one thread at a time, because the embedded engine's take
one statement at a time; a statement that somebody waits for is marked, so that it can be stopped from another thread.
"""

from __future__ import annotations

import logging
import threading
import uuid
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error

from finora.storage.events.clickhouse.errors import troubles_told
from finora.storage.events.clickhouse.places import bound
from finora.storage.events.errors import EventsUnusable
from finora.values.patience import present_patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from io import IOBase

    from clickhouse_connect.driver.client import Client

    from finora.storage.events.clickhouse.address import Address

Rows = list[tuple[Any, ...]]

_SETTINGS: dict[str, object] = {
    # What the rest of the world's SQL does, and our statements expect.
    "join_use_nulls": 1,
    "group_by_use_nulls": 1,
    "cast_keep_nullable": 1,
    "prefer_column_name_to_alias": 1,
    # A small table that names are looked up in is sent along with a question to other machines, and asked for once.
    "prefer_global_in_and_join": 1,
    # Ids of names repeat, though they are numbers.
    "allow_suspicious_low_cardinality_types": 1,
    # What is deleted is gone when the statement ends, on each replica.
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
}
_IDLE_CLIENTS = 8
_CONNECT_SECONDS = 10

_LOG = logging.getLogger(__name__)


class Engine:
    """A database of a ClickHouse.

    Args:
        address: Where it is.
        longest: Seconds after which the server ends any statement by itself, should nobody stop it.

    Raises:
        StorageError: It cannot be reached or used; the message says what to do.
    """

    def __init__(self, address: Address, longest: int = 3600) -> None:
        self.address = address
        self._settings = _SETTINGS | {"max_execution_time": longest}
        self._idle: list[Client] = []
        self._lending = threading.Lock()
        self._closed = False
        # What it logs is raised as well, and then told in our words.
        logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
        with self.told(), self._database_made():
            self._give_back(self._connect())

    def rows(self, sql: str, *values: object) -> Rows:
        """Return the rows of a statement with values bound to its places."""
        text, given = bound(sql, values)
        mark = uuid.uuid4().hex
        with self.told(), self._lent() as client, self._stoppable(mark):
            found = client.query(_marked(text, mark), parameters=given).result_rows
        return [tuple(row) for row in found]

    def scalar(self, sql: str, *values: object) -> int:
        """Return the number that a statement of one row and one column tells."""
        ((value,),) = self.rows(sql, *values)
        return int(value)

    def table(self, sql: str, *values: object) -> pa.Table:
        """Return the rows of a statement as an Arrow table."""
        text, given = bound(sql, values)
        mark = uuid.uuid4().hex
        with self.told(), self._lent() as client, self._stoppable(mark):
            stream = _streamed(client, _marked(text, mark), given)
            try:
                return _opened(stream).read_all()
            finally:
                stream.close()

    def batches(self, sql: str, values: tuple[object, ...], size: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a statement in Arrow batches, at least one."""
        text, given = bound(sql, values)
        mark = uuid.uuid4().hex
        with self.told(), self._lent() as client, ExitStack() as leaving:
            with self._stoppable(mark):
                stream = _streamed(
                    client, f"{_marked(text, mark)}\nSETTINGS max_block_size = {size:d}", given
                )
                leaving.callback(stream.close)
                reader = _opened(stream)
                first = next(iter(reader), None)
            yield pa.RecordBatch.from_pylist([], schema=reader.schema) if first is None else first
            while True:
                with self._stoppable(mark):
                    batch = next(iter(reader), None)
                if batch is None:
                    return
                yield batch

    def execute(self, sql: str) -> None:
        """Carry out a statement that tells nothing."""
        with self.told(), self._lent() as client:
            client.command(sql)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Insert rows as one block; nothing where there are none.

        Raises:
            EventsUnusable: Not all of them arrived.
        """
        if not rows.num_rows:
            return
        with self.told(), self._lent() as client:
            written = client.insert_arrow(table, rows.combine_chunks()).written_rows
        if written != rows.num_rows:
            raise EventsUnusable(
                f"The event store at {self.address.place} took {written:,} of {rows.num_rows:,} rows. Nothing of them counts; "
                "it is tried again."
            )

    def close(self) -> None:
        """Let go of all clients; those lent out are closed when they come back."""
        with self._lending:
            self._closed = True
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()

    def told(self) -> AbstractContextManager[None]:
        """Return a block whose troubles with the engine are told in words for people."""
        return troubles_told(self.address)

    def _connect(self) -> Client:
        where: dict[str, Any] = {"interface": "chdb", "path": self.address.folder}
        if not self.address.embedded:
            where = {
                "host": self.address.host,
                "port": self.address.port,
                "username": self.address.user,
                "password": self.address.password,
                "secure": self.address.secure,
                "connect_timeout": _CONNECT_SECONDS,
                "send_receive_timeout": self._settings["max_execution_time"],
                "autogenerate_session_id": False,
            }
        return clickhouse_connect.get_client(
            **where, database=self.address.database, settings=dict(self._settings)
        )

    @contextmanager
    def _database_made(self) -> Iterator[None]:
        """Make the database of the embedded engine, which ends, and forgets what it has in memory, with its last client."""
        if not self.address.embedded:
            yield
            return
        client = clickhouse_connect.get_client(interface="chdb", path=self.address.folder)
        try:
            client.command(f"CREATE DATABASE IF NOT EXISTS {self.address.database}")
            yield
        finally:
            client.close()

    @contextmanager
    def _lent(self) -> Iterator[Client]:
        with self._lending:
            client = self._idle.pop() if self._idle else None
        client = client or self._connect()
        try:
            yield client
        finally:
            self._give_back(client)

    def _give_back(self, client: Client) -> None:
        with self._lending:
            if not self._closed and len(self._idle) < _IDLE_CLIENTS:
                self._idle.append(client)
                return
        client.close()

    def _stoppable(self, mark: str) -> AbstractContextManager[None]:
        """Return a block whose marked statement is stopped when nobody waits for it any more."""
        return present_patience().stopping(lambda: self._stop(mark))

    def _stop(self, mark: str) -> None:
        # The words are put together by the engine, so that this statement does not find itself.
        sql = f"KILL QUERY WHERE query LIKE concat('/* finora:', '{mark}', '%') ASYNC"
        try:
            with self._lent() as client:
                client.command(sql)
        except (Error, OSError) as problem:
            _LOG.warning("A statement that nobody waits for could not be stopped: %s", type(problem).__name__)


def _marked(sql: str, mark: str) -> str:
    return f"/* finora:{mark} */ {sql}"


def _streamed(client: Client, sql: str, given: dict[str, object]) -> IOBase:
    return cast("IOBase", client.raw_stream(sql, parameters=given, fmt="ArrowStream"))


def _opened(stream: IOBase) -> pa.RecordBatchReader:
    return pa.ipc.open_stream(stream)
