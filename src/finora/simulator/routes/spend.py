"""`POST /teams/spend`: section 10.3. Sums of the published events of the current billing cycle."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.events import CHARGEABLE, Rows
from finora.simulator.publication import Publication
from finora.simulator.responses import bad_request
from finora.simulator.roster import iso, roster
from finora.simulator.wire import Number, cents, written

DEFAULT_PAGE, LARGEST_PAGE = 100, 1_000
SORTS: Final = ("amount", "date", "user")


@dataclass(frozen=True)
class Sums:
    """Charges by actor in nano-USD: on-demand, and on-demand plus included."""

    on_demand: npt.NDArray[np.int64]
    overall: npt.NDArray[np.int64]


def sums(publication: Publication, rows: Rows, now_ms: int) -> Sums:
    """Published charges of `rows` by actor."""
    actor = publication.events.actor[rows]
    charged, _ = publication.charges(rows, now_ms)
    chargeable = (publication.events.flags[rows] & CHARGEABLE) != 0
    on_demand, overall = (np.zeros(len(publication.company.emails), np.int64) for _ in range(2))
    np.add.at(overall, actor, charged)
    np.add.at(on_demand, actor[chargeable], charged[chargeable])
    return Sums(on_demand, overall)


def spend(ask: Ask) -> dict[str, Any]:
    """Spend of the cycle by member, and by service account where there is any."""
    publication, now = ask.publication, ask.now_ms
    start, end = publication.company.cycles.around(now)
    spent = sums(publication, publication.shown(start, end - 1, now), now)
    rows = _rows(ask, spent)
    term = (ask.text("searchTerm") or "").lower()
    rows = [row for row in rows if term in row["name"].lower() or term in row["email"].lower()]
    rows = _sorted(ask, rows)
    page, size = ask.page(DEFAULT_PAGE, LARGEST_PAGE)
    return {
        "teamMemberSpend": [
            {key: value for key, value in row.items() if key != "joined"}
            for row in rows[(page - 1) * size : page * size]
        ],
        "subscriptionCycleStart": start,
        "totalMembers": len(rows),
        "totalPages": -(-len(rows) // size),
        "limitedUsersCount": 0,
        "maxUserSpendCents": max((row["spendCents"] for row in rows), default=0),
    }


def _sorted(ask: Ask, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sort, direction = ask.text("sortBy") or "date", ask.text("sortDirection") or "desc"
    if sort not in SORTS or direction not in ("asc", "desc"):
        raise bad_request("Invalid sortBy or sortDirection")
    key = {"amount": "spendCents", "date": "joined", "user": "name"}[sort]
    return sorted(rows, key=lambda row: row[key], reverse=direction == "desc")


def _rows(ask: Ask, spent: Sums) -> list[dict[str, Any]]:
    publication, behaviour = ask.publication, ask.simulation.behaviour
    numeric = behaviour.numeric_ids or publication.faults.numeric_ids
    overall, on_demand = written(cents(spent.overall)), written(cents(spent.on_demand))
    included = written(cents(spent.overall - spent.on_demand))
    rows = []
    for member in roster(publication, behaviour, ask.now_ms):
        if member.removed_ms is not None and not overall[member.actor]:
            continue
        person = member.person
        money = on_demand[member.actor], overall[member.actor], included[member.actor]
        row = _row(member.member_id(numeric=numeric), person.name, person.email, person.role, money)
        row["joined"] = person.joined_ms
        row["removedAt"] = None if member.removed_ms is None else iso(member.removed_ms)
        rows.append(row)
    people = len(publication.company.people)
    for index, robot in enumerate(publication.company.service_accounts):
        if overall[people + index]:
            money = on_demand[people + index], overall[people + index], included[people + index]
            robot_id = robot.number if numeric else robot.user_id
            rows.append(_row(robot_id, robot.name, robot.email, "member", money) | {"joined": 0})
    return rows


def _row(
    user_id: str | int, name: str, email: str, role: str, money: tuple[Number, Number, Number]
) -> dict[str, Any]:
    on_demand, overall, included = money
    return {
        "userId": user_id,
        "name": name,
        "email": email,
        "role": role,
        "spendCents": on_demand,
        "overallSpendCents": overall,
        "includedSpendCents": included,
        "fastPremiumRequests": 0,
        "hardLimitOverrideDollars": 0,
        "monthlyLimitDollars": None,
        "effectivePerUserLimitDollars": None,
        "profilePictureUrl": None,
        "removedAt": None,
        "billingTier": "standard",
    }


ENDPOINTS: Final = (Endpoint("POST", "/teams/spend", spend),)
