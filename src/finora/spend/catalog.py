"""The catalogue: each dimension and each metric, declared once.

Expressions are SQL over a source named ``e``, which is either the events or an exact roll-up of them: sums are the
same over both, because a roll-up carries every column a declared sum reads. What no roll-up has a column of is read
from the events. A dimension whose values are ids of single runs, so that there are very many, says so with ``raw``.

Where a metric says so with ``charges``, the source also holds the flat charges of subscriptions, a row for each day and
seat. They have an amount in ``e.flat``, which no event has, and zero in every column that a sum over events reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from finora.spend.event import BillingClass, TypeBasis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


NONE = "none"
"""The key of events that have no value of a dimension."""
SUBSCRIPTION = "subscription"
"""The key of flat charges, by whatever tells them from events: provider, billing label, event type, …"""
NO_EVENT = 255
"""The code of flat charges in dimensions that only events can have a value of."""


class Unit(StrEnum):
    """What a metric counts in."""

    USD = "usd"
    COUNT = "count"
    TOKENS = "tokens"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table that turns a stored number into a key and a label.

    With `shared`, many rows have the same key, as many people have one team; spend is then grouped by the key. A table may
    have millions of rows: then `found` says how one is found by its key, in pairs of what a row has and what is made of a bound
    value, of which one is the same on both sides, whatever the case of the letters.
    """

    table: str
    key: str = "key"
    label: str = "label"
    shared: bool = False
    found: tuple[tuple[str, str], ...] = ()

    def holding(self, sought: str, holds: Callable[[str], str]) -> list[str]:  # noqa: ARG002 - some know more of their keys
        """Return conditions, each with one place for a text, of which one is met by each row whose key holds it."""
        return [holds(self.key)]

    @property
    def large(self) -> bool:
        """Whether it has too many rows to look up more than what is shown."""
        return bool(self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Something spend can be broken down and filtered by.

    With `many`, it may have thousands of values.
    """

    name: str
    label: str
    plural: str
    definition: str
    column: str
    lookup: Lookup | None = None
    codes: Mapping[int, str] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False
    many: bool = False

    @property
    def stored(self) -> Mapping[int, str] | None:
        """What every stored number stands for; flat charges are on their own where `codes` are those of events."""
        return None if self.codes is None else {**self.codes, NO_EVENT: SUBSCRIPTION}

    @property
    def text(self) -> str:
        """Expression of the key of a dimension that has neither table nor codes: its own text, or ``none``."""
        return f"coalesce(nullif({self.column}, ''), '{NONE}')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Something that can be measured.

    It is one of three: a sum of the columns `sums`, each added up over the rows; how many different ones of a column `counts` there are; or the first
    metric of a `ratio` divided by the second. `events` and `charges` say what a sum is measured of: events, flat charges
    of subscriptions, or both.
    """

    name: str
    label: str
    definition: str
    unit: Unit
    sums: tuple[str, ...] = ()
    counts: str = ""
    ratio: tuple[str, str] | None = None
    events: bool = True
    charges: bool = False

    @property
    def additive(self) -> bool:
        """Whether a total is the sum of its groups."""
        return bool(self.sums)

    @property
    def over_rows(self) -> str:
        """The expression of a sum over rows."""
        return " + ".join(f"coalesce(sum({column}), 0)" for column in self.sums)

    @property
    def of_one(self) -> str:
        """What a sum comes to over a single row."""
        return " + ".join(f"coalesce({column}, 0)" for column in self.sums)


_METRICS = (
    Metric(
        name="spend",
        label="Spend",
        unit=Unit.USD,
        definition="What the provider bills on top of the seats: the price of all chargeable events.",
        sums=("e.spend",),
    ),
    Metric(
        name="usage_value",
        label="Usage value",
        unit=Unit.USD,
        definition="The price of all events, those a plan includes as well as those billed on top.",
        sums=("e.cost",),
    ),
    Metric(
        name="included_value",
        label="Included value",
        unit=Unit.USD,
        definition="The price of events that the plan covered.",
        sums=("e.included",),
    ),
    Metric(
        name="list_cost",
        label="List cost",
        unit=Unit.USD,
        definition="What the models cost at list price, before discount and without the provider's fee.",
        sums=("e.list_cost",),
    ),
    Metric(
        name="fee",
        label="Fee",
        unit=Unit.USD,
        definition="The provider's token fee. It is already part of usage value and spend.",
        sums=("e.fee",),
    ),
    Metric(
        name="discount",
        label="Discount",
        unit=Unit.USD,
        definition="What discounts took off the list cost.",
        sums=("e.discount",),
    ),
    Metric(
        name="events",
        label="Events",
        unit=Unit.COUNT,
        definition="How many events there were.",
        sums=("e.events",),
    ),
    Metric(
        name="people",
        label="People",
        unit=Unit.COUNT,
        definition="How many different people (or accounts) caused events; unattributed events count nobody.",
        counts="e.person",
    ),
    Metric(
        name="tokens",
        label="Tokens",
        unit=Unit.TOKENS,
        definition="Input, output, cache-write and cache-read tokens together.",
        sums=("e.tokens",),
    ),
    Metric(
        name="input_tokens",
        label="Input tokens",
        unit=Unit.TOKENS,
        definition="Tokens sent, without those read from or written to the cache.",
        sums=("e.input_tokens",),
    ),
    Metric(
        name="output_tokens",
        label="Output tokens",
        unit=Unit.TOKENS,
        definition="Tokens the models wrote.",
        sums=("e.output_tokens",),
    ),
    Metric(
        name="cache_write_tokens",
        label="Cache-write tokens",
        unit=Unit.TOKENS,
        definition="Tokens written to the provider's cache.",
        sums=("e.cache_write_tokens",),
    ),
    Metric(
        name="cache_read_tokens",
        label="Cache-read tokens",
        unit=Unit.TOKENS,
        definition="Tokens read from the provider's cache.",
        sums=("e.cache_read_tokens",),
    ),
    Metric(
        name="requests",
        label="Requests",
        unit=Unit.REQUESTS,
        definition="Cursor's request units, the currency of its older plans; fractional.",
        sums=("e.requests",),
    ),
    Metric(
        name="conversations",
        label="Conversations",
        unit=Unit.COUNT,
        definition="How many different conversations the events belong to.",
        counts="e.conversation",
    ),
    Metric(
        name="unpriced_events",
        label="Unpriced events",
        unit=Unit.COUNT,
        definition="Events for which the provider gave no price; they add nothing to any amount.",
        sums=("e.unpriced",),
    ),
    Metric(
        name="spend_per_person",
        label="Spend per person",
        unit=Unit.USD,
        definition="Spend divided by the number of people who caused events.",
        ratio=("spend", "people"),
    ),
    Metric(
        name="subscription_cost",
        label="Subscriptions",
        unit=Unit.USD,
        definition="What AI subscriptions cost, accrued by the day: a month's price is spread over its days. A day counts "
        "whole, from its first moment on; days are the workspace's in every time zone.",
        sums=("e.flat",),
        events=False,
        charges=True,
    ),
    Metric(
        name="total_cost",
        label="Total cost",
        unit=Unit.USD,
        definition="Spend and subscriptions together: what is billed for events on top of the seats, and what flat rates "
        "cost by the day, seats included.",
        sums=("e.spend", "e.flat"),
        charges=True,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _METRICS})

_YES_NO = MappingProxyType({0: "no", 1: "yes"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DIMENSIONS = (
    Dimension(
        name="person",
        label="Person",
        plural="People",
        definition="Who caused the event, by e-mail address in lower case.",
        column="e.person",
        lookup=Lookup("persons"),
        many=True,
    ),
    Dimension(
        name="team",
        label="Team",
        plural="Teams",
        definition="The billing group the person belongs to now.",
        column="e.person",
        lookup=Lookup("persons", "team", "team_label", shared=True),
    ),
    Dimension(
        name="model",
        label="Model",
        plural="Models",
        definition="The model, by the provider's own name.",
        column="e.model",
        lookup=Lookup("models"),
    ),
    Dimension(
        name="vendor",
        label="Vendor",
        plural="Vendors",
        definition="Who makes the model, derived from its name. Auto is its own, as it hides the model it chose.",
        column="e.model",
        lookup=Lookup("models", "vendor", "vendor_label", shared=True),
    ),
    Dimension(
        name="family",
        label="Model family",
        plural="Model families",
        definition="The model's family, such as Claude Opus or GPT-5, derived from its name.",
        column="e.model",
        lookup=Lookup("models", "family", "family_label", shared=True),
    ),
    Dimension(
        name="event_type",
        label="Event type",
        plural="Event types",
        definition="What kind of work the event was: chat, agent, inline edit, … How that is known is its basis.",
        column="e.event_type",
        lookup=Lookup("event_types"),
    ),
    Dimension(
        name="basis",
        label="Basis of type",
        plural="Bases of type",
        definition="How the event type is known: reported by the provider, proven by ids on the event, derived from "
        "the person's activity that day, or unknown.",
        column="e.basis",
        codes={basis.value: basis.key for basis in TypeBasis},
        labels={
            "reported": "Reported",
            "structural": "Structural",
            "activity": "Activity",
            "unknown": "Unknown",
        },
    ),
    Dimension(
        name="billing",
        label="Billing type",
        plural="Billing types",
        definition="What became of the event's price: billed on demand, included in the plan, not charged, own key, free.",
        column="e.billing",
        codes={billing.value: billing.key for billing in BillingClass},
        labels={
            "on_demand": "On demand",
            "included": "Included",
            "not_charged": "Not charged",
            "byok": "Own key",
            "free": "Free",
            "unknown": "Unknown",
        },
    ),
    Dimension(
        name="kind",
        label="Billing label",
        plural="Billing labels",
        definition="The provider's own words for how the event is billed.",
        column="e.kind",
        lookup=Lookup("kinds"),
    ),
    Dimension(
        name="provider",
        label="Provider",
        plural="Providers",
        definition="Whose bill it is; all subscriptions are “Subscription”, with or without a linked connection.",
        column="e.connection",
        lookup=Lookup("connections", "provider", "provider_label", shared=True),
    ),
    Dimension(
        name="connection",
        label="Connection",
        plural="Connections",
        definition="The connected provider account the event came through.",
        column="e.connection",
        lookup=Lookup("connections", shared=True),
    ),
    Dimension(
        name="service_account",
        label="Service account",
        plural="Service accounts",
        definition="The service account that caused the event, if one did.",
        column="e.service_account",
        lookup=Lookup("service_accounts"),
        many=True,
    ),
    Dimension(
        name="max_mode",
        label="Max Mode",
        plural="Max Mode",
        definition="Whether the event ran in Max Mode.",
        column="CAST(e.max_mode AS INTEGER)",
        codes=_YES_NO,
        labels={"yes": "Max Mode", "no": "Not Max Mode"},
    ),
    Dimension(
        name="headless",
        label="Headless",
        plural="Headless",
        definition="Whether the event ran without a connected editor.",
        column="CAST(e.headless AS INTEGER)",
        codes=_YES_NO,
        labels={"yes": "Headless", "no": "In the editor"},
    ),
    Dimension(
        name="conversation",
        label="Conversation",
        plural="Conversations",
        definition="The conversation the event belongs to.",
        column="e.conversation",
        raw=True,
        many=True,
        labels={"none": "No conversation"},
    ),
    Dimension(
        name="cloud_agent",
        label="Cloud agent",
        plural="Cloud agents",
        definition="The cloud agent run that caused the event.",
        column="e.cloud_agent",
        raw=True,
        many=True,
        labels={"none": "No cloud agent"},
    ),
    Dimension(
        name="automation",
        label="Automation",
        plural="Automations",
        definition="The automation that caused the event.",
        column="e.automation",
        raw=True,
        many=True,
        labels={"none": "No automation"},
    ),
    Dimension(
        name="hour",
        label="Hour of day",
        plural="Hours of day",
        definition="The hour of the day, in the workspace's time zone.",
        column="e.hour",
        codes={hour: f"{hour:02d}" for hour in range(24)},
        labels={f"{hour:02d}": f"{hour:02d}:00" for hour in range(24)},
    ),
    Dimension(
        name="weekday",
        label="Weekday",
        plural="Weekdays",
        definition="The day of the week, in the workspace's time zone.",
        column="e.weekday",
        codes=dict(enumerate(_WEEKDAYS)),
        labels={day: day.capitalize() for day in _WEEKDAYS},
    ),
)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {dimension.name: dimension for dimension in _DIMENSIONS}
)


def columns_in(*texts: str) -> list[str]:
    """Return the columns of the source that expressions speak of, in order."""
    return sorted({name for text in texts for name in re.findall(r"\be\.(\w+)", text)})


def label_of(dimension: Dimension, key: str) -> str:
    """Return what people call a value of a dimension that is labelled without a table."""
    return "Subscription" if key == SUBSCRIPTION else dimension.labels.get(key, key)
