"""The vault: credentials come in as secrets, rest as ciphertext, and leave as secrets or for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from finora.storage.ledger import erase_after_commit, new_id
from finora.vault.cipher import NotAuthentic
from finora.vault.envelope import Envelope
from finora.vault.errors import CredentialNotFound, CredentialUnreadable, WrongMasterKey
from finora.vault.models import Credential, VaultKey

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock
    from finora.vault.keys import KeyRing, MasterKey
    from finora.vault.secret import Secret


class Vault:
    """Encrypted credentials in the ledger.

    Each credential has a data key of its own, fresh with each replacement, which is wrapped with the master key. Both
    are AES-256-GCM and bound to the credential's id, so that a row copied over another cannot be read.

    Every method takes the caller's `session` where it shall be part of a larger transaction, such as one that writes a
    connection together with its credential.
    """

    def __init__(self, ledger: Ledger, ring: KeyRing, clock: Clock) -> None:
        """Check the keys, and re-wrap what is still wrapped with a former one.

        Raises:
            WrongMasterKey: There are credentials that no key of the ring unwraps. Nothing was changed.
        """
        self._ledger = ledger
        self._ring = ring
        self._clock = clock
        self._settle()

    @property
    def ring(self) -> KeyRing:
        """The master keys."""
        return self._ring

    def store(self, secret: Secret, *, session: Session | None = None) -> str:
        """Encrypt a secret and return its credential's id."""
        envelope = Envelope.seal(secret, new_id(), self._ring)
        with self._ledger.within(session) as within:
            credential = Credential(id=envelope.credential_id, stored_at=self._clock.now())
            _put(envelope, credential)
            within.add(credential)
            within.flush()
        return envelope.credential_id

    def reveal(self, credential_id: str, *, session: Session | None = None) -> Secret:
        """Return a credential's secret.

        Raises:
            CredentialNotFound: There is none of that id.
            CredentialUnreadable: It was changed or swapped with another's.
        """
        with self._ledger.reading_within(session) as within:
            envelope = _envelope(_existing(within, credential_id))
        try:
            return envelope.open(self._ring)
        except NotAuthentic as problem:
            raise _unreadable() from problem

    def replace(self, credential_id: str, secret: Secret, *, session: Session | None = None) -> None:
        """Put a new secret in a credential's place; nothing of the old one stays in the ledger's files.

        Raises:
            CredentialNotFound: There is none of that id.
        """
        envelope = Envelope.seal(secret, credential_id, self._ring)
        with self._ledger.within(session) as within:
            credential = _existing(within, credential_id)
            _put(envelope, credential)
            credential.stored_at = self._clock.now()
            within.flush()
            erase_after_commit(within)

    def delete(self, credential_id: str, *, session: Session | None = None) -> None:
        """Delete a credential for good: after the commit not even its ciphertext is in the ledger's files.

        One that is gone already is no error.
        """
        with self._ledger.within(session) as within:
            within.execute(delete(Credential).where(Credential.id == credential_id))
            erase_after_commit(within)

    def rotate(self, new: MasterKey) -> None:
        """Wrap every data key with a new master key; the ciphertexts stay as they are.

        The new key must be where the next start finds it before this is called; `rotate_key_file` sees to that.

        Raises:
            CredentialUnreadable: One credential is damaged. Nothing was changed.
        """
        ring = self._ring.led_by(new)
        with self._ledger.session() as session:
            self._wrap_all(session, ring)
        self._ring = ring

    def _settle(self) -> None:
        with self._ledger.reading() as session:
            used = set(session.scalars(select(Credential.key_id).distinct()))
            known = set(session.scalars(select(VaultKey.id)))
        if any(self._ring.key(key_id) is None for key_id in used):
            raise WrongMasterKey(
                f"{self._ring.source} does not hold the master key that the stored credentials were encrypted with. "
                "Nothing was changed. Give the former key back; for a planned change give both, the new one first: "
                "FINORA_SECRET_KEY=<new>,<former>. If the former key is lost for good, “finora vault forget” gives the "
                "credentials up and keeps everything else."
            )
        if known != {self._ring.current.id}:
            with self._ledger.session() as session:
                self._wrap_all(session, self._ring)

    def _wrap_all(self, session: Session, ring: KeyRing) -> None:
        current = ring.current.id
        if session.get(VaultKey, current) is None:
            session.add(VaultKey(id=current, first_used_at=self._clock.now()))
            session.flush()
        for credential in session.scalars(select(Credential).where(Credential.key_id != current)):
            try:
                _put(_envelope(credential).rewrapped(ring), credential)
            except NotAuthentic as problem:
                raise _unreadable() from problem
        session.flush()
        session.execute(delete(VaultKey).where(VaultKey.id != current))
        erase_after_commit(session)


def forget_all(ledger: Ledger, ring: KeyRing, clock: Clock, placeholder: Secret) -> int:
    """Put a placeholder in every credential's place, under a key that is at hand; return how many there were.

    For a ledger whose master key is lost: what is connected stays, with its history, and waits for its keys to be
    entered again. Nothing of the former ciphertexts stays in the ledger's files.
    """
    with ledger.session() as session:
        if session.get(VaultKey, ring.current.id) is None:
            session.add(VaultKey(id=ring.current.id, first_used_at=clock.now()))
            session.flush()
        credentials = session.scalars(select(Credential)).all()
        for credential in credentials:
            _put(Envelope.seal(placeholder, credential.id, ring), credential)
        session.flush()
        session.execute(delete(VaultKey).where(VaultKey.id != ring.current.id))
        erase_after_commit(session)
    return len(credentials)


def _existing(session: Session, credential_id: str) -> Credential:
    credential = session.get(Credential, credential_id)
    if credential is None:
        raise CredentialNotFound("The credential is not stored any more. Enter the key again.")
    return credential


def _envelope(credential: Credential) -> Envelope:
    return Envelope(credential.id, credential.key_id, credential.wrapped_key, credential.ciphertext)


def _put(envelope: Envelope, credential: Credential) -> None:
    credential.key_id = envelope.key_id
    credential.wrapped_key = envelope.wrapped_key
    credential.ciphertext = envelope.ciphertext


def _unreadable() -> CredentialUnreadable:
    return CredentialUnreadable(
        "A stored credential was damaged or changed outside of Finora and cannot be read. Enter the key again with Update."
    )
