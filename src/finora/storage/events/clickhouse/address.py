"""Where a ClickHouse is, as `FINORA_EVENTS_URL` says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from finora.errors import ConfigurationError

_WANTED = (
    "clickhouse://user:password@host:port/database is wanted, clickhouses://… for TLS, or chdb:///folder for the embedded "
    "engine; characters of a password such as @, / and : are written as %40, %2F and %3A."
)
_PORTS = {"clickhouse": 8123, "clickhouses": 8443}
FOLDER = "events.chdb"
"""The embedded engine's folder in the data directory."""
MEMORY = ":memory:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database of a ClickHouse server, or of the engine that is embedded in this process.

    Attributes:
        host: The server's; empty for the embedded engine.
        port: Of its HTTP interface.
        user: Who we are there.
        password: And how we prove it.
        database: The database's name.
        secure: Whether TLS is spoken.
        folder: Where the embedded engine keeps its files, or `:memory:`.
    """

    host: str = ""
    port: int = 0
    user: str = "default"
    password: str = field(default="", repr=False)
    database: str = "finora"
    secure: bool = False
    folder: str = ""

    @property
    def embedded(self) -> bool:
        """Whether the engine runs in this process."""
        return not self.host

    @property
    def place(self) -> str:
        """The place for people to read, without user name and password."""
        return self.folder if self.embedded else f"{self.host}:{self.port}/{self.database}"


def parse_address(url: str, data_dir: Path) -> Address:
    """Return the address that a text says.

    Args:
        url: `clickhouse://…`, `clickhouses://…`, `chdb://` or `chdb:///folder`.
        data_dir: Where the embedded engine keeps its files where no folder is given.

    Raises:
        ConfigurationError: It says none. The text is not repeated, as it may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError(f"FINORA_EVENTS_URL cannot be read; {_WANTED}") from None
    if parts.query or parts.fragment:
        raise ConfigurationError(
            f"FINORA_EVENTS_URL has something after ? or #, which means nothing; {_WANTED}"
        )
    if parts.scheme == "chdb":
        return _embedded(parts, data_dir)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigurationError(f"FINORA_EVENTS_URL cannot be used; {_WANTED}")
    database = unquote(parts.path.strip("/")) or "default"
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", database):
        raise ConfigurationError(
            "FINORA_EVENTS_URL: the database's name may have letters, digits and _ only."
        )
    return Address(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=database,
        secure=parts.scheme == "clickhouses",
    )


def _embedded(parts: SplitResult, data_dir: Path) -> Address:
    if parts.netloc:
        raise ConfigurationError(f"FINORA_EVENTS_URL: chdb has no host; {_WANTED}")
    folder = Path(unquote(parts.path)) if parts.path.strip("/") else data_dir / FOLDER
    return Address(folder=str(folder.absolute()))
