"""A secret in its envelope: encrypted with a data key of its own, which is encrypted with the master key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from finora.vault import cipher
from finora.vault.secret import Secret

if TYPE_CHECKING:
    from finora.vault.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Envelope:
    """An encrypted secret. It opens only under the credential id that it was sealed for.

    Attributes:
        credential_id: Whose secret it is.
        key_id: The master key that wraps the data key.
        wrapped_key: The data key, encrypted.
        ciphertext: The secret, encrypted with the data key.
    """

    credential_id: str
    key_id: str
    wrapped_key: bytes
    ciphertext: bytes

    @classmethod
    def seal(cls, secret: Secret, credential_id: str, ring: KeyRing) -> Envelope:
        """Return a secret encrypted with a fresh data key under the ring's current master key."""
        data_key = cipher.random_key()
        ciphertext = cipher.encrypt(
            data_key, secret.reveal().encode(), f"finora credential {credential_id}".encode()
        )
        return cls(credential_id, ring.current.id, ring.current.wrap(data_key, credential_id), ciphertext)

    def open(self, ring: KeyRing) -> Secret:
        """Return the secret.

        Raises:
            NotAuthentic: A bit was changed, it is another credential's, or the ring lacks the key.
        """
        bound_to = f"finora credential {self.credential_id}".encode()
        return Secret(cipher.decrypt(self._data_key(ring), self.ciphertext, bound_to).decode())

    def rewrapped(self, ring: KeyRing) -> Envelope:
        """Return the same with its data key under the ring's current master key.

        Raises:
            NotAuthentic: As for `open`.
        """
        wrapped_key = ring.current.wrap(self._data_key(ring), self.credential_id)
        return replace(self, key_id=ring.current.id, wrapped_key=wrapped_key)

    def _data_key(self, ring: KeyRing) -> bytes:
        key = ring.key(self.key_id)
        if key is None:
            raise cipher.NotAuthentic
        return key.unwrap(self.wrapped_key, self.credential_id)
