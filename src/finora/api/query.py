"""`/api/v1/query`, `/events`, `/export` and the catalogue: asking."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from finora.api.access import Exporter, Reader, TheWorkspace
from finora.api.export import ExportedEvents, written
from finora.api.shapes import event_json
from finora.gate import own_only
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.listing import MOST_EVENTS, FormerFigures
from finora.spend.query import MAX_OFFSET, MAX_ROWS, Comparison, InvalidQuery, SpendQuery
from finora.spend.rendering import result_to_json
from finora.spend.request import query_from_json
from finora.spend.url import PARAMETERS, query_from_url
from finora.values.interval import Interval
from finora.values.money import usd_text
from finora.values.period import utc_text

router = APIRouter(prefix="/api/v1", tags=["Spend"])

Json = dict[str, Any]


class FixedPeriod(BaseModel):
    """A fixed period, half-open; dates mean their midnight in the query's zone, times are RFC 3339."""

    model_config = ConfigDict(extra="forbid")

    start: str
    end: str


class QueryBody(BaseModel):
    """A question about spend. Every member is optional; names are those of `/api/v1/catalog`."""

    # What may stand in a member is decided by `finora.spend` alone, so that each face refuses the same in the same words.

    model_config = ConfigDict(extra="forbid")

    metrics: list[str] = Field(default=["spend"], examples=[["spend", "events"]])
    dimensions: list[str] = Field(default=[], examples=[["person"]])
    filters: list[list[str | list[str]]] = Field(default=[], examples=[[["is", "event_type", ["chat"]]]])
    period: str | FixedPeriod = Field(default="28d", examples=["7d"])
    interval: str | None = Field(default=None, json_schema_extra={"enum": [*Interval, None]})
    timezone: str | None = Field(default=None, examples=["Europe/Berlin"])
    compare: str | None = Field(default=None, json_schema_extra={"enum": [*Comparison, None]})
    order_by: list[list[str]] = Field(default=[], examples=[[["spend", "desc"]]])
    limit: int = Field(default=50, json_schema_extra={"minimum": 1, "maximum": MAX_ROWS})
    offset: int = Field(default=0, json_schema_extra={"minimum": 0, "maximum": MAX_OFFSET})


@router.post("/query")
def query(body: QueryBody, workspace: TheWorkspace, principal: Reader) -> Json:
    """Answer a question about spend. Money is exact, as decimal strings in USD."""
    asked = query_from_json(body.model_dump(exclude_unset=True), timezone=workspace.settings.timezone)
    return result_to_json(workspace.spend.answer(asked, own=own_only(principal)))


@router.get("/events")
def events(
    request: Request,
    workspace: TheWorkspace,
    principal: Reader,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(json_schema_extra={"minimum": 1, "maximum": MOST_EVENTS})] = 100,
) -> Json:
    """List single events, newest first. Period and filters as in a page's address: `period=7d&f=is,model,auto`."""
    asked = _asked(request, workspace, extra={"cursor", "limit"})
    page = workspace.spend.events(asked, cursor=cursor, limit=limit, own=own_only(principal))
    return {"events": [event_json(event) for event in page.events], "next_cursor": page.next_cursor}


@router.get("/events/{event_id}")
def event(event_id: str, workspace: TheWorkspace, principal: Reader) -> Json:
    """Return one event, and its figures before they were revised."""
    found, former = workspace.spend.event(event_id, own=own_only(principal))
    return event_json(found) | {"revisions": [_former(each) for each in former]}


@router.get("/export", response_class=ExportedEvents)
def export(
    request: Request,
    workspace: TheWorkspace,
    principal: Exporter,
    form: Annotated[Literal["csv", "jsonl", "parquet"], Query(alias="format")] = "csv",
) -> ExportedEvents:
    """Stream all events that match, as CSV, JSON Lines or Parquet, from one consistent state."""
    asked = _asked(request, workspace, extra={"format"})
    plan = workspace.spend.plan(asked)
    name = f"finora-events-{plan.span.start:%Y-%m-%d}-to-{plan.span.end:%Y-%m-%d}"
    return ExportedEvents(written(workspace.spend, asked, form, own=own_only(principal)), form, name)


@router.get("/catalog")
def catalog(_principal: Reader) -> Json:
    """Return every metric and dimension with its definition."""
    return {
        "metrics": [
            {"name": each.name, "label": each.label, "unit": each.unit.value, "definition": each.definition}
            for each in METRICS.values()
        ],
        "dimensions": [
            {"name": each.name, "label": each.label, "definition": each.definition}
            for each in DIMENSIONS.values()
        ],
    }


def _asked(request: Request, workspace: TheWorkspace, *, extra: set[str]) -> SpendQuery:
    """Return the query in an address; unlike a page, the API refuses what it does not understand."""
    parameters = request.query_params.multi_items()
    unknown = [name for name, _ in parameters if name not in PARAMETERS and name not in extra]
    if unknown:
        raise InvalidQuery(
            f"Unknown: {', '.join(unknown)}. There are: {', '.join((*PARAMETERS, *sorted(extra)))}."
        )
    defaults = SpendQuery(timezone=workspace.settings.timezone)
    found = query_from_url(parameters, defaults)
    if found.problems:
        raise InvalidQuery(" ".join(found.problems))
    return found.query


def _former(former: FormerFigures) -> Json:
    return {
        "until": utc_text(former.until),
        "cost": None if former.cost is None else usd_text(former.cost),
        "fee": usd_text(former.fee),
        "chargeable": former.chargeable,
        "kind": former.kind,
    }
