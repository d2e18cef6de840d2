"""What the API takes and answers about subscriptions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from finora.api.documents import Document, Moment, Usd
from finora.subscriptions import BillingCycle, SeatRule
from finora.subscriptions.reading import MOST_PER_SEAT, MOST_SEATS

_DATE: dict[str, Any] = {"type": "string", "format": "date", "examples": ["2026-11-01"]}
_NO_DATE: dict[str, Any] = {"anyOf": [_DATE, {"type": "null"}]}
_PRICE: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": MOST_PER_SEAT}],
    "description": "USD for one seat and one billing cycle, to the cent; for annual billing what is paid a year.",
    "examples": ["40.00"],
}

# What they hold is read by `finora.subscriptions.reading`, which names all flaws at once and in plain words.
_Text = Annotated[Any, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200})]
_SkuId = Annotated[Any, WithJsonSchema({"type": "string", "examples": ["cursor-business"]})]
_Seats = Annotated[Any, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_SEATS})]
_Price = Annotated[Any, WithJsonSchema(_PRICE)]
_Cycle = Annotated[Any, WithJsonSchema({"type": "string", "enum": list(BillingCycle)})]
_Rule = Annotated[Any, WithJsonSchema({"type": "string", "enum": list(SeatRule)})]
_Day = Annotated[Any, WithJsonSchema(_DATE)]
_MaybeDay = Annotated[Any, WithJsonSchema(_NO_DATE)]
_Tags = Annotated[
    Any, WithJsonSchema({"type": "array", "items": {"type": "string"}, "examples": [["team:marketing"]]})
]
_Link = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "The connection whose seats these are, by id or name.",
        }
    ),
]
_Currency = Annotated[Any, WithJsonSchema({"type": "string", "enum": ["USD"]})]


class SubscriptionFields(BaseModel):
    """What can be said of a subscription. A renewal date comes round again with the billing cycle; the end date is its last day."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    start_date: _Day = None
    renewal_date: _MaybeDay = None
    end_date: _MaybeDay = None
    tags: _Tags = []
    connection: _Link = None
    seat_rule: _Rule = SeatRule.MEMBERS
    currency: _Currency = "USD"


class NewSubscription(SubscriptionFields):
    """A subscription to add. It starts today where no start date is given."""

    name: _Text
    sku: _SkuId
    seats: _Seats
    price_per_seat: _Price
    billing_cycle: _Cycle


class ChangedSubscription(SubscriptionFields):
    """What to change. Seats, price and billing cycle hold from `effective` on, today unless given; earlier days keep theirs."""

    name: _Text = None
    sku: _SkuId = None
    seats: _Seats = None
    price_per_seat: _Price = None
    billing_cycle: _Cycle = None
    effective: _Day = None


class SeatHolder(BaseModel):
    """A person who holds a seat, from a day (or always) up to and with a day (or on and on)."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[Any, WithJsonSchema({"type": "string", "format": "email"})]
    since: _MaybeDay = None
    until: _MaybeDay = None


class SeatHolders(BaseModel):
    """All seats assigned by hand."""

    model_config = ConfigDict(extra="forbid")

    people: list[SeatHolder]


class TermsDocument(Document):
    """What is bought from a day on."""

    effective: Annotated[str, Field(json_schema_extra={"format": "date"})]
    seats: int
    price_per_seat: Usd
    billing_cycle: BillingCycle
    monthly_cost: Annotated[str, Field(description="For all seats; annual billing divided by twelve.")]


class SubscriptionDocument(Document):
    """A subscription; seats, price and billing cycle are those of today, or of its nearest day."""

    id: str
    name: str
    sku: str
    sku_label: str
    vendor: str
    seats: int
    price_per_seat: Usd
    billing_cycle: BillingCycle
    currency: str
    monthly_cost: Usd
    state: Annotated[str, Field(examples=["upcoming", "active", "ended"])]
    start_date: str
    end_date: Annotated[str | None, Field(description="The last day it is paid for.")]
    renewal_date: str | None
    next_renewal: str | None
    tags: list[str]
    connection: str | None
    connection_label: str | None
    seat_rule: SeatRule
    people: Annotated[list[dict[str, str | None]], Field(description="Seats assigned by hand.")]
    terms: Annotated[list[TermsDocument], Field(description="All dated terms, oldest first.")]
    created_at: Moment
    created_by: str
    changed_at: Moment
    deleted_at: Moment | None


class SkuDocument(Document):
    """A plan of the catalogue. List prices are defaults to edit; the annual one is paid per year."""

    id: str
    label: str
    vendor: str
    plan: str
    monthly_price: Usd | None
    annual_price: Usd | None
    annual_price_per_month: Usd | None
    source: str
    checked: Annotated[
        str | None,
        Field(
            json_schema_extra={"format": "date"},
            description="A day on which the source is known to have said these prices; null where not checked.",
        ),
    ]
    own: Annotated[bool, Field(description="Whether it comes from the workspace's own skus.toml.")]


class CatalogueDocument(Document):
    """All plans, and what is wrong with the workspace's own file, if anything."""

    skus: list[SkuDocument]
    problem: str


class SkuTotalDocument(Document):
    """The subscriptions of one SKU together."""

    sku: str
    label: str
    vendor: str
    subscriptions: int
    seats: int
    monthly_total: Usd
    period_total: Usd


class SummaryDocument(Document):
    """What subscriptions cost in a half-open period of days; seats and monthly figures are those of `as_of`."""

    start: str
    end: str
    as_of: str
    seats: int
    monthly_total: Usd
    period_total: Usd
    by_sku: list[SkuTotalDocument]


class MonthDocument(Document):
    """A calendar month, by its first day."""

    month: str
    total: Usd
    by_sku: dict[str, str]


class RenewalDocument(Document):
    """A payment ahead."""

    date: str
    subscription: str
    name: str
    sku: str
    billing_cycle: BillingCycle
    amount: Usd


class IdleSeatDocument(Document):
    """A holder without an event in the last 30 days."""

    person: str
    name: str
    removed: bool


class HeldSeatDocument(Document):
    """A holder and what they did with the seat in the last 30 days."""

    person: str
    name: str
    removed: bool
    by_hand: bool
    since: str | None
    idle: bool
    events: int
    spend: Usd
    usage_value: Usd
    included_value: Annotated[Usd, Field(description="What the events are worth that the plan covered.")]
    saved: Annotated[
        Usd,
        Field(
            description="What the plan covered beyond the seat's monthly cost; negative where paying by use would cost less."
        ),
    ]


class SeatUseDocument(Document):
    """How the seats of a subscription are used; costs are a month's."""

    subscription: str
    connection: str | None
    as_of: str
    seats: int
    members: int
    holders: int
    active: Annotated[int, Field(description="Holders with an event in the last 30 days.")]
    idle: list[IdleSeatDocument]
    people: Annotated[list[HeldSeatDocument], Field(description="All holders, by name.")]
    empty: Annotated[int, Field(description="Seats that nobody holds.")]
    seat_monthly_cost: Usd
    idle_monthly_cost: Usd
    empty_monthly_cost: Usd
    data_through: Moment | None


class TrueCostDocument(Document):
    """What a person costs: their events and their share of subscriptions."""

    person: str
    person_label: str
    spend: Usd
    usage_value: Usd
    subscriptions: Usd
    true_cost: Usd


class TrueCostsDocument(Document):
    """What people cost in a half-open period of days; `unassigned` is paid for seats that nobody held."""

    start: str
    end: str
    people: list[TrueCostDocument]
    unassigned: Usd


class ImportedDocument(Document):
    """What an import did, or would do."""

    created: int
    updated: int
    unchanged: int
    rehearsed: bool
