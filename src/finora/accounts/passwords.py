"""Passwords: the rule for new ones, and their slow hashes."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from finora.accounts.errors import TooManyAttempts, WeakPassword
from finora.accounts.tokens import new_token

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 12
_LONGEST = 1000
_AT_ONCE = 2
_PATIENCE_SECONDS = 5


def check_password(password: str, email: str) -> None:
    """Go on only if a password may be used by the user with this address.

    Raises:
        WeakPassword: It may not; the message names every rule that it breaks.
    """
    broken = list(_broken_rules(_normal(password), email))
    if broken:
        raise WeakPassword(f"Choose another password: it {'; it '.join(broken)}.")


def _broken_rules(password: str, email: str) -> Iterator[str]:
    if len(password) < SHORTEST:
        yield f"has fewer than {SHORTEST} characters"
    if len(password) > _LONGEST:
        yield f"has more than {_LONGEST} characters"
    if not any(character.isalpha() for character in password):
        yield "has no letter"
    if not any(character.isdigit() for character in password):
        yield "has no digit"
    folded = password.casefold()
    if len(folded) >= SHORTEST and (folded in email or email in folded):
        yield "repeats the e-mail address"


class Passwords:
    """Argon2id hashes of passwords.

    One hash takes 64 MiB and some 50 ms by RFC 9106's second recommended setting, so only two are made at once: a flood
    of sign-ins must not exhaust the memory of a small machine.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """Return the hash to keep, with its salt and its cost inside.

        Raises:
            TooManyAttempts: Too many others wait for a hash.
        """
        with _Turn(self._turns):
            return self._hasher.hash(_normal(password))

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Return whether a password belongs to a hash.

        Where there is no hash the answer is no, and takes as long as if there were one.

        Raises:
            TooManyAttempts: Too many others wait for a hash.
        """
        decoy = self._decoy
        with _Turn(self._turns):
            try:
                return self._hasher.verify(password_hash or decoy, _normal(password[: _LONGEST + 1]))
            except VerifyMismatchError:
                return False

    def is_outdated(self, password_hash: str) -> bool:
        """Return whether a hash was made at another cost than new ones are."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _decoy(self) -> str:
        """The hash of a password that nobody knows."""
        return self.hash(new_token())


class _Turn:
    """One of the few places at the hasher, for which nobody waits long."""

    def __init__(self, turns: BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=_PATIENCE_SECONDS):
            raise TooManyAttempts(_PATIENCE_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._turns.release()


def _normal(password: str) -> str:
    """Return the same characters however the keyboard composed them (NFKC, as NIST SP 800-63B 5.1.1.2 has it)."""
    return unicodedata.normalize("NFKC", password)
