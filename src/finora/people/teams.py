"""Teams as people here want them: made, renamed and deleted by hand, and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from finora.accounts import Permission
from finora.people.belonging import KnownTeam, read_belonging
from finora.people.errors import InvalidMembers, InvalidTeamName, TeamNameTaken, TeamNotFound
from finora.people.models import Assignment, TeamRow
from finora.storage.ledger import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from finora.accounts import Accounts, Principal
    from finora.people.belonging import Belonging
    from finora.people.service import People
    from finora.storage.ledger import Ledger
    from finora.values.clock import Clock

LONGEST_NAME = 100
MOST_MOVED = 1_000
_LONGEST_ADDRESS = 320
_NO_TEAM = "no team"


class Teams:
    """The teams of a workspace: those that providers have, and those made here.

    What is decided by hand beats what a provider says and survives every sync. Methods that change something take the
    acting `Principal`, check that they may, and write the act into the audit log in the same transaction; answers then
    show the new names and teams.

    Args:
        ledger: Where decisions are kept.
        accounts: Keeps the audit log.
        people: Gives answers their names.
        clock: The present.
    """

    def __init__(self, ledger: Ledger, accounts: Accounts, people: People, clock: Clock) -> None:
        self._ledger = ledger
        self._accounts = accounts
        self._people = people
        self._clock = clock

    def all(self, *, dissolved: bool = False) -> list[KnownTeam]:
        """Return the teams by name, or those of providers that were dissolved here."""
        found = self._people.belonging().teams().values()
        return sorted(
            (each for each in found if each.dissolved is dissolved),
            key=lambda each: (each.label.lower(), each.key),
        )

    def get(self, key: str) -> KnownTeam:
        """Return a team.

        Raises:
            TeamNotFound: There is none of that key.
        """
        return _existing(self._people.belonging(), key)

    def make(self, actor: Principal, name: str, *, address: str = "") -> KnownTeam:
        """Make a team that nobody is in yet.

        Raises:
            InvalidTeamName: A team cannot be called that.
            TeamNameTaken: Another one is.
        """
        actor.require(Permission.MANAGE_TEAMS)
        with self._ledger.session() as session:
            label = _free_name(read_belonging(session), name)
            row = TeamRow(key=f"team_{new_id()[:16]}", by_hand=True, dissolved=False, label=label)
            self._put(session, actor, row)
            self._accounts.record(
                actor, "team.created", label, details={"key": row.key}, address=address, session=session
            )
        self._people.decided()
        return KnownTeam(key=row.key, label=label, by_hand=True)

    def rename(self, actor: Principal, key: str, name: str, *, address: str = "") -> KnownTeam:
        """Give a team another name; a provider's keeps it, whatever the provider calls it from now on.

        Raises:
            InvalidTeamName: A team cannot be called that.
            TeamNameTaken: Another one is.
            TeamNotFound: There is none.
        """

        def renamed(team: KnownTeam, belonging: Belonging) -> TeamRow:
            label = _free_name(belonging, name, but=key)
            return TeamRow(key=key, label=label, by_hand=team.by_hand, dissolved=team.dissolved)

        return self._changed(actor, key, renamed, "team.renamed", address)

    def delete(self, actor: Principal, key: str, *, address: str = "") -> None:
        """Delete a team.

        Whoever was put into it by hand is where their provider has them again. A team that a provider has cannot be
        forgotten, as each sync tells of it anew: it is dissolved, nobody is in it, and `restore` brings it back.

        Raises:
            TeamNotFound: There is none.
        """
        actor.require(Permission.MANAGE_TEAMS)
        with self._ledger.session() as session:
            belonging = read_belonging(session)
            team = _existing(belonging, key)
            back = [email for email, chosen in belonging.by_hand.items() if chosen == key]
            session.execute(delete(Assignment).where(Assignment.team_key == key))
            if team.provider_label:
                row = TeamRow(key=key, label=team.label, by_hand=False, dissolved=True)
                self._put(session, actor, row)
            else:
                session.execute(delete(TeamRow).where(TeamRow.key == key))
            details = {"key": key, "people": len(team.members)}
            self._accounts.record(
                actor, "team.deleted", team.label, details=details, address=address, session=session
            )
        self._people.decided(back)

    def restore(self, actor: Principal, key: str, *, address: str = "") -> KnownTeam:
        """Bring back a provider's team that was dissolved.

        Raises:
            TeamNameTaken: Another one was given its name meanwhile.
            TeamNotFound: There is none.
        """

        def restored(team: KnownTeam, belonging: Belonging) -> TeamRow:
            label = _free_name(belonging, team.label, but=key)
            return TeamRow(key=key, label=label, by_hand=team.by_hand, dissolved=False)

        return self._changed(actor, key, restored, "team.restored", address)

    def move(self, actor: Principal, emails: Iterable[str], key: str | None, *, address: str = "") -> int:
        """Put people into a team by hand, or with an empty key into none; none as the key is what their provider says.

        Returns how many are somewhere else than before.

        Raises:
            InvalidMembers: An address is none, or there are too many.
            TeamNotFound: There is no such team.
        """
        actor.require(Permission.MANAGE_TEAMS)
        wanted = _addresses(emails)
        with self._ledger.session() as session:
            belonging = read_belonging(session)
            label = _existing(belonging, key, living=True).label if key else _NO_TEAM
            before = {email: belonging.team_of(email) for email in wanted}
            moved = [email for email in wanted if belonging.by_hand.get(email) != key]
            session.execute(delete(Assignment).where(Assignment.email.in_(moved)))
            if key is not None:
                now = self._clock.now()
                session.add_all(
                    Assignment(email=email, team_key=key, assigned_at=now, assigned_by=actor.email)
                    for email in moved
                )
                session.flush()
            after = read_belonging(session)
            changed = [email for email in wanted if after.team_of(email) != before[email]]
            if moved:
                details = {"people": moved[:50], "count": len(moved), "key": key}
                subject = label if key is not None else "as the provider says"
                self._accounts.record(
                    actor, "team.people_moved", subject, details=details, address=address, session=session
                )
        self._people.decided(moved)
        return len(changed)

    def _changed(
        self,
        actor: Principal,
        key: str,
        change: Callable[[KnownTeam, Belonging], TeamRow],
        act: str,
        address: str,
    ) -> KnownTeam:
        """Change a team's row, and tell of it."""
        actor.require(Permission.MANAGE_TEAMS)
        with self._ledger.session() as session:
            belonging = read_belonging(session)
            team = _existing(belonging, key)
            row = change(team, belonging)
            self._put(session, actor, row)
            session.flush()
            after = _existing(read_belonging(session), key)
            if after != team:
                details: Mapping[str, object] = {"key": key, "label": [team.label, after.label]}
                self._accounts.record(
                    actor, act, after.label, details=details, address=address, session=session
                )
        self._people.decided()
        return after

    def _put(self, session: Session, actor: Principal, row: TeamRow) -> None:
        row.changed_at, row.changed_by = self._clock.now(), actor.email
        session.merge(row)


def _existing(belonging: Belonging, key: str, *, living: bool = False) -> KnownTeam:
    team = belonging.teams().get(key)
    if team is None or (living and team.dissolved):
        raise TeamNotFound("There is no such team. It may have been deleted meanwhile.")
    return team


def _free_name(belonging: Belonging, name: str, *, but: str = "") -> str:
    label = " ".join(name.split())
    if not label or len(label) > LONGEST_NAME or not label.isprintable():
        raise InvalidTeamName(f"Give the team a name of 1 to {LONGEST_NAME} characters.")
    if label.lower() == _NO_TEAM:
        raise InvalidTeamName("“No team” is what those without one are shown as. Choose another name.")
    for team in belonging.teams().values():
        if team.key != but and not team.dissolved and team.label.lower() == label.lower():
            raise TeamNameTaken(f"There is a team “{team.label}” already. Choose another name.")
    return label


def _addresses(emails: Iterable[str]) -> Sequence[str]:
    wanted = list(dict.fromkeys(each.strip().lower() for each in emails))
    if not wanted:
        raise InvalidMembers("Name at least one person to move.")
    if len(wanted) > MOST_MOVED:
        raise InvalidMembers(f"At most {MOST_MOVED:,} people can be moved at a time.")
    for each in wanted:
        if "@" not in each or len(each) > _LONGEST_ADDRESS or not each.isprintable() or " " in each:
            raise InvalidMembers(f"“{each[:80]}” is not an e-mail address, and people are moved by theirs.")
    return wanted
