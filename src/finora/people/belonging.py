"""Who belongs to which team: what providers say, and what was decided by hand, which beats it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from finora.people.models import Assignment, Identity, TeamRow
from finora.spend.store import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An address as a provider knows it: the name, the role and the provider's own team."""

    email: str
    name: str
    role: str
    removed: bool
    team_key: str
    team_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTeam:
    """A team.

    Attributes:
        key: Its stable name.
        label: What it is called.
        by_hand: Whether it was made here; else a provider has it.
        dissolved: Whether it was deleted here although a provider has it; nobody is in it then.
        provider_label: What the provider calls it; empty for one made here.
        members: The addresses of those in it, in order.
    """

    key: str
    label: str
    by_hand: bool
    dissolved: bool = False
    provider_label: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """What is known of memberships and of what was decided by hand.

    Attributes:
        memberships: By address, the one that counts: a current member's before a former one's.
        rows: Teams made, renamed or dissolved here, by key.
        by_hand: The team of each address that was moved by hand; empty for none.
    """

    memberships: Mapping[str, Membership]
    rows: Mapping[str, TeamRow]
    by_hand: Mapping[str, str]

    def teams(self) -> dict[str, KnownTeam]:
        """Return all teams by key, dissolved ones as well."""
        theirs = {
            each.team_key: each.team_label
            for each in sorted(self.memberships.values(), key=lambda each: (not each.removed, each.email))
            if each.team_key
        }
        members: dict[str, list[str]] = {}
        for email in sorted({*self.memberships, *self.by_hand}):
            members.setdefault(self.team_of(email), []).append(email)
        found = {}
        for key in {*theirs, *self.rows}:
            row = self.rows.get(key)
            found[key] = KnownTeam(
                key=key,
                label=row.label if row else theirs[key],
                by_hand=row.by_hand if row else False,
                dissolved=row.dissolved if row else False,
                provider_label=theirs.get(key, ""),
                members=tuple(members.get(key, ())),
            )
        return found

    def team_of(self, email: str) -> str:
        """Return the key of somebody's team; empty where they are in none."""
        if email in self.by_hand:
            return self.by_hand[email]
        membership = self.memberships.get(email)
        key = membership.team_key if membership else ""
        row = self.rows.get(key)
        return "" if row is not None and row.dissolved else key

    def named(self, also: Iterable[str] = ()) -> Iterator[Person]:
        """Yield everybody with the name and team that answers show.

        Args:
            also: Addresses to name although nothing is known of them any more.
        """
        teams = self.teams()
        for email in dict.fromkeys((*self.memberships, *self.by_hand, *also)):
            membership, key = self.memberships.get(email), self.team_of(email)
            yield Person(
                key=email,
                label=(membership.name if membership else "") or email,
                team=key,
                team_label=teams[key].label if key in teams else "",
            )


def read_belonging(session: Session) -> Belonging:
    """Return what the ledger holds."""
    columns = (
        Identity.email,
        Identity.name,
        Identity.role,
        Identity.removed,
        Identity.team_key,
        Identity.team_label,
    )
    rows: Sequence[tuple[str, str, str, bool, str, str]] = session.execute(
        select(*columns)
        .where(Identity.email != "")
        .order_by(Identity.removed.desc(), Identity.last_seen_at, Identity.id)
    ).all()
    memberships = {
        email: Membership(
            email=email, name=name, role=role, removed=removed, team_key=team_key, team_label=team_label
        )
        for email, name, role, removed, team_key, team_label in rows
    }
    by_hand = {each.email: each.team_key for each in session.scalars(select(Assignment))}
    teams = {row.key: row for row in session.scalars(select(TeamRow))}
    return Belonging(memberships, teams, by_hand)
