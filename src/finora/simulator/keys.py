"""API keys of the simulated Cursor, and what each may do."""

import base64
import binascii
from dataclasses import dataclass
from enum import Enum
from hashlib import shake_256


class Access(Enum):
    """What a key opens."""

    TEAM = "team"
    PERSONAL = "personal"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class Key:
    """A key's text, what it opens, which team it is of (a position), and its scopes."""

    text: str
    access: Access
    team: int
    scopes: frozenset[str] = frozenset({"admin:*"})

    def allows(self, scope: str) -> bool:
        """Whether the key covers `scope`, such as `usage:*`."""
        return bool({"admin:*", scope} & self.scopes)


def made_up_key(seed: int, purpose: str, *, prefix: str = "crsr_") -> str:
    """A key text in Cursor's format, fixed by seed and purpose."""
    return prefix + shake_256(f"{seed}:{purpose}".encode()).hexdigest(32)


class KeyRing:
    """All keys that were ever given out; revoked ones are forgotten."""

    def __init__(self, keys: list[Key]) -> None:
        self._keys = {key.text: key for key in keys}

    def find(self, authorization: str | None) -> Key | None:
        """The key in a Basic `Authorization` header: the key as user, no password. None if it is not one."""
        scheme, _, encoded = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self._keys.get(user) if colon and not password else None

    def add(self, key: Key) -> None:
        """Give out `key`; one with the same text is replaced."""
        self._keys[key.text] = key

    def revoke(self, text: str) -> None:
        """Withdraw a key."""
        self._keys.pop(text, None)
