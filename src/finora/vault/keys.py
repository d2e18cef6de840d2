"""Master keys, and the ring that holds the current one and the former ones.

A master key wraps the data keys of the credentials and nothing else, so that changing it re-wraps a few bytes per
credential and touches no ciphertext.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from finora.vault import cipher
from finora.vault.errors import InvalidMasterKey

_FINGERPRINT_OF = b"finora master key fingerprint"


class MasterKey:
    """A 256-bit key.

    Attributes:
        id: A fingerprint that tells keys apart and says nothing about them.
    """

    __slots__ = ("_key", "id")

    def __init__(self, key: bytes) -> None:
        if len(key) != cipher.KEY_BYTES:
            raise InvalidMasterKey(f"A master key has {cipher.KEY_BYTES} bytes.")
        self._key = key
        self.id = hmac.digest(key, _FINGERPRINT_OF, "sha256")[:16].hex()

    @classmethod
    def generate(cls) -> Self:
        """Return a fresh random key."""
        return cls(cipher.random_key())

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Return the key that a text spells.

        Args:
            text: 32 bytes as 64 hexadecimal digits or as base64, of either alphabet.
            source: Where it comes from, for the message.

        Raises:
            InvalidMasterKey: It spells anything else. A key is never stretched, padded or cut to size.
        """
        try:
            key = bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]{64}", text) else _from_base64(text)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != cipher.KEY_BYTES:
            raise InvalidMasterKey(
                f"{source} holds no master key: {cipher.KEY_BYTES} random bytes as base64 or as 64 hexadecimal digits are "
                f"wanted. Make one with: openssl rand -base64 {cipher.KEY_BYTES}"
            )
        return cls(key)

    def text(self) -> str:
        """Return the key itself as base64, to be kept in a private file."""
        return b64encode(self._key).decode()

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes for another purpose, which say nothing about the key and are the same in every process."""
        return hmac.digest(self._key, f"finora derived key {purpose}".encode(), "sha256")

    def wrap(self, data_key: bytes, credential_id: str) -> bytes:
        """Return a credential's data key, encrypted."""
        return cipher.encrypt(self._key, data_key, self._bound_to(credential_id))

    def unwrap(self, wrapped: bytes, credential_id: str) -> bytes:
        """Return a credential's data key.

        Raises:
            NotAuthentic: It was changed, or wrapped for another credential or with another key.
        """
        return cipher.decrypt(self._key, wrapped, self._bound_to(credential_id))

    def _bound_to(self, credential_id: str) -> bytes:
        return f"finora data key {self.id} {credential_id}".encode()

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The master key that wraps, and former ones that only unwrap what they once wrapped.

    Attributes:
        source: Where the keys come from, for messages.
    """

    current: MasterKey
    former: tuple[MasterKey, ...] = ()
    source: str = "the key ring"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Return the keys of a text, separated by commas or white space, the current one first.

        Raises:
            InvalidMasterKey: One of them is malformed, or there is none.
        """
        words = re.split(r"[,\s]+", text.strip())
        current, *former = (MasterKey.parse(word, source) for word in words)
        return cls(current, tuple(former), source)

    def key(self, key_id: str) -> MasterKey | None:
        """Return a key by its fingerprint, or None where the ring does not hold it."""
        return next((key for key in (self.current, *self.former) if key.id == key_id), None)

    def led_by(self, key: MasterKey) -> KeyRing:
        """Return a ring with another current key that still holds all present ones."""
        others = tuple(other for other in (self.current, *self.former) if other.id != key.id)
        return KeyRing(key, others, self.source)

    def text(self) -> str:
        """Return the keys themselves, one a line, the current one first."""
        return "\n".join(key.text() for key in (self.current, *self.former))


def _from_base64(text: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/")
    return b64decode(standard + "=" * (-len(standard) % 4), validate=True)
