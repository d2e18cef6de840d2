"""`POST /teams/daily-usage-data`: section 10.2.

Counters count published events by what they truly were: chats, agent requests (`composerRequests` on the
request plan), inline edits and Bugbot reviews. Cloud agents, automations and background runs are in none of
them, only in the counts by billing; a person with nothing else is not active that day.
"""

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.clock import DAY_MS
from finora.simulator.events import (
    AGENT,
    BUGBOT,
    CHAT,
    FREE,
    INCLUDED,
    INLINE_EDIT,
    OWN_KEY,
    TOKEN_BASED,
    USAGE_BASED,
    EventColumns,
)
from finora.simulator.identifiers import mix, salt
from finora.simulator.publication import Publication
from finora.simulator.responses import bad_request
from finora.simulator.roster import Member, roster

Counts = dict[str, npt.NDArray[np.int64]]

LARGEST_PAGE: Final = 1_000
EXTENSIONS: Final = (".py", ".ts", ".tsx", ".go", ".kt", ".swift", ".sql", ".md")
IN_EDITOR: Final = ("chatRequests", "agentRequests", "composerRequests", "cmdkUsages", "bugbotUsages")


def daily_usage_data(ask: Ask) -> dict[str, Any]:
    """Counters by person and UTC day, whole days from that of `startDate` to that of `endDate`."""
    if ask.number("startDate") is None or ask.number("endDate") is None:
        raise bad_request("startDate and endDate are required")
    first, last = ask.range_ms()
    days = np.arange(first // DAY_MS, min(last, ask.now_ms) // DAY_MS + 1)
    paged = ask.body.get("page") is not None and ask.body.get("pageSize") is not None
    people = roster(ask.publication, ask.simulation.behaviour, ask.now_ms)
    envelope: dict[str, Any] = {"period": {"startDate": first, "endDate": last}}
    if paged:
        page, size = ask.page(LARGEST_PAGE, LARGEST_PAGE)
        envelope["pagination"] = _pagination(len(people), page, size)
        people = people[(page - 1) * size : page * size]
    counts = count(ask.publication, days, ask.now_ms)
    rows = [
        _row(ask.publication, member, days, day, counts)
        for member in people
        for day in range(len(days))
        if paged or counts["active"][member.actor, day]
    ]
    return {"data": rows} | envelope


def _pagination(users: int, page: int, size: int) -> dict[str, Any]:
    pages = -(-users // size)
    return {
        "page": page,
        "pageSize": size,
        "totalUsers": users,
        "totalPages": pages,
        "hasNextPage": page < pages,
        "hasPreviousPage": page > 1,
    }


def count(publication: Publication, days: npt.NDArray[np.int64], now_ms: int) -> Counts:
    """Counters as arrays of shape (actors, days)."""
    actors = len(publication.company.emails)
    if not len(days):
        return {}
    rows = publication.shown(int(days[0]) * DAY_MS, int(days[-1] + 1) * DAY_MS - 1, now_ms)
    events = publication.events.take(rows)
    cell = events.actor.astype(np.int64) * len(days) + events.ts // DAY_MS - days[0]

    def tally(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(cell[chosen], minlength=actors * len(days)).reshape(actors, len(days))

    on_requests = ~events.has(TOKEN_BASED) & (events.conversation < 0)
    agent = events.feature == AGENT
    counts = {
        "composerRequests": tally(agent & on_requests),
        "chatRequests": tally(events.feature == CHAT),
        "agentRequests": tally(agent & ~on_requests),
        "cmdkUsages": tally(events.feature == INLINE_EDIT),
        "subscriptionIncludedReqs": tally(np.isin(events.kind, (INCLUDED, FREE))),
        "apiKeyReqs": tally(events.kind == OWN_KEY),
        "usageBasedReqs": tally(events.kind == USAGE_BASED),
        "bugbotUsages": tally(events.feature == BUGBOT),
    }
    counts["model"] = _favourites(events, cell, actors, len(days), len(publication.model_names))
    counts["chance"] = _chances(publication.company.seed, actors, days)
    counts["active"] = np.sum([counts[name] for name in IN_EDITOR], axis=0)
    return counts


def _favourites(
    events: EventColumns, cell: npt.NDArray[np.int64], actors: int, days: int, models: int
) -> npt.NDArray[np.int64]:
    """Most used model of each actor and day; -1 without any use."""
    uses = np.bincount(cell * models + events.model, minlength=actors * days * models).reshape(-1, models)
    return np.where(uses.any(axis=1), uses.argmax(axis=1), -1).reshape(actors, days)


def _row(
    publication: Publication, member: Member, days: npt.NDArray[np.int64], day: int, counts: Counts
) -> dict[str, Any]:
    midnight = int(days[day]) * DAY_MS
    chance = int(counts["chance"][member.actor, day])
    active = bool(counts["active"][member.actor, day])
    edits = int(counts["agentRequests"][member.actor, day] + counts["cmdkUsages"][member.actor, day])
    added = edits * (6 + chance % 17)
    shown = (40 + chance % 211) if active else 0
    model = int(counts["model"][member.actor, day])
    row: dict[str, Any] = {
        "userId": member.person.number,
        "day": datetime.fromtimestamp(midnight / 1_000, UTC).date().isoformat(),
        "date": midnight,
        "email": member.person.email,
        "isActive": active,
        "totalLinesAdded": added,
        "totalLinesDeleted": added // 3,
        "acceptedLinesAdded": added * 7 // 10,
        "acceptedLinesDeleted": added // 5,
        "totalApplies": edits,
        "totalAccepts": edits * 8 // 10,
        "totalRejects": edits // 10,
        "totalTabsShown": shown,
        "totalTabsAccepted": shown * (20 + chance % 25) // 100,
    }
    for name in (*IN_EDITOR, "subscriptionIncludedReqs", "apiKeyReqs", "usageBasedReqs"):
        row[name] = int(counts[name][member.actor, day])
    extension = EXTENSIONS[chance % len(EXTENSIONS)] if active else None
    return row | {
        "mostUsedModel": publication.model_names[model] if model >= 0 else None,
        "applyMostUsedExtension": extension,
        "tabMostUsedExtension": extension,
        "clientVersion": f"3.{int(days[day]) // 14 % 40}.{chance % 9}" if active else None,
    }


def _chances(seed: int, actors: int, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """An even draw for each actor and day, from which the line and tab counts are made up."""
    number = np.arange(actors)[:, None] * 100_000 + days
    return (mix(number, salt(seed, "daily")) % np.uint64(1 << 30)).astype(np.int64)


ENDPOINTS: Final = (Endpoint("POST", "/teams/daily-usage-data", daily_usage_data),)
