"""Connecting, rotating and removing: the life of a provider key."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from finora.connections.entry import read_credentials
from finora.connections.errors import AlreadyConnected, ConnectionNotFound, DifferentTeam
from finora.connections.models import Connection
from finora.connections.upkeep import Upkeep, mended
from finora.errors import BadRequest
from finora.providers.registry import provider_named
from finora.spend.store import ConnectionName
from finora.vault import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from finora.people import People
    from finora.providers.base import Access, Line, Member, Provider
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock
    from finora.vault import Vault

_LONGEST_NAME = 200


class Connections:
    """The connected provider accounts.

    Args:
        ledger: Where they are kept.
        vault: Where their credentials are kept.
        store: Told the names of connections, and what to forget.
        people: Told who belongs to an account.
        providers: The providers there are.
        line: Makes the line to a provider; `patient` for a sync, not for a person at a form.
        clock: The present.
        forgetting: Delete what other rooms keep of a connection, when its history is to go.

    Attributes:
        providers: The providers there are.
        upkeep: Where a sync notes how it went.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        vault: Vault,
        store: EventStore,
        people: People,
        providers: Mapping[str, Provider],
        line: Callable[[Provider], Line],
        clock: Clock,
        forgetting: Sequence[Callable[[str, Session], None]] = (),
    ) -> None:
        self._ledger = ledger
        self._vault = vault
        self._store = store
        self._people = people
        self.providers = providers
        self._line = line
        self._clock = clock
        self._forgetting = forgetting
        self.upkeep = Upkeep(ledger, clock)
        self._removing = threading.RLock()

    def connect(
        self,
        provider_name: str,
        name: str,
        credentials: Mapping[str, object],
        *,
        by: str,
        confirm: bool = False,
    ) -> Connection:
        """Check a key live and, if it is good, keep it encrypted.

        Args:
            provider_name: Which provider.
            name: What to call the connection; the provider's label where empty.
            credentials: The provider's credential fields.
            by: Who connects, for the record.
            confirm: Connect although the account looks connected already.

        Raises:
            InvalidKeyText: The text cannot be a key.
            ProviderError: The provider does not accept it, or cannot be asked.
            AlreadyConnected: Another connection has the same key or the same members.
        """
        provider = provider_named(self.providers, provider_name)
        entered = read_credentials(provider, credentials)
        access = self._check(provider, entered)
        # Looked for and written in one transaction, of which one runs at a time: two clicks on Save, in one process or
        # in two, must not become two connections.
        with self._ledger.session() as session:
            self._refuse_same_key(session, provider, entered)
            if not confirm:
                self._refuse_twin(session, provider, access.members)
            connection = Connection(
                number=(session.scalar(select(func.max(Connection.number))) or 0) + 1,
                provider=provider.key,
                name=self._free_name(session, _clean_name(name) or provider.label),
                connected_by=by,
                connected_at=self._clock.now(),
                next_sync_at=self._clock.now(),
                capabilities=_capabilities(access),
                key_last4=_last4(entered),
                credential_id=self._vault.store(Secret(json.dumps(entered)), session=session),
            )
            session.add(connection)
            session.flush()
            # Before the ledger commits: a name too many does no harm, but money of a connection without a name would.
            self._tell_store(connection)
            self._people.record(connection.id, access.members, None, session=session)
        self._people.decided()
        return connection

    def rotate(
        self, connection_id: str, credentials: Mapping[str, object], *, confirm: bool = False
    ) -> Connection:
        """Check a new key live and, if it is good, put it in the old one's place; a running sync goes on with it.

        Raises:
            DifferentTeam: The new key opens another team's account, and nobody confirmed that this is meant.
            AlreadyConnected: Another connection has this very key.
            InvalidKeyText, ProviderError: As for `connect`. The old key stays.
        """
        connection = self.get(connection_id)
        provider = provider_named(self.providers, connection.provider)
        entered = read_credentials(provider, credentials)
        access = self._check(provider, entered)
        if not confirm and not self._people.looks_like(connection_id, access.members):
            raise DifferentTeam(
                f"The new key opens an account whose members are not those of “{connection.name}”. Its history would then "
                "mix two teams. Connect the other team on its own, or confirm if this is meant. The old key stays in use."
            )
        with self._ledger.session() as session:
            connection = _existing(session, connection_id)
            self._refuse_same_key(session, provider, entered, of=connection_id)
            self._vault.replace(connection.credential_id or "", Secret(json.dumps(entered)), session=session)
            connection.credential_version += 1
            connection.key_last4 = _last4(entered)
            connection.capabilities = _capabilities(access)
            connection.rotated_at = self._clock.now()
            connection.next_sync_at = self._clock.now()
            mended(connection)
        return connection

    def rename(self, connection_id: str, name: str) -> Connection:
        """Give a connection another name."""
        wanted = _clean_name(name)
        if not wanted:
            raise BadRequest("A connection needs a name.")
        with self._ledger.session() as session:
            connection = _existing(session, connection_id)
            if connection.name != wanted:
                connection.name = self._free_name(session, wanted)
            self._tell_store(connection)
        return connection

    def pause(self, connection_id: str, *, paused: bool) -> Connection:
        """Stop or resume the scheduled refreshes of a connection."""
        with self._ledger.session() as session:
            connection = _existing(session, connection_id)
            connection.paused = paused
            if not paused:
                connection.next_sync_at = self._clock.now()
        return connection

    def remove(self, connection_id: str, *, delete_history: bool = False) -> Connection:
        """Delete a connection's credential for good, and its events too if asked to.

        The credential goes first and at once: whatever fails later, nobody can use it any more. What it takes to delete the
        events is noted with it, so that the next start ends a removal that was cut short (see `end_removals`).
        """
        with self._removing, self._ledger.session() as session:
            connection = _existing(session, connection_id)
            credential = connection.credential_id
            connection.credential_id = None
            connection.removed_at = self._clock.now()
            connection.forgetting = delete_history
            session.flush()
            if credential:
                self._vault.delete(credential, session=session)
            if delete_history:
                self._people.forget(connection_id, session)
                for forget in self._forgetting:
                    forget(connection_id, session)
        if delete_history:
            self._store.forget(connection.number)
        return connection

    def end_removals(self) -> None:
        """Delete what is stored of connections that were removed with their history.

        A process may have died on the way, or another have stored a window in that very moment.
        """
        with self._ledger.reading() as session:
            cut_short = session.scalars(select(Connection).where(Connection.forgetting)).all()
        stored = set(self._store.connections()) if cut_short else set()
        for connection in cut_short:
            if connection.number in stored:
                self._store.forget(connection.number)

    def all(self) -> list[Connection]:
        """Return the connections that are connected, in the order they were."""
        with self._ledger.reading() as session:
            return _connected(session)

    def known_numbers(self) -> frozenset[int]:
        """Return the numbers of all connections there ever were."""
        with self._ledger.reading() as session:
            return frozenset(session.scalars(select(Connection.number)))

    def name_all(self) -> None:
        """Tell the event store the names of all connections, which one that was made anew lacks."""
        for connection in self.all():
            self._tell_store(connection)

    def get(self, connection_id: str) -> Connection:
        """Return a connection.

        Raises:
            ConnectionNotFound: There is none, or it was removed.
        """
        with self._ledger.reading() as session:
            return _existing(session, connection_id)

    def credentials(self, connection: Connection) -> dict[str, str]:
        """Return a connection's credentials, for a sync about to use them.

        Raises:
            ConnectionNotFound: The connection was removed meanwhile.
        """
        return self._entered(connection)

    @contextmanager
    def held_in_place(self, connection_id: str) -> Iterator[None]:
        """Keep a connection from being removed while something of it is written.

        Raises:
            ConnectionNotFound: It was removed already.
        """
        with self._removing:
            self.get(connection_id)
            yield
            self._refuse_removed_by_another(connection_id)

    def _refuse_removed_by_another(self, connection_id: str) -> None:
        """Take back what was written of a connection that another process removed with its history meanwhile.

        That one holds nothing here back, and may have deleted the events before these came.
        """
        with self._ledger.reading() as session:
            connection = session.get_one(Connection, connection_id)
        if connection.removed_at is None:
            return
        if connection.forgetting:
            self._store.forget(connection.number)
        raise ConnectionNotFound("The connection was removed.")

    def _check(self, provider: Provider, entered: dict[str, str]) -> Access:
        account = provider.open(entered, self._line(provider))
        try:
            return account.check()
        finally:
            account.close()

    def _refuse_same_key(
        self, session: Session, provider: Provider, entered: dict[str, str], *, of: str = ""
    ) -> None:
        for other in _connected(session):
            if other.provider != provider.key or other.id == of:
                continue
            if self._entered(other, session) == entered:
                raise AlreadyConnected(
                    f"“{other.name}” uses this very key; connected twice, all its spend would count twice."
                )

    def _refuse_twin(self, session: Session, provider: Provider, members: tuple[Member, ...]) -> None:
        for other in _connected(session):
            if other.provider == provider.key and self._people.are_of(other.id, members, session=session):
                raise AlreadyConnected(
                    f"“{other.name}” has the same members as the account this key opens; connected twice, all its spend would "
                    "count twice. To replace its key use Update; if these are two teams after all, confirm."
                )

    def _entered(self, connection: Connection, session: Session | None = None) -> dict[str, str]:
        if connection.credential_id is None:
            raise ConnectionNotFound("The connection was removed.")
        secret = self._vault.reveal(connection.credential_id, session=session)
        entered: dict[str, str] = json.loads(secret.reveal())
        return entered

    def _free_name(self, session: Session, name: str) -> str:
        taken = set(session.scalars(select(Connection.name).where(Connection.removed_at.is_(None))))
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name} {count}"
        return candidate

    def _tell_store(self, connection: Connection) -> None:
        provider = provider_named(self.providers, connection.provider)
        self._store.name_connections(
            [
                ConnectionName(
                    number=connection.number,
                    key=connection.id,
                    label=connection.name,
                    provider=provider.key,
                    provider_label=provider.label,
                )
            ]
        )


def _connected(session: Session) -> list[Connection]:
    found = select(Connection).where(Connection.removed_at.is_(None)).order_by(Connection.number)
    return list(session.scalars(found))


def _existing(session: Session, connection_id: str) -> Connection:
    connection = session.get(Connection, connection_id)
    if connection is None or connection.removed_at is not None:
        raise ConnectionNotFound("There is no such connection; it may have been removed.")
    return connection


def _capabilities(access: Access) -> dict[str, object]:
    return {
        each.name: {"label": each.label, "state": each.state, "detail": each.detail}
        for each in access.capabilities
    }


def _last4(entered: dict[str, str]) -> str:
    return Secret(next(iter(entered.values()))).last4


def _clean_name(name: str) -> str:
    return " ".join(name.split())[:_LONGEST_NAME]
