"""Events as they are on the wire: field names, their order, what is left out and how numbers are written."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET, UnsetType

from finora.simulator.events import (
    CHARGEABLE,
    HAS_FEE,
    HAS_TOKENS,
    HEADLESS,
    KINDS,
    MAX_MODE,
    NONE,
    TERSE,
    TOKEN_BASED,
    EventColumns,
    Rows,
)
from finora.simulator.identifiers import permille
from finora.simulator.models_catalog import MODELS, price_columns
from finora.simulator.pricing import NANO_PER_CENT
from finora.simulator.publication import Publication

Number = int | float

SHOUTED_PERMILLE: Final = 150


class TokenUsage(msgspec.Struct, rename="camel", gc=False):
    """Tokens of one call by class, and their cost at list price in cents."""

    input_tokens: int | UnsetType
    output_tokens: int | UnsetType
    cache_write_tokens: int | UnsetType
    cache_read_tokens: int | UnsetType
    total_cents: Number
    discount_percent_off: int | UnsetType = UNSET


class UsageEvent(msgspec.Struct, rename="camel"):
    """One usage event; fields in the order of the sample file, money in cents."""

    timestamp: str
    user_email: str | UnsetType
    service_account_id: str | UnsetType
    service_account_name: str | UnsetType
    cloud_agent_id: str | UnsetType
    automation_id: str | UnsetType
    conversation_id: str | UnsetType
    model: str
    kind: str
    max_mode: bool
    requests_costs: Number
    is_token_based_call: bool
    is_chargeable: bool
    is_headless: bool
    token_usage: TokenUsage | UnsetType
    charged_cents: Number
    cursor_token_fee: Number | UnsetType
    is_free_bugbot: bool | UnsetType = UNSET
    hosting_type: str | UnsetType = UNSET
    team_id: int | UnsetType = UNSET


def written(values: npt.NDArray[np.float64]) -> list[Number]:
    """JSON numbers the way JavaScript writes them: whole ones without a decimal point."""
    return [int(value) if value.is_integer() else value for value in values.tolist()]


def cents(nano: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Nano-USD as cents: the double whose shortest decimal is exact, for anything under a million USD."""
    return nano / NANO_PER_CENT


def usage_events(publication: Publication, rows: Rows, now_ms: int) -> list[UsageEvent]:
    """The wire form of `rows`, in that order, as published at `now_ms`."""
    events = publication.events.take(rows)
    charged, feeless = publication.charges(rows, now_ms)
    actors = _Actors(publication, events, rows, now_ms)
    models = [publication.model_names[model] for model in events.model.tolist()]
    money = _Money(publication, events, charged, feeless)
    extra = _extras(publication, rows)
    flags = events.flags.tolist()
    return [
        UsageEvent(
            str(ts),
            actors.emails[i],
            actors.account_ids[i],
            actors.account_names[i],
            actors.cloud_agents[i],
            actors.automations[i],
            actors.conversations[i],
            models[i],
            KINDS[kind],
            bool(flags[i] & MAX_MODE),
            money.requests[i],
            bool(flags[i] & TOKEN_BASED),
            bool(flags[i] & CHARGEABLE),
            bool(flags[i] & HEADLESS),
            money.token_usage[i],
            money.charged[i],
            money.fee[i],
            extra[0],
            extra[1][i],
        )
        for i, (ts, kind) in enumerate(zip(events.ts.tolist(), events.kind.tolist(), strict=True))
    ]


class _Actors:
    """Who and what each event belongs to, as written."""

    def __init__(self, publication: Publication, events: EventColumns, rows: Rows, now_ms: int) -> None:
        company = publication.company
        people = len(company.people)
        names: list[str | UnsetType] = list(company.emails)
        for actor in publication.nameless(now_ms):
            names[actor] = UNSET
        actors = events.actor.tolist()
        self.emails = [names[actor] for actor in actors]
        if publication.faults.mixed_case_emails:
            shouted = permille(rows, publication.faults.seed, "case") < SHOUTED_PERMILLE
            self.emails = [
                email.title() if loud and not isinstance(email, UnsetType) else email
                for email, loud in zip(self.emails, shouted.tolist(), strict=True)
            ]
        robots = company.service_accounts
        self.account_ids = [robots[a - people].account_id if a >= people else UNSET for a in actors]
        self.account_names = [robots[a - people].name if a >= people else UNSET for a in actors]
        self.automations = [
            company.automations[number].automation_id if number != NONE else UNSET
            for number in events.automation.tolist()
        ]
        self.conversations = _ids(events.conversation, company.conversation_ids(events.conversation))
        self.cloud_agents = _ids(events.cloud_agent, company.cloud_agent_ids(events.cloud_agent))


def _ids(numbers: npt.NDArray[np.int32], ids: list[str]) -> list[str | UnsetType]:
    return [UNSET if number == NONE else text for number, text in zip(numbers.tolist(), ids, strict=True)]


class _Money:
    """Costs, charges and fees of events, as written."""

    def __init__(
        self,
        publication: Publication,
        events: EventColumns,
        charged: npt.NDArray[np.int64],
        feeless: npt.NDArray[np.bool_],
    ) -> None:
        total, fee, shown = cents(events.list_nano), cents(events.fee_nano), cents(charged)
        if publication.faults.float_noise:
            priced = (events.list_nano > 0) & (events.model < len(MODELS))
            total = np.where(priced, _noisy_total(events), total)
            fee = np.where(events.fee_nano > 0, events.tokens * 0.000025, fee)
            by_formula = events.list_nano * (100 - events.discount) // 100 + events.fee_nano
            noisy = total * (100 - events.discount) / 100 + fee
            shown = np.where(priced & (by_formula == charged), noisy, shown)
        self.charged = written(shown)
        has_fee = events.has(HAS_FEE) & ~feeless
        self.fee: list[Number | UnsetType] = [
            value if present else UNSET for value, present in zip(written(fee), has_fee.tolist(), strict=True)
        ]
        self.requests = written(events.requests / 10)
        self.token_usage = _token_usage(events, written(total))


def _noisy_total(events: EventColumns) -> npt.NDArray[np.float64]:
    """List cost in cents, summed the careless way."""
    price = price_columns()[np.minimum(events.model, len(MODELS) - 1)] / 10_000_000
    return np.asarray(
        events.input * price[:, 0]
        + events.cache_write * price[:, 1]
        + events.cache_read * price[:, 2]
        + events.output * price[:, 3]
    )


def _token_usage(events: EventColumns, total: list[Number]) -> list[TokenUsage | UnsetType]:
    has, terse = events.has(HAS_TOKENS).tolist(), events.has(TERSE).tolist()
    columns = zip(
        events.input.tolist(),
        events.output.tolist(),
        events.cache_write.tolist(),
        events.cache_read.tolist(),
        total,
        events.discount.tolist(),
        strict=True,
    )
    usages: list[TokenUsage | UnsetType] = []
    for i, (fresh, answer, write, read, cost, discount) in enumerate(columns):
        if not has[i]:
            usages.append(UNSET)
        elif terse[i]:
            usages.append(
                TokenUsage(
                    fresh or UNSET, answer or UNSET, write or UNSET, read or UNSET, cost, discount or UNSET
                )
            )
        else:
            usages.append(TokenUsage(fresh, answer, write, read, cost, discount or UNSET))
    return usages


def _extras(publication: Publication, rows: Rows) -> tuple[bool | UnsetType, list[str | UnsetType]]:
    """`isFreeBugbot` of all and `hostingType` of each event: fields the documentation does not have."""
    faults = publication.faults
    hosted = permille(rows, faults.seed, "extra") < faults.extra_field_permille
    return (False if faults.free_bugbot else UNSET), [
        "CLOUD" if extra else UNSET for extra in hosted.tolist()
    ]
