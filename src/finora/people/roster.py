"""Everybody there is: members, those who left, service accounts, and what nobody can be named for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from finora.spend.catalog import NONE
from finora.values.interval import day_from_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.people.belonging import Belonging
    from finora.spend.store import Actor

UNATTRIBUTED = "unattributed"
UNASSIGNED = "unassigned-seats"
IDLE_AFTER = timedelta(days=30)
"""Active is who caused an event within so many days, today among them."""

_NO_TEAM = "No team"


class Kind(StrEnum):
    """What a line of people stands for."""

    PERSON = "person"
    SERVICE_ACCOUNT = "service_account"
    UNATTRIBUTED = "unattributed"
    """Events that name nobody."""
    UNASSIGNED = "unassigned"
    """Seats that nobody holds."""


class State(StrEnum):
    """Whether somebody is still at work."""

    ACTIVE = "active"
    IDLE = "idle"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person, or what stands in the place of one.

    Attributes:
        key: As in the dimension `person`: the e-mail address in lower case.
        name: What people call them.
        kind: What they are.
        state: Removed where the provider no longer lists them, else active or idle; none for what is nobody, and where
            nothing was read yet that could tell.
        role: At the provider.
        team: The key of their team; `none` without one.
        team_label: What that is called.
        by_hand: Whether they were put there by hand.
        last_active: The last day on which they caused an event.
    """

    key: str
    name: str
    kind: Kind = Kind.PERSON
    state: State | None = None
    role: str = ""
    team: str = NONE
    team_label: str = _NO_TEAM
    by_hand: bool = False
    last_active: date | None = None

    @property
    def is_somebody(self) -> bool:
        """Whether this is an account that can be in a team, and not what is left without one."""
        return self.kind in {Kind.PERSON, Kind.SERVICE_ACCOUNT}


NOBODYS_SEATS = Somebody(key=UNASSIGNED, name="Seats that nobody holds", kind=Kind.UNASSIGNED)


def make_roster(
    actors: Iterable[Actor], belonging: Belonging, today: date, *, was_read: bool
) -> dict[str, Somebody]:
    """Return everybody by key.

    Args:
        actors: Whom the event store knows.
        belonging: Who is a member, and in which team.
        today: In the workspace's zone.
        was_read: Whether events were read, so that somebody without any is idle.
    """
    known = {*belonging.memberships, *belonging.by_hand}
    found = {}
    for actor in actors:
        if actor.last_day is None and actor.key not in known:
            continue
        last_active = None if actor.last_day is None else day_from_number(actor.last_day)
        membership = belonging.memberships.get(actor.key)
        kind = _kind(actor)
        is_account = kind is not Kind.UNATTRIBUTED
        found[actor.key] = Somebody(
            key=actor.key,
            name=actor.service_account or actor.label,
            kind=kind,
            state=_state(last_active, today, removed=bool(membership and membership.removed))
            if was_read and is_account
            else None,
            role=membership.role if membership else "",
            team=actor.team,
            team_label=actor.team_label,
            by_hand=actor.key in belonging.by_hand,
            last_active=last_active,
        )
    return found


def _kind(actor: Actor) -> Kind:
    if actor.key == UNATTRIBUTED:
        return Kind.UNATTRIBUTED
    return Kind.SERVICE_ACCOUNT if actor.service_account else Kind.PERSON


def _state(last_active: date | None, today: date, *, removed: bool) -> State:
    if removed:
        return State.REMOVED
    is_active = last_active is not None and last_active > today - IDLE_AFTER
    return State.ACTIVE if is_active else State.IDLE
