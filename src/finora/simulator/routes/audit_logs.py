"""`GET /teams/audit-logs`: section 10.7. Who was added, who was removed, and when the API key was made."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from finora.simulator.asking import LONGEST_RANGE_MS, Ask, Endpoint
from finora.simulator.clock import DAY_MS, HOUR_MS, SECOND_MS
from finora.simulator.company import Company
from finora.simulator.identifiers import uuids
from finora.simulator.responses import bad_request, enterprise_only
from finora.simulator.roster import iso
from finora.simulator.routes.groups import page_of

DEFAULT_PAGE, LARGEST_PAGE = 100, 500
_UNITS: Final = {"d": DAY_MS, "h": HOUR_MS, "s": SECOND_MS}
_SECONDS_BELOW: Final = 100_000_000_000


@dataclass(frozen=True)
class Entry:
    """Something an administrator did."""

    at_ms: int
    event_type: str
    user_email: str
    data: dict[str, Any]


def audit_logs(ask: Ask) -> dict[str, Any]:
    """The log of a range of at most 30 days, newest first, by default of the last seven days."""
    if ask.simulation.behaviour.plan != "enterprise":
        raise enterprise_only()
    first = moment(ask.query.get("startTime", "7d"), ask.now_ms)
    last = moment(ask.query.get("endTime", "now"), ask.now_ms)
    if first > last or last - first > LONGEST_RANGE_MS:
        raise bad_request("Date range cannot exceed 30 days")
    page, size = ask.query_page(DEFAULT_PAGE, LARGEST_PAGE)
    found = [
        entry for entry in history(ask.publication.company) if first <= entry.at_ms <= min(last, ask.now_ms)
    ]
    found = [entry for entry in found if _is_asked_for(ask, entry)][::-1]
    ids = uuids(np.array([entry.at_ms for entry in found], np.int64), ask.publication.company.seed, "audit")
    events = [
        {
            "event_id": event_id,
            "timestamp": iso(entry.at_ms),
            "ip_address": "192.0.2.17",
            "user_email": entry.user_email,
            "event_type": entry.event_type,
            "event_data": entry.data,
            "application_type": "cursor",
        }
        for event_id, entry in zip(ids, found, strict=True)
    ]
    return {
        "events": events[(page - 1) * size : page * size],
        "pagination": page_of(len(events), page, size),
        "params": dict(ask.query),
    }


def _is_asked_for(ask: Ask, entry: Entry) -> bool:
    types, users = (ask.query.get(name, "") for name in ("eventTypes", "users"))
    search = ask.query.get("search", "").lower()
    return (
        (not types or entry.event_type in types.split(","))
        and (not users or entry.user_email in users.split(","))
        and (search in entry.user_email.lower() or search in entry.event_type)
    )


def history(company: Company) -> list[Entry]:
    """Everything in the log of a company's life, oldest first."""
    owner = company.people[0].email
    entries = [Entry(company.start_ms, "team_api_key", owner, {"action": "create"})]
    for person in company.people:
        entries.append(Entry(person.joined_ms + 9 * HOUR_MS, "add_user", owner, {"email": person.email}))
        if person.left_ms is not None:
            entries.append(Entry(person.left_ms, "remove_user", owner, {"email": person.email}))
    return sorted(entries, key=lambda entry: entry.at_ms)


def moment(text: str, now_ms: int) -> int:
    """A time of the query: `now`, `today`, `yesterday`, `7d`, `5h`, `300s`, ISO, a date, seconds or milliseconds."""
    midnight = now_ms // DAY_MS * DAY_MS
    words = {"now": now_ms, "today": midnight, "yesterday": midnight - DAY_MS}
    if text in words:
        return words[text]
    if back := re.fullmatch(r"(\d+)([dhs])", text):
        return now_ms - int(back[1]) * _UNITS[back[2]]
    if text.isdigit():
        return int(text) * (SECOND_MS if int(text) < _SECONDS_BELOW else 1)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request(f"Invalid time: {text}") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1_000)


ENDPOINTS: Final = (Endpoint("GET", "/teams/audit-logs", audit_logs, scope="admin:*"),)
