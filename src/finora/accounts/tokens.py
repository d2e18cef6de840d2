"""Random tokens, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets

API_TOKEN_PREFIX = "fin_"  # noqa: S105 - by which people and secret scanners know it

_RANDOM_BYTES = 32


def new_token(prefix: str = "") -> str:
    """Return a token of 256 random bits."""
    return f"{prefix}{secrets.token_urlsafe(_RANDOM_BYTES)}"


def digest(token: str) -> str:
    """Return the SHA-256 of a token, by which it is found again.

    A random token of 256 bits cannot be guessed from it, so it needs no slow hash as a password does.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
