"""`/api/v1/query`, `/events`, `/export` and the catalogue: asking."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from finora.api.access import Exporter, Reader, TheWorkspace
from finora.api.documents import (
    AnswerDocument,
    CatalogDocument,
    DimensionDocument,
    EventPageDocument,
    EventWithRevisions,
    MetricDocument,
)
from finora.api.export import FORMATS, ExportedEvents, written
from finora.api.shapes import event_document, former_document
from finora.entity_tag import entity_tag, unchanged
from finora.gate import own_only
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.event_order import EventOrder
from finora.spend.listing import MOST_EVENTS, MOST_SOUGHT, Listing
from finora.spend.query import MAX_OFFSET, MAX_ROWS, Comparison, InvalidQuery, SpendQuery
from finora.spend.rendering import result_to_json
from finora.spend.request import query_from_json
from finora.spend.url import PARAMETERS, query_from_url
from finora.values.interval import Interval

router = APIRouter(prefix="/api/v1", tags=["Spend"])

ADDRESS = [
    {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}, "example": example}
    for name, meaning, example in (
        ("period", "Which period, by name; 28d if none is given.", "7d"),
        ("from", "First day or time, instead of a period.", "2026-11-01"),
        ("to", "First day or time after it.", "2026-11-08"),
    )
] + [
    {
        "name": "f",
        "in": "query",
        "description": "A filter: operator, dimension and values, separated by commas. Repeatable; all must hold.",
        "schema": {"type": "array", "items": {"type": "string"}},
        "example": ["is,model,auto"],
    }
]
"""The parameters of a page's address that choose events; `finora.spend.url` reads them."""


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


@router.post(
    "/query",
    response_model=AnswerDocument,
    responses={304: {"description": "The answer is still the one whose `ETag` was sent as `If-None-Match`."}},
)
def query(body: QueryBody, request: Request, workspace: TheWorkspace, principal: Reader) -> Response:
    """Answer a question about spend. Money is exact, as decimal strings in USD.

    Send the `ETag` of an answer as `If-None-Match` to get it only if it may have changed.
    """
    asked = query_from_json(body.model_dump(exclude_unset=True), timezone=workspace.settings.timezone)
    own = own_only(principal)
    tag = entity_tag(workspace.spend.state_of(asked, own=own))
    if known := unchanged(request, tag):
        return known
    # Written here, in a thread: the framework would check and write it where all requests are taken in.
    written_out = msgspec.json.encode(result_to_json(workspace.spend.answer(asked, own=own)))
    return Response(written_out, media_type="application/json", headers={"ETag": tag})


@router.get("/events", openapi_extra={"parameters": ADDRESS})
def events(
    request: Request,
    workspace: TheWorkspace,
    principal: Reader,
    *,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(json_schema_extra={"minimum": 1, "maximum": MOST_EVENTS})] = 100,
    order: Annotated[str, Query(max_length=20, examples=["-cost"])] = "-time",
    find: Annotated[str, Query(max_length=MOST_SOUGHT, examples=["opus"])] = "",
) -> EventPageDocument:
    """List single events. Period and filters as in a page's address: `period=7d&f=is,model,auto`.

    `order` is `time`, `cost` or `tokens`, with a `-` for the largest first; `find` keeps the events of which names
    or ids hold each of its words, of ids pieces of eight characters at least, of the event's own the whole.
    """
    asked = _asked(request, workspace, extra={"cursor", "limit", "order", "find"})
    listing = Listing(order=EventOrder.parse(order), sought=find, cursor=cursor)
    page = workspace.spend.events(asked, listing, limit=limit, own=own_only(principal))
    return EventPageDocument(
        events=[event_document(event) for event in page.events], next_cursor=page.next_cursor
    )


@router.get("/events/{event_id}")
def event(event_id: str, workspace: TheWorkspace, principal: Reader) -> EventWithRevisions:
    """Return one event, and its figures before they were revised."""
    found, former = workspace.spend.event(event_id, own=own_only(principal))
    known = event_document(found).model_dump()
    return EventWithRevisions(**known, revisions=[former_document(each) for each in former])


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "A file.", "content": {kind: {} for kind in FORMATS.values()}}},
    openapi_extra={"parameters": ADDRESS},
)
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
def catalog(_principal: Reader) -> CatalogDocument:
    """Return every metric and dimension with its definition."""
    metrics = [
        MetricDocument(name=each.name, label=each.label, unit=each.unit, definition=each.definition)
        for each in METRICS.values()
    ]
    dimensions = [
        DimensionDocument(name=each.name, label=each.label, definition=each.definition)
        for each in DIMENSIONS.values()
    ]
    return CatalogDocument(metrics=metrics, dimensions=dimensions)


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
