"""How a command on this machine proves itself to a running server: an address and a token in a private file."""

from __future__ import annotations

import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from finora.storage.private_file import read_private, replace_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILE = "operator.json"


@dataclass(frozen=True, slots=True)
class Operator:
    """Where the server listens, and what its operator's commands prove themselves with."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Return the address without the token."""
        return f"Operator({self.url})"


@contextmanager
def announced(data_dir: Path, url: str) -> Iterator[Operator]:
    """Let commands find the server until the block ends."""
    operator = Operator(url, secrets.token_urlsafe(32))
    path = data_dir / _FILE
    replace_private(path, msgspec.json.encode(operator).decode())
    try:
        yield operator
    finally:
        with suppress(OSError):
            path.unlink()


def running(data_dir: Path) -> Operator | None:
    """Return the server that says it holds the data directory; it may have died since."""
    text = read_private(data_dir / _FILE)
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Operator)
    except msgspec.MsgspecError:
        return None
