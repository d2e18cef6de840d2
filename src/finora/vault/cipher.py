"""The one cipher of the vault: AES-256-GCM with a random nonce, bound to where it belongs."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class NotAuthentic(Exception):
    """What was to be decrypted was changed, belongs elsewhere, or was encrypted with another key."""


def random_key() -> bytes:
    """Return a fresh random key."""
    return os.urandom(KEY_BYTES)


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Return nonce, ciphertext and tag, which can only be decrypted together with what they are bound to."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what was encrypted.

    Raises:
        NotAuthentic: It cannot be trusted.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):  # ValueError: cut too short to hold a nonce
        raise NotAuthentic from None
