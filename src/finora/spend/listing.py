"""Single events: the last level of every figure, listed in pages, or streamed whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from finora.spend.event import BillingClass, TypeBasis
from finora.spend.event_order import NEWEST_FIRST, EventOrder
from finora.spend.query import InvalidQuery
from finora.spend.single_runs import RUN_IDS, id_of, joined_ids
from finora.spend.source import local_ms
from finora.spend.statement import Statement
from finora.spend.where import found_by, write_filter
from finora.values.interval import DAY_MS, HOUR_MS, offsets
from finora.values.period import from_ms

if TYPE_CHECKING:
    from datetime import datetime

    from finora.spend.dialect import Dialect
    from finora.spend.plan import Plan
    from finora.values.period import Span

MOST_EVENTS = 1_000
MOST_SOUGHT = 200
"""How long a text that is searched for may be."""
_MOST_WORDS = 8
_BY_CHANCE = re.compile("[0-9A-Fa-f-]{1,7}")
_KEY = "([0-9]{{1,18}}){0}([0-9]{{1,18}}){0}([0-9]{{1,18}})"
_NAMES_AN_EVENT = re.compile("[0-9]{1,18}-[0-9]{12,14}-[0-9]{1,18}")
"""An id of an event since 2001, which neither a date nor a piece of a UUID is like."""

COLUMNS: tuple[tuple[str, str], ...] = (
    ("connection", "c.key"),
    ("connection_label", "c.label"),
    ("provider", "c.provider"),
    ("ts", "e.ts"),
    ("ordinal", "e.ordinal"),
    ("number", "e.connection"),
    ("person", "p.key"),
    ("person_label", "p.label"),
    ("team_label", "p.team_label"),
    ("service_account", "sa.key"),
    ("service_account_label", "sa.label"),
    ("model", "m.key"),
    ("model_label", "m.label"),
    ("vendor_label", "m.vendor_label"),
    ("kind", "k.key"),
    ("billing", "e.billing"),
    ("event_type", "t.key"),
    ("event_type_label", "t.label"),
    ("basis", "e.basis"),
    ("apportioned", "e.apportioned"),
    ("chargeable", "e.chargeable"),
    ("cost", "e.cost"),
    ("fee", "e.fee"),
    ("list_cost", "e.list_cost"),
    ("discount", "e.discount"),
    ("input_tokens", "e.input_tokens"),
    ("output_tokens", "e.output_tokens"),
    ("cache_write_tokens", "e.cache_write_tokens"),
    ("cache_read_tokens", "e.cache_read_tokens"),
    ("requests", "e.requests"),
    ("max_mode", "e.max_mode"),
    ("headless", "e.headless"),
    ("token_based", "e.token_based"),
    *((name, "") for name in RUN_IDS),
    ("extra", "e.extra"),
    ("run", "e.run"),
)

_JOINS = """
JOIN persons p ON p.id = e.person
JOIN models m ON m.id = e.model
JOIN kinds k ON k.id = e.kind
JOIN event_types t ON t.id = e.event_type
JOIN service_accounts sa ON sa.id = e.service_account
LEFT JOIN connections c ON c.id = e.connection"""

_NAMES = (
    ("e.person", "persons", ("key", "label", "team_label")),
    ("e.model", "models", ("key", "label", "vendor_label")),
    ("e.event_type", "event_types", ("key", "label")),
    ("e.kind", "kinds", ("key",)),
    ("e.service_account", "service_accounts", ("key", "label")),
)
"""Where an event's names are: its column, their table, and the texts that are searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEvent:
    """One event as people see it. Amounts are nano-USD, `cost` is none where the provider gave no price."""

    connection: str
    connection_label: str
    provider: str
    ts: int
    ordinal: int
    number: int
    person: str
    person_label: str
    team_label: str
    service_account: str
    service_account_label: str
    model: str
    model_label: str
    vendor_label: str
    kind: str
    billing: int
    event_type: str
    event_type_label: str
    basis: int
    apportioned: bool
    chargeable: bool
    cost: int | None
    fee: int
    list_cost: int
    discount: int
    input_tokens: int
    output_tokens: int
    cache_write_tokens: int
    cache_read_tokens: int
    requests: int
    max_mode: bool
    headless: bool
    token_based: bool
    conversation: str | None
    cloud_agent: str | None
    automation: str | None
    extra: str | None
    run: int

    @property
    def id(self) -> str:
        """The event's name for good."""
        return f"{self.number}-{self.ts}-{self.ordinal}"

    @property
    def at(self) -> datetime:
        """When it happened."""
        return from_ms(self.ts)

    @property
    def billing_class(self) -> BillingClass:
        """What became of its price."""
        return BillingClass(self.billing)

    @property
    def type_basis(self) -> TypeBasis:
        """How its type is known."""
        return TypeBasis(self.basis)

    @property
    def tokens(self) -> int:
        """All its tokens."""
        return self.input_tokens + self.output_tokens + self.cache_write_tokens + self.cache_read_tokens


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, and where the next begins; none at the end."""

    events: tuple[ListedEvent, ...]
    next_cursor: str | None


def events_from_rows(rows: list[tuple[object, ...]]) -> tuple[ListedEvent, ...]:
    """Return the rows of a listing as events."""
    names = [name for name, _ in COLUMNS]
    return tuple(ListedEvent(**dict(zip(names, row, strict=True))) for row in rows)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which events of a plan are listed, and how.

    Attributes:
        order: How they are sorted.
        sought: Words each of which something of an event holds, whatever its case: a name, model, kind of work or id. What might
            be a piece of many ids is looked for in them as of eight characters. The event's own id is found whole.
        cursor: Where the page begins; the first event without one.
    """

    order: EventOrder = NEWEST_FIRST
    sought: str = ""
    cursor: str | None = None

    @property
    def words(self) -> list[str]:
        """The words sought."""
        return self.sought.split()[:_MOST_WORDS]

    @property
    def named_event(self) -> str | None:
        """The id of the one event that can be meant, where a word is an event's whole id."""
        return next((word for word in self.words if _NAMES_AN_EVENT.fullmatch(word)), None)


def list_statement(
    plan: Plan, dialect: Dialect, listing: Listing | None = None, limit: int | None = None
) -> Statement:
    """Return the statement that lists a plan's events.

    Raises:
        InvalidQuery: The listing's cursor is none of its order.
    """
    listing = listing or Listing()
    values: list[object] = []
    local = local_ms(offsets(plan.span, plan.query.zone))
    day = dialect.whole(local, DAY_MS)
    source = (
        f"(SELECT *, {day} AS day, ({day} + 3) % 7 AS weekday, {dialect.whole(local, HOUR_MS)} % 24 AS hour "
        "FROM events WHERE ts >= ? AND ts < ?) e"
    )
    values += [plan.span.start_ms, plan.span.end_ms]
    conditions = [write_filter(each, dialect, values) for each in plan.filters]
    conditions += [holding(word, dialect, values) for word in listing.words]
    if listing.cursor:
        condition, bound = listing.order.after(listing.cursor)
        conditions.append(condition)
        values += bound
    where = f"\nWHERE {' AND '.join(conditions)}" if conditions else ""
    order = f"\nORDER BY {listing.order.sql}"
    if limit is None:
        joins = _joins(dialect, plan.span)
        return Statement(f"SELECT {_selected(dialect)}\nFROM {source}{joins}{where}{order}", tuple(values))
    # The page is cut before names are looked up: of a year's events, only its own get theirs.
    page = f"(\nSELECT * FROM {source}{where}{order}\nLIMIT ?\n) e"
    return Statement(f"SELECT {_selected(dialect)}\nFROM {page}{_joins(dialect)}{order}", (*values, limit))


def holding(sought: str, dialect: Dialect, values: list[object]) -> str:
    """Return the condition that an event has a name or an id that holds a text, or is the one whose whole id it is."""
    if _NAMES_AN_EVENT.fullmatch(sought):
        values += _parse_id(sought)
        return "(e.connection = ? AND e.ts = ? AND e.ordinal = ?)"
    names = name_holding(sought, dialect, values)
    return names if is_by_chance(sought) else f"({names} OR {id_holding(sought, dialect, values)})"


def is_by_chance(sought: str) -> bool:
    """Return whether ids hold a text by chance, as one in a hundred does `ada`; it is only looked for in names."""
    return _BY_CHANCE.fullmatch(sought) is not None


def name_holding(sought: str, dialect: Dialect, values: list[object]) -> str:
    """Return the condition that an event, or a sum of some, has a name that holds a text."""
    parts = []
    for column, table, texts in _NAMES:
        match = " OR ".join(dialect.holds(text) for text in texts)
        parts.append(f"{column} IN (SELECT id FROM {table} WHERE {match})")
        values.extend([sought] * len(texts))
    return f"({' OR '.join(parts)})"


def id_holding(sought: str, dialect: Dialect, values: list[object]) -> str:
    """Return the condition that an event, or a sum of some, has an id that holds a text."""
    parts = []
    for name in RUN_IDS:
        lookup = dialect.numbered.get(name)
        held = lookup.holding(sought, dialect.holds) if lookup else [dialect.holds(f"coalesce(e.{name}, '')")]
        parts.append(f"e.{name} IN ({found_by(lookup, held)})" if lookup else held[0])
        values += [sought] * len(held)
    return f"({' OR '.join(parts)})"


def event_statement(event_id: str, dialect: Dialect) -> Statement:
    """Return the statement that reads one event.

    Raises:
        InvalidQuery: The id is not one.
    """
    event = "(SELECT * FROM events WHERE connection = ? AND ts = ? AND ordinal = ?) e"
    return Statement(f"SELECT {_selected(dialect)}\nFROM {event}{_joins(dialect)}", _parse_id(event_id))


def history_statement(event_id: str) -> Statement:
    """Return the statement that reads the figures an event had before it was revised, oldest first.

    Raises:
        InvalidQuery: The id is not one.
    """
    return Statement(
        "SELECT r.read_at, v.cost, v.chargeable, k.key, v.fee FROM revised_events v JOIN reads r ON r.id = v.read_id "
        "JOIN kinds k ON k.id = v.kind WHERE v.connection = ? AND v.ts = ? AND v.ordinal = ? ORDER BY v.read_id",
        _parse_id(event_id),
    )


def moment_of(event_id: str) -> datetime:
    """Return when the event of an id happened.

    Raises:
        InvalidQuery: The id is not one.
    """
    return from_ms(_parse_id(event_id)[1])


def _parse_id(event_id: str) -> tuple[int, int, int]:
    match = re.fullmatch(_KEY.format("-"), event_id)
    if not match:
        raise InvalidQuery("That is not the id of an event.")
    return int(match[1]), int(match[2]), int(match[3])


def _selected(dialect: Dialect) -> str:
    return ", ".join(f"{expression or id_of(name, dialect)} AS {name}" for name, expression in COLUMNS)


def _joins(dialect: Dialect, span: Span | None = None) -> str:
    return _JOINS + joined_ids(dialect, span)


@dataclass(frozen=True, slots=True)
class FormerFigures:
    """What an event's figures were until a read replaced them."""

    until: datetime
    cost: int | None
    chargeable: bool
    kind: str
    fee: int


def former_figures(rows: list[tuple[object, ...]]) -> tuple[FormerFigures, ...]:
    """Return the rows of a history."""
    return tuple(FormerFigures(from_ms(cast("int", row[0])), *row[1:]) for row in rows)  # type: ignore[arg-type]
