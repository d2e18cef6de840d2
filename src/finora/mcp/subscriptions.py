"""The tool `get_subscriptions`: flat-rate spend."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.accounts import Permission
from finora.mcp import lines
from finora.mcp.pages import Cursor, more, page_of
from finora.mcp.tool import Arguments, InvalidArguments, Reply, Tool
from finora.subscriptions.accrual import next_month
from finora.subscriptions.reading import read_day
from finora.values.money import usd_text

if TYPE_CHECKING:
    from finora.mcp.tool import Asker
    from finora.subscriptions import Subscription, Subscriptions

_LISTED, _MOST_LISTED = 25, 100


class SubscriptionArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which subscriptions, over which days."""

    start: Annotated[date | None, Meta(description="First day; the first of this month unless given.")] = None
    end: Annotated[
        date | None, Meta(description="Day after the last; the end of this month unless given.")
    ] = None
    tag: Annotated[
        str, Meta(description="Only those with this tag, such as team:marketing.", max_length=200)
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=_MOST_LISTED, description="How many a page has.")] = _LISTED
    cursor: Cursor = ""


def answer(asker: Asker, asked: SubscriptionArguments) -> Reply:
    """Sum up what subscriptions cost, and list them."""
    kept = asker.workspace.subscriptions
    start, end = _period(kept, asked)
    tag = asked.tag or None
    summary = kept.summary(start, end, tag=tag)
    found = kept.all(tag=tag)
    page, following = page_of(found, asked.cursor, asked.limit)
    documents = [_document(each, kept.today) for each in page]
    data = {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "as_of": summary.as_of.isoformat(),
        "monthly_total": usd_text(summary.monthly_total),
        "period_total": usd_text(summary.period_total),
        "seats": summary.seats,
        "subscriptions": documents,
        "count": len(found),
        "next": following,
    }
    if not found:
        return Reply("There are no subscriptions.", data)
    heads = ("Subscription", "Plan", "State", "Seats", "Monthly cost", "Renews")
    text = "\n\n".join(
        (
            (
                f"Subscriptions from {start} up to, and without, {end}: {lines.exactly('usd', data['period_total'])}. "
                f"A month at the terms of {summary.as_of}: {lines.exactly('usd', data['monthly_total'])}, {summary.seats:,} seats."
            ),
            lines.table(heads, [_cells(each) for each in documents]),
            f"{len(found):,} subscriptions in all.",
        )
    )
    return Reply(text + more(following), data)


def _period(kept: Subscriptions, asked: SubscriptionArguments) -> tuple[date, date]:
    """Return a period of days: this month where nothing is said, else up to the end of the start's month or from it on."""
    for day in (asked.start, asked.end):
        try:
            read_day(day.isoformat()) if day else None
        except ValueError as problem:
            raise InvalidArguments(f"A day {problem}.") from None
    start = asked.start or kept.today.replace(day=1)
    end = asked.end or next_month(max(start, kept.today))
    if end <= start:
        raise InvalidArguments("end must lie after start; it is the day after the last.")
    return start, end


def _document(each: Subscription, today: date) -> dict[str, Any]:
    terms, renewal = each.terms_now(today), each.next_renewal(today)
    return {
        "id": each.id,
        "name": each.name,
        "sku": each.sku,
        "state": each.state(today),
        "seats": terms.seats,
        "price_per_seat": usd_text(terms.price),
        "billing_cycle": terms.cycle,
        "monthly_cost": usd_text(terms.monthly_cost),
        "start_date": each.contract.start.isoformat(),
        "end_date": each.contract.end.isoformat() if each.contract.end else None,
        "next_renewal": renewal.isoformat() if renewal else None,
        "tags": list(each.tags),
    }


def _cells(document: dict[str, Any]) -> list[str]:
    return [
        document["name"],
        document["sku"],
        document["state"],
        f"{document['seats']:,}",
        lines.usd(document["monthly_cost"]),
        document["next_renewal"] or "",
    ]


GET_SUBSCRIPTIONS = Tool(
    name="get_subscriptions",
    title="AI subscriptions",
    description="Flat-rate AI spend that no billing API shows (Cursor seats, ChatGPT Team, …): what it costs a month and "
    "over a period, with seats, prices and renewals. For subscriptions by person or together with spend, use query_spend "
    "with the metrics subscription_cost or total_cost.",
    takes=SubscriptionArguments,
    answer=answer,
    permission=Permission.READ_ALL,
)
