"""How a command on this machine proves itself to a running server: an address and a token in a private file."""

from __future__ import annotations

import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import msgspec

from finora.proof import proof_of
from finora.storage.data_dir import DataDirInUse, held
from finora.storage.private_file import read_private, replace_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILE = "operator.json"
_TIMEOUT = httpx.Timeout(15.0, connect=2.0)
"""A server that has much to do answers late; one that is not there refuses at once."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Where the server listens, and what its operator's commands prove themselves with."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Return the address without the token."""
        return f"Operator({self.url})"


def operator_at(url: str) -> Operator:
    """Return an operator for a server at an address, with a fresh token."""
    return Operator(url, secrets.token_urlsafe(32))


@contextmanager
def announced(data_dir: Path, url: str) -> Iterator[Operator]:
    """Let commands find the server until the block ends."""
    operator = operator_at(url)
    path = data_dir / _FILE
    replace_private(path, msgspec.json.encode(operator).decode())
    try:
        yield operator
    finally:
        with suppress(OSError):
            path.unlink()


def answering(data_dir: Path) -> Operator | None:
    """Return the server that holds the data directory, or None where there is none or it has died.

    Raises:
        PrivateFileExposed, PrivateFileUnusable: Where to find it cannot be read.
    """
    operator = _announced_in(data_dir)
    if operator is None or not is_held(data_dir):
        return None  # a server that died leaves its address behind; whoever listens there now must not get the token
    return operator if _knows(operator) else None


def is_held(data_dir: Path) -> bool:
    """Return whether a process holds a data directory, as a server does for as long as it lives."""
    try:
        with held(data_dir):
            return False
    except DataDirInUse:
        return True


def _announced_in(data_dir: Path) -> Operator | None:
    text = read_private(data_dir / _FILE) if data_dir.is_dir() else None
    try:
        return msgspec.json.decode(text, type=Operator) if text else None
    except msgspec.MsgspecError:
        return None


def _knows(operator: Operator) -> bool:
    """Return whether the server at the address is the one that gave out the token.

    Another may listen there by now: the address of a server that died is found until the next one has replaced it. So
    the token is not told; the server has to prove that it knows it.
    """
    challenge = secrets.token_urlsafe(32)
    try:
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            answer = client.get(f"{operator.url}/api/v1/operator", params={"challenge": challenge})
        proof = str(answer.json()["proof"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return False
    return secrets.compare_digest(proof.encode(), proof_of(operator.token, challenge).encode())
