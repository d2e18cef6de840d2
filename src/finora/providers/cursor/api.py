"""Asking Cursor's Admin API and decoding what it answers."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, TypeVar

import httpx
import msgspec

from finora.providers.cursor.read import PATH
from finora.providers.errors import UnexpectedAnswer
from finora.providers.http import ApiClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.providers.base import Line

_OTHERS_PER_MINUTE = 15
_ATTEMPTS = 3

_REFUSED_KEY = (
    "Usual causes: the key was revoked or has expired; it is a personal or an organization key, not one of the team; "
    "it was not copied whole; its creator is no longer an administrator of the team; the plan does not include the "
    "Admin API. A team administrator can make a new key in Cursor's dashboard under API Keys."
)

_T = TypeVar("_T")


class CursorApi:
    """Cursor's Admin API as one key sees it."""

    def __init__(self, key: str, line: Line) -> None:
        paced = line.requests_per_minute
        self.clock = line.clock
        self.client = ApiClient(
            line,
            auth=httpx.BasicAuth(key, ""),
            account=f"cursor:{hashlib.sha256(key.encode()).hexdigest()}",
            limits={PATH: paced, "": min(paced, _OTHERS_PER_MINUTE)},
            label="Cursor",
            secrets=(key, base64.b64encode(f"{key}:".encode()).decode()),
            refused=_REFUSED_KEY,
        )

    def get(self, path: str, kind: type[_T]) -> _T:
        """Return the decoded answer to a GET.

        Raises:
            UnexpectedAnswer: It is not what Cursor documents, or broke off time and again.
            ProviderError: There is none.
        """
        return _decoded(lambda: self.client.get(path), kind)

    def post(self, path: str, body: object, kind: type[_T]) -> _T:
        """Return the decoded answer to a POST; see `get`."""
        return _decoded(lambda: self.client.post(path, body), kind)


def unexpected(problem: Exception) -> UnexpectedAnswer:
    """Return the error of an answer that is not what Cursor documents."""
    return UnexpectedAnswer(
        f"Cursor's answer is not what it documents ({problem}). Nothing of it was stored. If this lasts, look for an update "
        "of Finora."
    )


def _decoded(send: Callable[[], bytes], kind: type[_T]) -> _T:
    broken: Exception | None = None
    for _attempt in range(_ATTEMPTS):
        try:
            return msgspec.json.decode(send(), type=kind, strict=False)
        except msgspec.ValidationError as problem:
            raise unexpected(problem) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            broken = problem
    raise unexpected(broken or ValueError("no answer")) from None
