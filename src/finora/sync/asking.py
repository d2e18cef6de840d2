"""Asking a connection's account for the length of a run, with whatever key the connection has by then.

Of the threads of a run each has an `Asking` of its own, so that none uses an account while another changes its key; what they
have in common is the pace.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from finora.providers.errors import InvalidCredentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.connections import Connection
    from finora.providers.base import Account
    from finora.sync.workshop import Workshop
    from finora.values.clock import Clock

_T = TypeVar("_T")


class Asking:
    """A run's account at the provider.

    Args:
        shop: What the run works with.
        connection: Whose account it is.
        clock: Lets the line to the provider wait.
        on_wait: Told why and for how many seconds the line waits.
        behind: Tells how many others are wanted before what is asked.

    Attributes:
        connection: The connection as it was when the account was opened.
    """

    def __init__(
        self,
        shop: Workshop,
        connection: Connection,
        clock: Clock,
        on_wait: Callable[[str, float], None],
        behind: Callable[[], int] = lambda: 0,
    ) -> None:
        self._shop = shop
        self._clock = clock
        self._on_wait = on_wait
        self._behind = behind
        self.connection = connection
        self._account = self._open(connection)
        self._opened: tuple[Account, ...] = (self._account,)

    @property
    def requests(self) -> int:
        """How many requests were made so far; other threads may ask for it as well."""
        return sum(account.requests for account in self._opened)

    def ask(self, question: Callable[[Account], _T]) -> _T:
        """Ask the account; with a new key, if the key was replaced since it was opened.

        Raises:
            ProviderError: The provider does not answer, or not this key.
            ConnectionNotFound: The connection was removed.
        """
        self._follow_key()
        try:
            return question(self._account)
        except InvalidCredentials:
            if not self._follow_key():
                raise
            return question(self._account)

    def close(self) -> None:
        """Let go of the account."""
        self._account.close()

    def _follow_key(self) -> bool:
        """Open the account anew if the key was replaced, and say whether it was."""
        current = self._shop.connections.get(self.connection.id)
        if current.credential_version == self.connection.credential_version:
            return False
        self._account.close()
        self._account = self._open(current)
        self._opened += (self._account,)
        self.connection = current
        return True

    def _open(self, connection: Connection) -> Account:
        provider = self._shop.providers[connection.provider]
        line = replace(self._shop.line(provider, self._on_wait), clock=self._clock, behind=self._behind)
        return provider.open(self._shop.connections.credentials(connection), line)
