"""The organization's routes that matter for reconciling: section 10.8. All teams are in one organization."""

from typing import Any, Final

import msgspec
import numpy as np

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.keys import Access
from finora.simulator.responses import ApiError, bad_request, shape_a
from finora.simulator.roster import iso, roster
from finora.simulator.routes.groups import page_of
from finora.simulator.wire import cents, usage_events, written

DEFAULT_PAGE, LARGEST_PAGE = 10, 1_000
MOST_MEMBERS: Final = 200
NOT_HERE: Final = {
    "conversation_id": msgspec.UNSET,
    "cloud_agent_id": msgspec.UNSET,
    "automation_id": msgspec.UNSET,
}


def _authorize(ask: Ask, organization: object) -> None:
    """Refuse requests without the organization's id, or with another's."""
    if organization is None:
        raise bad_request("organizationId is required")
    if organization != ask.simulation.organization_id:
        raise ApiError(shape_a(403, "Not authorized"))


def events(ask: Ask) -> dict[str, Any]:
    """One page of the events of all teams, newest first; runs and conversations are left out here."""
    _authorize(ask, ask.body.get("organizationId"))
    wanted = ask.body.get("teamIds")
    first, last = ask.range_ms()
    page, size = ask.page(DEFAULT_PAGE, LARGEST_PAGE)
    teams = [
        team
        for team in enumerate(ask.simulation.teams)
        if wanted is None or ask.simulation.team_id(team[0]) in wanted
    ]
    keyed = [
        (int(publication.events.ts[row]), team, row)
        for team, publication in teams
        for row in publication.returned(first, last, ask.now_ms).tolist()
    ]
    chosen = sorted(keyed, reverse=True)[(page - 1) * size : page * size]
    pages = -(-len(keyed) // size)
    return {
        "totalUsageEventsCount": len(keyed),
        "pagination": {
            "numPages": pages,
            "currentPage": page,
            "pageSize": size,
            "hasNextPage": page < pages,
            "hasPreviousPage": page > 1,
        },
        "usageEvents": [_event(ask, team, row) for _, team, row in chosen],
        "period": {"startDate": first, "endDate": last},
    }


def _event(ask: Ask, team: int, row: int) -> object:
    (event,) = usage_events(ask.simulation.teams[team], np.array([row]), ask.now_ms)
    return msgspec.structs.replace(event, team_id=ask.simulation.team_id(team), **NOT_HERE)


def members(ask: Ask) -> dict[str, Any]:
    """Everyone with a seat in any team, in pages."""
    _authorize(ask, ask.query.get("organizationId"))
    page, size = ask.query_page(DEFAULT_PAGE, MOST_MEMBERS)
    everyone = [
        {"id": m.person.number, "email": m.person.email, "name": m.person.name, "role": m.person.role, "teamId": ask.simulation.team_id(team)}
        for team, publication in enumerate(ask.simulation.teams)
        for m in roster(publication, ask.simulation.behaviour, ask.now_ms)
        if m.removed_ms is None
    ]  # fmt: skip
    return {
        "members": everyone[(page - 1) * size : page * size],
        "pagination": page_of(len(everyone), page, size),
    }


def pooled_usage(ask: Ask) -> dict[str, Any]:
    """Charges of all events since the contract began, by team; the pool is large enough for them."""
    _authorize(ask, ask.body.get("organizationId"))
    start = min(publication.company.start_ms for publication in ask.simulation.teams)
    end = max(publication.company.end_ms for publication in ask.simulation.teams)
    used = []
    for publication in ask.simulation.teams:
        rows = publication.shown(start, ask.now_ms, ask.now_ms)
        used.append(publication.charges(rows, ask.now_ms)[0].sum())
    total, limit = sum(used), 2 * sum(used)
    pool = written(cents(np.array([limit, total, limit - total])))
    return {
        "pool": {
            **dict(zip(("limitCents", "usedCents", "remainingCents"), pool, strict=True)),
            "contractStartDate": iso(start),
            "contractEndDate": iso(end),
        },
        "teams": [
            {"teamId": ask.simulation.team_id(team), "usedCents": amount}
            for team, amount in enumerate(written(cents(np.array(used))))
        ],
    }


ENDPOINTS: Final = (
    Endpoint("POST", "/organizations/filtered-usage-events", events, access=Access.ORGANIZATION, paged=True),
    Endpoint("GET", "/organizations/members", members, access=Access.ORGANIZATION, scope="members:read"),
    Endpoint("POST", "/organizations/pooled-usage", pooled_usage, access=Access.ORGANIZATION),
)
