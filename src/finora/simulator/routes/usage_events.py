"""`POST /teams/filtered-usage-events`: section 5."""

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from finora.simulator.asking import Ask, Endpoint
from finora.simulator.company import Company
from finora.simulator.disturbances import Disturbance
from finora.simulator.events import NONE, EventColumns, Rows
from finora.simulator.people import ServiceAccount
from finora.simulator.publication import Publication
from finora.simulator.recorded import RecordedCompany
from finora.simulator.responses import bad_request
from finora.simulator.wire import UsageEvent, usage_events

Json = dict[str, Any]
Marks = npt.NDArray[np.bool_]

ANY: Final = "*"
DEFAULT_PAGE, LARGEST_PAGE = 100, 1_000
HOSTING_TYPES: Final = ("CLOUD", "SELF_HOSTED", "SELF_HOSTED_POOL", "SELF_HOSTED_MACHINE")
OPTIONAL: Final = ("userEmail", "serviceAccountId", "serviceAccountName", "cloudAgentId", "automationId", "conversationId", "tokenUsage", "cursorTokenFee")  # fmt: skip


def filtered_usage_events(ask: Ask) -> dict[str, Any]:
    """One page of the team's events, newest first."""
    first, last = ask.range_ms()
    page, size = ask.page(DEFAULT_PAGE, LARGEST_PAGE)
    publication = ask.publication
    if page > 1 and publication.faults.drift_events:
        publication.release(first, last, ask.now_ms)
    rows = publication.returned(first, last, ask.now_ms)
    rows = rows[_matching(ask, publication, rows)] if _is_filtered(ask) else rows
    rows = rows[:0] if _is_out(ask) else rows
    start = len(rows) - (page - 1) * size
    chosen = rows[max(start - size, 0) : max(start, 0)][::-1]
    return {
        "totalUsageEventsCount": len(rows) + (ask.disturbance is Disturbance.WRONG_TOTAL),
        "pagination": _pagination(ask, len(rows), page, size),
        "usageEvents": _written(ask, publication, chosen),
        "period": {"startDate": first, "endDate": last},
    }


def _is_out(ask: Ask) -> bool:
    """Whether this request falls into the outage that answers with no events."""
    ask.simulation.event_requests += 1
    number, faults = ask.simulation.event_requests, ask.simulation.faults
    return faults.outage_after < number <= faults.outage_after + faults.outage_requests


def _pagination(ask: Ask, total: int, page: int, size: int) -> dict[str, Any]:
    pages = -(-total // size) or ask.simulation.behaviour.empty_pages
    forever = ask.disturbance in (Disturbance.ENDLESS, Disturbance.EMPTY_PAGE)
    return {
        "numPages": pages,
        "currentPage": page,
        "pageSize": size,
        "hasNextPage": page < pages or forever,
        "hasPreviousPage": page > 1,
    }


def _written(
    ask: Ask, publication: Publication, rows: Rows
) -> list[UsageEvent] | list[Json] | list[msgspec.Raw]:
    if ask.disturbance is Disturbance.EMPTY_PAGE:
        return []
    if isinstance(publication.company, RecordedCompany):
        return [msgspec.Raw(publication.company.lines[row]) for row in rows.tolist()]
    events = usage_events(publication, rows, ask.now_ms)
    faults = publication.faults
    if not faults.number_strings and not faults.null_fields:
        return events
    plain: list[Json] = msgspec.to_builtins(events)
    for event in plain:
        if faults.null_fields:
            _write_nulls(event)
        if faults.number_strings:
            _write_strings(event)
    return plain


def _write_nulls(event: dict[str, Any]) -> None:
    """Null where a field would be left out, and left out where it would be false or zero."""
    for name in OPTIONAL:
        event.setdefault(name, None)
    if event["requestsCosts"] == 0:
        event["requestsCosts"] = None
    if not event["maxMode"]:
        del event["maxMode"]
    if event["chargedCents"] == 0:
        event["chargedCents"] = None


def _write_strings(event: dict[str, Any]) -> None:
    for name in ("chargedCents", "cursorTokenFee", "requestsCosts"):
        if event.get(name) is not None:
            event[name] = str(event[name])
    usage = event.get("tokenUsage")
    if usage is not None:
        event["tokenUsage"] = {name: str(value) for name, value in usage.items()}


FILTERS: Final = ("userId", "email", "serviceAccountId", "cloudAgentId", "automationId", "hostingType")


def _is_filtered(ask: Ask) -> bool:
    return any(ask.body.get(name) is not None for name in FILTERS)


def _matching(ask: Ask, publication: Publication, rows: Rows) -> Marks:
    """Which of `rows` all the request's filters let through."""
    events = publication.events.take(rows)
    return _of_actor(ask, publication, events) & _of_run(ask, publication.company, events)


def _of_actor(ask: Ask, publication: Publication, events: EventColumns) -> Marks:
    actors = list(enumerate(publication.company.actors))
    matches = np.ones(len(events), bool)
    email, user, account = ask.text("email"), ask.number("userId"), ask.text("serviceAccountId")
    if email is not None:
        gone = set(publication.nameless(ask.now_ms))
        exact = ask.simulation.behaviour.exact_email_case
        wanted = [i for i, a in actors if i not in gone and _same(a.email, email, exact=exact)]
        matches &= np.isin(events.actor, wanted)
    if user is not None:
        matches &= np.isin(events.actor, [i for i, actor in actors if actor.number == user])
    if account is not None:
        robots = [i for i, a in actors if isinstance(a, ServiceAccount) and a.account_id == account]
        matches &= np.isin(events.actor, robots)
    return matches


def _same(one: str, other: str, *, exact: bool) -> bool:
    return one == other if exact else one.lower() == other.lower()


def _of_run(ask: Ask, company: Company, events: EventColumns) -> Marks:
    matches = np.ones(len(events), bool)
    run, automation, hosting = ask.text("cloudAgentId"), ask.text("automationId"), ask.text("hostingType")
    if run is not None:
        matches &= events.cloud_agent != NONE
        if run != ANY:
            matches &= np.array([text == run for text in company.cloud_agent_ids(events.cloud_agent)], bool)
    if automation is not None:
        wanted = [
            i for i, entry in enumerate(company.automations) if automation in (ANY, entry.automation_id)
        ]
        matches &= np.isin(events.automation, wanted)
    if hosting is not None:
        if hosting not in HOSTING_TYPES:
            raise bad_request(f"Invalid hostingType: {hosting}")
        matches &= (events.cloud_agent != NONE) & (hosting == "CLOUD")
    return matches


ENDPOINTS: Final = (Endpoint("POST", "/teams/filtered-usage-events", filtered_usage_events, paged=True),)
