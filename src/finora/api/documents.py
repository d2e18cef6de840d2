"""What the API answers, member by member: the source of its description in OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from finora.accounts import Role
from finora.sync.clues import Cause

Usd = Annotated[str, Field(description="An exact amount in USD.", examples=["12.3456"])]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-20T15:00:00Z"])]


class Document(BaseModel):
    """A JSON object."""

    model_config = ConfigDict(frozen=True)


class SpanDocument(Document):
    """A half-open span of time."""

    start: Moment
    end: Moment


class SyncErrorDocument(Document):
    """Why a sync failed."""

    code: str
    detail: str


class SyncDocument(Document):
    """A sync run. `window` is the span asked for; none where whatever is due is read."""

    id: str
    connection: str
    state: Annotated[str, Field(examples=["pending", "running", "completed", "failed", "stale"])]
    window: SpanDocument | None
    windows_done: int
    windows_total: int
    days_done: float
    days_total: float
    events: int
    events_changed: int
    spend_usd: Usd
    usage_value_usd: Usd
    requests: int
    waiting_for: str | None
    waiting_until: Moment | None
    requested_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    error: SyncErrorDocument | None


class ConnectionDocument(Document):
    """A connected provider account. Its key is never part of it."""

    id: str
    provider: str
    name: str
    key_last4: str
    connected_by: str
    connected_at: Moment
    state: Annotated[str, Field(examples=["connected", "syncing", "paused", "failing"])]
    state_reason: str
    data_from: Moment | None
    data_through: Moment | None
    last_sync_at: Moment | None
    next_sync_at: Moment | None
    events: int
    capabilities: Annotated[dict[str, Any], Field(description="Which parts of the provider's API answer.")]
    sync: Annotated[SyncDocument | None, Field(description="The latest sync run.")]


class TallyDocument(Document):
    """Events counted and summed."""

    events: int
    spend: Usd
    usage_value: Usd


class RevisionDocument(Document):
    """A read that changed a window read before."""

    id: int
    read_at: Moment
    window: SpanDocument
    before: TallyDocument
    after: TallyDocument
    difference: TallyDocument
    added: int
    revised: int
    withdrawn: int
    retained: int


class ProviderFigures(Document):
    """The provider's own figures of a member; it need not state the usage value."""

    spend: Usd
    usage_value: Usd | None


class FinoraFigures(Document):
    """Finora's figures of a member."""

    spend: Usd
    usage_value: Usd


class NoticeDocument(Document):
    """Something people should know about a connection's data. `kind` says what happened."""

    id: str
    kind: Annotated[
        str,
        Field(
            examples=["silent", "forgotten", "member_gone", "shrunk", "withdrawn", "held", "people", "totals"]
        ),
    ]
    title: str
    text: str
    raised_at: Moment
    dismissed_at: Moment | None


class PartDocument(Document):
    """A part of a difference, and why it is there; all parts add up to the difference exactly."""

    cause: Annotated[str, Field(examples=[each.value for each in Cause])]
    amount: Usd
    events: Annotated[int, Field(description="How many events bear it out.")]
    examples: Annotated[list[str], Field(description="The ids of those that weigh most.")]


class ReconciledDocument(Document):
    """A member's figures in a billing cycle, and why they differ if they do.

    `listed` says whether the provider's totals have a line for them, `cause` is that of the largest part.
    """

    person: str
    person_label: str
    listed: bool
    provider: ProviderFigures
    finora: FinoraFigures
    difference: Usd
    cause: Annotated[str, Field(examples=["agrees", *(each.value for each in Cause)])]
    parts: list[PartDocument]


class ReconciliationDocument(Document):
    """A billing cycle: Finora's sums beside the provider's own."""

    cycle_start: Moment
    read_at: Moment
    agrees: bool
    difference: Usd
    parts: list[PartDocument]
    members: list[ReconciledDocument]


class EventDocument(Document):
    """A single event. `cost` is none where the provider gave no price."""

    id: str
    timestamp: Moment
    provider: str
    connection: str
    person: str
    person_label: str
    team: str
    service_account: str | None
    model: str
    vendor: str
    event_type: str
    event_type_basis: Annotated[str, Field(examples=["reported", "structural", "activity", "unknown"])]
    event_type_apportioned: bool
    kind: str
    billing: Annotated[
        str, Field(examples=["on_demand", "included", "not_charged", "byok", "free", "unknown"])
    ]
    chargeable: bool
    cost: Usd | None
    fee: Usd
    list_cost: Usd
    discount: Usd
    input_tokens: int
    output_tokens: int
    cache_write_tokens: int
    cache_read_tokens: int
    tokens: int
    requests: Annotated[str, Field(description="Request units, exact.", examples=["1.5"])]
    max_mode: bool
    headless: bool
    token_based: bool
    conversation: str | None
    cloud_agent: str | None
    automation: str | None
    extra: Annotated[
        str | None, Field(description="Members of the provider's record that Finora does not know.")
    ]


class FormerDocument(Document):
    """What an event's figures were until a read replaced them."""

    until: Moment
    cost: Usd | None
    fee: Usd
    chargeable: bool
    kind: str


class EventWithRevisions(EventDocument):
    """A single event, and its figures before they were revised, oldest first."""

    revisions: list[FormerDocument]


class EventPageDocument(Document):
    """A page of events; `next_cursor` asks for the next one."""

    events: list[EventDocument]
    next_cursor: str | None


class AnswerDocument(Document):
    """The answer to a query.

    Each row has the dimensions' stable keys under their names and what people call them under `<dimension>_label`; with
    an interval, `bucket` is the bucket's start. With `compare`, `previous` holds the same metrics over the span before.
    """

    rows: list[dict[str, Any]]
    totals: dict[str, Any]
    other: Annotated[dict[str, Any] | None, Field(description="What the limit left out, in one.")]
    meta: Annotated[
        dict[str, Any], Field(description="The query, the absolute period, how far the data reaches.")
    ]


class MetricDocument(Document):
    """A metric and what it means."""

    name: str
    label: str
    unit: str
    definition: str


class DimensionDocument(Document):
    """A dimension and what it means."""

    name: str
    label: str
    definition: str


class CatalogDocument(Document):
    """All that can be asked for."""

    metrics: list[MetricDocument]
    dimensions: list[DimensionDocument]


class UserDocument(Document):
    """A user."""

    id: str
    email: str
    name: str
    role: Role
    created_at: Moment
    disabled: bool


class LinkDocument(Document):
    """What became of a one-time link: mailed, or told here, once, with why it was not mailed where that was tried."""

    email: str
    url: str | None
    problem: str | None


class MeDocument(Document):
    """Who calls, and how they proved it."""

    email: str
    name: str
    role: Role
    how: Annotated[str, Field(examples=["session", "token", "operator"])]
