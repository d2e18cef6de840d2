"""What the API takes and answers about people and teams, member by member."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from finora.api.documents import Document, SpanDocument, Usd

Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-11-20"])]


class AmountsDocument(Document):
    """Figures of a period."""

    spend: Usd
    usage_value: Usd
    seat_cost: Annotated[Usd, Field(description="The share of AI subscriptions.")]
    true_total: Annotated[Usd, Field(description="Spend and seat cost together.")]
    events: int


class PersonDocument(AmountsDocument):
    """Somebody and their figures; `previous` are those of the span compared with."""

    person: Annotated[str, Field(description="As in the dimension `person`: the e-mail address.")]
    name: str
    kind: Annotated[str, Field(examples=["person", "service_account", "unattributed", "unassigned"])]
    state: Annotated[str | None, Field(examples=["active", "idle", "removed"])]
    role: str
    team: Annotated[str, Field(description="The key of the team; `none` without one.")]
    team_label: str
    team_by_hand: bool
    last_active: Day | None
    favourite_model: Annotated[str | None, Field(description="The model of most events.")]
    previous: AmountsDocument | None = None


class TotalsDocument(AmountsDocument):
    """All lines that were chosen, together."""

    previous: AmountsDocument | None = None


class PeopleDocument(Document):
    """A page of people. `count` is how many were chosen on all pages."""

    people: list[PersonDocument]
    totals: TotalsDocument
    count: int
    period: SpanDocument
    compared: SpanDocument | None


class TeamLineDocument(AmountsDocument):
    """A team and the figures of its people."""

    team: str
    name: str
    by_hand: Annotated[bool, Field(description="Made here; else a provider has it.")]
    people: int
    active_people: int
    favourite_model: str | None
    previous: AmountsDocument | None = None


class TeamsDocument(Document):
    """All teams, and those in none."""

    teams: list[TeamLineDocument]
    totals: TotalsDocument
    count: int
    period: SpanDocument
    compared: SpanDocument | None


class TeamDocument(Document):
    """A team and who is in it."""

    team: str
    name: str
    by_hand: bool
    dissolved: Annotated[bool, Field(description="Deleted here although a provider has it.")]
    provider_name: str
    people: list[str]


class MovedDocument(Document):
    """How many people are somewhere else than before."""

    moved: int


class TeamName(BaseModel):
    """What a team shall be called."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=1000, examples=["Growth"])]


class Movers(BaseModel):
    """Who shall be moved, by e-mail address."""

    model_config = ConfigDict(extra="forbid")

    people: Annotated[list[str], Field(max_length=1000, examples=[["ana@acme.test"]])]


class TeamOfPerson(BaseModel):
    """Where somebody shall be: a team's key, `none` for no team, or null for where their provider has them."""

    model_config = ConfigDict(extra="forbid")

    team: Annotated[str | None, Field(max_length=200, examples=["none"])]
