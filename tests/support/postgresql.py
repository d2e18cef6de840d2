"""A PostgreSQL server of the tests' own, where the machine has the programs for one."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import create_engine

from finora.storage.ledger.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; none where they are not installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Run a server until the block ends; yield the address of a database, which ends in its name."""
    place = programs()
    assert place is not None
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        port, user = _free_port(), _unprivileged()
        data = Path(folder) / "data"
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _run(user, place / "initdb", "-D", data, "-U", "finora", "--auth=trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        _run(user, place / "pg_ctl", "-D", data, "-o", options, "-l", Path(folder) / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://finora@127.0.0.1:{port}/postgres"
        finally:
            _run(user, place / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


class Databases:
    """Makes databases on a server, each with an empty ledger."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made = 0
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")

    def __enter__(self) -> Self:
        open_ledger(self._address("empty_ledger", template="template0")).close()
        return self

    def __exit__(self, *_error: object) -> None:
        self._admin.dispose()

    def new(self) -> str:
        """Return the address of a new one."""
        self._made += 1
        return self._address(f"ledger_{self._made}", template="empty_ledger")

    def bare(self) -> str:
        """Return the address of a new one that has no tables yet."""
        self._made += 1
        return self._address(f"bare_{self._made}", template="template0")

    def _address(self, name: str, *, template: str) -> str:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{self._url.rpartition('/')[0]}/{name}"


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


def _unprivileged() -> pwd.struct_passwd | None:
    """Return somebody to run as where we are root, whom PostgreSQL refuses."""
    if os.getuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(user: pwd.struct_passwd | None, *command: Path | str) -> None:
    who = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [str(word) for word in command],
        check=True,
        capture_output=True,
        cwd="/",
        **who,  # type: ignore[call-overload]
    )
