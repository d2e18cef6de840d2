"""People: names, roles and teams behind the e-mail addresses on events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, event, select

from finora.people.belonging import read_belonging
from finora.people.models import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from finora.people.belonging import Belonging
    from finora.providers.base import Member, Team
    from finora.spend.store import EventStore
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person as their providers describe them, and when they were first and last seen as a member."""

    email: str
    name: str
    role: str
    removed: bool
    team_label: str
    first_seen_at: datetime
    last_seen_at: datetime


class People:
    """Keeps who belongs to the connected accounts, and gives answers their names."""

    def __init__(self, ledger: Ledger, store: EventStore, clock: Clock) -> None:
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._revision = 0
        self._known: tuple[tuple[int, int], Belonging] | None = None
        self._members: dict[str, tuple[tuple[int, int], list[KnownPerson]]] = {}

    def record(
        self,
        connection_id: str,
        members: Sequence[Member],
        teams: Sequence[Team] | None,
        *,
        session: Session | None = None,
    ) -> None:
        """Keep what a provider says of an account's members now.

        Members it no longer lists are kept and marked as removed, for their events stay theirs, and so does their team.
        Without `teams` (the plan has none, or they could not be read) everybody keeps the team they had. Someone who was
        removed and invited again, or whose number at the provider changed its form, is the same person by their address.

        Within the caller's `session` it is for the caller to say `decided` once that is committed.
        """
        with self._ledger.within(session) as within:
            self._record(within, connection_id, members, teams)
        if session is None:
            self.decided()

    def _record(
        self, session: Session, connection_id: str, members: Sequence[Member], teams: Sequence[Team] | None
    ) -> None:
        now = self._clock.now()
        known = {
            _person_key(each.provider_id, each.email): each
            for each in sorted(_identities(session, connection_id), key=lambda each: not each.removed)
        }
        listed = {
            _person_key(member.provider_id, member.email): member
            for member in sorted(members, key=lambda member: not member.removed)
        }
        for key, member in listed.items():
            identity = known.get(key)
            if identity is None:
                identity = Identity(
                    connection_id=connection_id, email=member.email, first_seen_at=now, last_seen_at=now
                )
                session.add(identity)
                known[key] = identity
            identity.provider_id, identity.name, identity.role = (
                member.provider_id,
                member.name,
                member.role,
            )
            identity.removed = member.removed
            if not member.removed:
                identity.last_seen_at = now
        for key, identity in known.items():
            identity.removed = identity.removed or key not in listed
        if teams is not None:
            _assign(known.values(), teams)

    def members_of(self, connection_id: str) -> list[KnownPerson]:
        """Return everyone ever listed for a connection, by name; remembered until a sync changes it."""
        revision = self.revision
        known = self._members.get(connection_id)
        if known is None or known[0] != revision:
            known = self._members[connection_id] = (revision, self._read_members(connection_id))
        return list(known[1])

    def _read_members(self, connection_id: str) -> list[KnownPerson]:
        with self._ledger.reading() as session:
            return sorted(
                (
                    KnownPerson(
                        email=each.email,
                        name=each.name,
                        role=each.role,
                        removed=each.removed,
                        team_label=each.team_label,
                        first_seen_at=each.first_seen_at,
                        last_seen_at=each.last_seen_at,
                    )
                    for each in _identities(session, connection_id)
                ),
                key=lambda person: (person.removed, person.name.lower(), person.email),
            )

    def looks_like(self, connection_id: str, members: Sequence[Member]) -> bool:
        """Return whether members are of the account behind a connection; true where either list is empty.

        Administrators of an organization can be members of several teams, so one common member proves nothing: at
        least a third of the smaller list must be common.
        """
        with self._ledger.reading() as session:
            return _are_alike(_identities(session, connection_id), members, unless_known=True)

    def are_of(self, connection_id: str, members: Sequence[Member], *, session: Session) -> bool:
        """Return whether members surely are of the account behind a connection; false where either list is empty."""
        return _are_alike(_identities(session, connection_id), members, unless_known=False)

    def forget(self, connection_id: str, session: Session | None = None) -> None:
        """Delete the members kept for a connection."""
        with self._ledger.within(session) as within:
            within.execute(delete(Identity).where(Identity.connection_id == connection_id))
            event.listen(within, "after_commit", self._forgot, once=True)

    def _forgot(self, _session: Session) -> None:
        self._revision += 1

    @property
    def revision(self) -> tuple[int, int]:
        """What is another after every change of who belongs where.

        Other processes' changes show in the event store, which they give the names to, or tell of a sync.
        """
        return self._revision, self._store.version() if self._ledger.shared else 0

    def belonging(self) -> Belonging:
        """Return who belongs to which team, remembered until a sync or somebody here changes it."""
        revision = self.revision
        if self._known is None or self._known[0] != revision:
            with self._ledger.reading() as session:
                self._known = (revision, read_belonging(session))
        return self._known[1]

    def decided(self, also: Iterable[str] = ()) -> None:
        """Take note that teams were changed by hand, and give the event store everyone's name and team.

        Args:
            also: Addresses whose decision was taken back; a former member's may be known from nothing else.
        """
        self._revision += 1
        self._store.name_people(list(self.belonging().named(also)))


def _identities(session: Session, connection_id: str) -> Sequence[Identity]:
    return session.scalars(select(Identity).where(Identity.connection_id == connection_id)).all()


def _person_key(provider_id: str, email: str) -> str:
    return email or provider_id


def _are_alike(identities: Sequence[Identity], members: Sequence[Member], *, unless_known: bool) -> bool:
    """Return whether at least a third of the shorter of two lists is in both; `unless_known` where either is empty."""
    ids = {each.provider_id for each in identities if each.provider_id}
    emails = {each.email for each in identities if each.email}
    listed = {_person_key(member.provider_id, member.email): member for member in members}
    known = {_person_key(each.provider_id, each.email) for each in identities}
    if not known or not listed:
        return unless_known
    common = sum(member.provider_id in ids or member.email in emails for member in listed.values())
    return 3 * common >= min(len(known), len(listed))


def _assign(identities: Iterable[Identity], teams: Sequence[Team]) -> None:
    """Put everyone into their team; who left stays in the one they left from."""
    team_of = {email: team for team in teams for email in team.emails}
    for identity in identities:
        team = team_of.get(identity.email)
        if team is not None or not identity.removed:
            identity.team_key, identity.team_label = (team.key, team.label) if team else ("", "")
