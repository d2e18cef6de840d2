"""Billing groups and directory groups: sections 10.5 and 10.6."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.clock import DAY_MS
from finora.simulator.events import CHARGEABLE
from finora.simulator.identifiers import token
from finora.simulator.people import TEAMS
from finora.simulator.responses import bad_request, enterprise_only, not_found
from finora.simulator.roster import Member, iso, roster
from finora.simulator.wire import cents, written

Nano = npt.NDArray[np.int64]

UNASSIGNED: Final = "Unassigned"
UNASSIGNED_ID: Final = "group_unassigned"
DEFAULT_PAGE, LARGEST_PAGE = 100, 500


@dataclass(frozen=True)
class Cycle:
    """The billing cycle that is asked about, end exclusive."""

    start: int
    end: int

    def written(self) -> dict[str, str]:
        """As the API writes it."""
        return {"cycleStart": iso(self.start), "cycleEnd": iso(self.end)}


def groups(ask: Ask) -> dict[str, Any]:
    """All billing groups with the on-demand spend of a cycle, and everyone who is in none."""
    cycle = _cycle(ask)
    spent = _daily_spend(ask, cycle)
    named = [_group(ask, name, cycle, spent) for name in _living(ask)]
    return {
        "groups": named,
        "unassignedGroup": _group(ask, UNASSIGNED, cycle, spent),
        "billingCycle": cycle.written(),
    }


def group(ask: Ask) -> dict[str, Any]:
    """One billing group."""
    names = {_group_id(ask, name): name for name in (*_living(ask), UNASSIGNED)}
    if ask.path["id"] not in names:
        raise not_found()
    cycle = _cycle(ask)
    return {
        "group": _group(ask, names[ask.path["id"]], cycle, _daily_spend(ask, cycle)),
        "billingCycle": cycle.written(),
    }


def _cycle(ask: Ask) -> Cycle:
    if ask.simulation.behaviour.plan != "enterprise":
        raise enterprise_only()
    asked = ask.query.get("billingCycle")
    moment = ask.now_ms
    if asked is not None:
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            raise bad_request("billingCycle must be YYYY-MM-DD") from None
        moment = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1_000) + DAY_MS - 1
    return Cycle(*ask.publication.company.cycles.around(moment))


def _living(ask: Ask) -> list[str]:
    """Teams whose group has not been deleted."""
    deleted = ask.publication.deleted_groups
    return [name for name in TEAMS if deleted.get(name, ask.now_ms + 1) > ask.now_ms]


def _group_id(ask: Ask, name: str) -> str:
    return UNASSIGNED_ID if name == UNASSIGNED else f"group_{token(ask.publication.company.seed, name, 16)}"


def _group(ask: Ask, name: str, cycle: Cycle, spent: Nano) -> dict[str, Any]:
    """A group with its people. History follows people: of a deleted group it is in Unassigned, all of it."""
    publication, living = ask.publication, set(_living(ask))
    everyone = roster(publication, ask.simulation.behaviour, ask.now_ms)
    inside = [m for m in everyone if (m.person.team if m.person.team in living else UNASSIGNED) == name]
    members = [_member(ask, member, cycle, spent[member.actor]) for member in inside]
    days = spent[[member.actor for member in inside]].sum(axis=0)
    return {
        "id": _group_id(ask, name),
        "name": name,
        "type": "BILLING",
        "directoryGroupId": None,
        "memberCount": sum(member["leftAt"] is None for member in members),
        "createdAt": iso(publication.company.start_ms),
        "updatedAt": iso(publication.company.start_ms),
        "spendCents": written(cents(days.sum(keepdims=True)))[0],
        "currentMembers": [member for member in members if member["leftAt"] is None],
        "formerMembers": [member for member in members if member["leftAt"] is not None],
        "dailySpend": _days(cycle, days),
    }


def _daily_spend(ask: Ask, cycle: Cycle) -> Nano:
    """Published on-demand charges in nano-USD, shape (actors, days of the cycle)."""
    publication = ask.publication
    rows = publication.shown(cycle.start, cycle.end - 1, ask.now_ms)
    rows = rows[(publication.events.flags[rows] & CHARGEABLE) != 0]
    charged, _ = publication.charges(rows, ask.now_ms)
    days = publication.events.ts[rows] // DAY_MS - cycle.start // DAY_MS
    spent = np.zeros(
        (len(publication.company.emails), cycle.end // DAY_MS - cycle.start // DAY_MS + 1), np.int64
    )
    np.add.at(spent, (publication.events.actor[rows], days), charged)
    return spent


def _days(cycle: Cycle, spent: Nano) -> list[dict[str, Any]]:
    first = cycle.start // DAY_MS
    return [
        {
            "date": datetime.fromtimestamp((first + day) * DAY_MS / 1_000, UTC).date().isoformat(),
            "spendCents": amount,
        }
        for day, amount in enumerate(written(cents(spent)))
        if amount
    ]


def _member(ask: Ask, member: Member, cycle: Cycle, spent: Nano) -> dict[str, Any]:
    numeric = ask.simulation.behaviour.numeric_ids or ask.publication.faults.numeric_ids
    return {
        "userId": member.member_id(numeric=numeric),
        "name": member.person.name,
        "email": member.person.email,
        "joinedAt": iso(member.person.joined_ms),
        "leftAt": None if member.removed_ms is None else iso(member.removed_ms),
        "spendCents": written(cents(spent.sum(keepdims=True)))[0],
        "dailySpend": _days(cycle, spent),
    }


def directory_groups(ask: Ask) -> dict[str, Any]:
    """The teams as the identity provider knows them, in pages."""
    page, size = ask.query_page(DEFAULT_PAGE, LARGEST_PAGE)
    chosen = TEAMS[(page - 1) * size : page * size]
    return {
        "groups": [_directory_group(ask, name) for name in chosen],
        "pagination": page_of(len(TEAMS), page, size),
    }


def directory_group(ask: Ask) -> dict[str, Any]:
    """One directory group."""
    return _directory_group(ask, _directory_name(ask))


def directory_group_members(ask: Ask) -> dict[str, Any]:
    """Who is in a directory group now, in pages."""
    page, size = ask.query_page(DEFAULT_PAGE, LARGEST_PAGE)
    inside = _in_team(ask, _directory_name(ask))
    return {
        "members": [
            {
                "userId": m.person.user_id,
                "name": m.person.name,
                "email": m.person.email,
                "joinedAt": iso(m.person.joined_ms),
            }
            for m in inside[(page - 1) * size : page * size]
        ],
        "pagination": page_of(len(inside), page, size),
    }


def _directory_id(ask: Ask, name: str) -> str:
    return f"team_group_{token(ask.publication.company.seed, 'directory ' + name, 16)}"


def _directory_name(ask: Ask) -> str:
    names = {_directory_id(ask, name): name for name in TEAMS}
    if ask.path["id"] not in names:
        raise not_found()
    return names[ask.path["id"]]


def _in_team(ask: Ask, name: str) -> list[Member]:
    everyone = roster(ask.publication, ask.simulation.behaviour, ask.now_ms)
    return [member for member in everyone if member.removed_ms is None and member.person.team == name]


def _directory_group(ask: Ask, name: str) -> dict[str, Any]:
    created = iso(ask.publication.company.start_ms)
    return {
        "id": _directory_id(ask, name),
        "name": name,
        "memberCount": len(_in_team(ask, name)),
        "monthlySpendingLimitDollars": None,
        "createdAt": created,
        "updatedAt": created,
    }


def page_of(total: int, page: int, size: int) -> dict[str, Any]:
    """The `pagination` object of the newer endpoints."""
    pages = -(-total // size)
    return {
        "page": page,
        "pageSize": size,
        "totalCount": total,
        "totalPages": pages,
        "hasNextPage": page < pages,
        "hasPreviousPage": page > 1,
    }


ENDPOINTS: Final = (
    Endpoint("GET", "/teams/groups", groups),
    Endpoint("GET", "/teams/groups/{id}", group),
    Endpoint("GET", "/teams/directory-groups", directory_groups),
    Endpoint("GET", "/teams/directory-groups/{id}", directory_group),
    Endpoint("GET", "/teams/directory-groups/{id}/members", directory_group_members),
)
