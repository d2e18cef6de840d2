"""The tool `list_events`: the events behind the figures, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.mcp import lines
from finora.mcp.pages import Cursor, more
from finora.mcp.spending import SpendArguments, query_of
from finora.mcp.tool import Reply, Tool
from finora.spend.event_order import ORDERS, EventOrder
from finora.spend.listing import MOST_SOUGHT, Listing
from finora.spend.rendering import figure
from finora.values.money import usd_text
from finora.values.period import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from finora.mcp.tool import Asker
    from finora.spend.listing import ListedEvent

_EVENTS, _MOST_EVENTS = 10, 100


class EventArguments(SpendArguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which events, and in what order."""

    find: Annotated[
        str,
        Meta(
            description="Only events of which names or ids hold each of these words; pieces of an id have eight characters at least, an event's own is given whole.",
            max_length=MOST_SOUGHT,
        ),
    ] = ""
    order: Annotated[
        str,
        Meta(
            description="With a - for the largest or newest first.",
            extra_json_schema={"enum": [f"{sign}{name}" for name in ORDERS for sign in ("-", "")]},
        ),
    ] = "-time"
    limit: Annotated[int, Meta(ge=1, le=_MOST_EVENTS, description="How many events a page has.")] = _EVENTS
    cursor: Cursor = ""


def answer(asker: Asker, asked: EventArguments) -> Reply:
    """List a page of events."""
    listing = Listing(order=EventOrder.parse(asked.order), sought=asked.find, cursor=asked.cursor or None)
    query = query_of(asker, asked)
    page = asker.workspace.spend.events(query, listing, limit=asked.limit, own=asker.own)
    documents = [event_to_json(event) for event in page.events]
    if not page.events:
        return Reply("No event matches.", {"events": [], "next": None})
    text = f"{event_lines(page.events)}\n\n{len(documents)} events.{more(page.next_cursor)}"
    return Reply(text, {"events": documents, "next": page.next_cursor})


def event_lines(events: Iterable[ListedEvent]) -> str:
    """Return events as lines."""
    heads = ("Time", "Person", "Model", "Event type", "Billing", "Cost in USD", "Tokens")
    return lines.table(heads, (_cells(event) for event in events))


def event_to_json(event: ListedEvent) -> dict[str, Any]:
    """Return an event with what it has: what is empty, no or zero is left out, but for its cost."""
    document = {
        "id": event.id,
        "timestamp": utc_text(event.at),
        "connection": event.connection,
        "person": event.person,
        "person_label": event.person_label,
        "team": event.team_label,
        "service_account": "" if event.service_account == "none" else event.service_account,
        "model": event.model,
        "event_type": event.event_type,
        "event_type_basis": event.type_basis.key,
        "billing": event.billing_class.key,
        "chargeable": event.chargeable,
        "fee": usd_text(event.fee) if event.fee else "",
        "list_cost": usd_text(event.list_cost) if event.list_cost else "",
        "discount": usd_text(event.discount) if event.discount else "",
        "input_tokens": event.input_tokens,
        "output_tokens": event.output_tokens,
        "cache_write_tokens": event.cache_write_tokens,
        "cache_read_tokens": event.cache_read_tokens,
        "requests": str(figure("requests", event.requests)) if event.requests else "",
        "max_mode": event.max_mode,
        "headless": event.headless,
        "conversation": event.conversation,
        "cloud_agent": event.cloud_agent,
        "automation": event.automation,
    }
    return {"cost": _cost(event)} | {name: each for name, each in document.items() if each}


def _cells(event: ListedEvent) -> tuple[str, ...]:
    return (
        utc_text(event.at),
        lines.named(event.person, event.person_label),
        event.model,
        event.event_type,
        event.billing_class.key,
        _cost(event) or "no price",
        f"{event.tokens:,}",
    )


def _cost(event: ListedEvent) -> str | None:
    return None if event.cost is None else usd_text(event.cost)


LIST_EVENTS = Tool(
    name="list_events",
    title="List events",
    description="Single usage events with their exact cost, newest first or by cost or tokens, searched and filtered. "
    "What an event has not (empty, no, zero) is left out of its record. For sums use query_spend.",
    takes=EventArguments,
    answer=answer,
)
