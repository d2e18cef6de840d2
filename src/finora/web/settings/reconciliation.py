"""Reconciliation as the connection's page shows it: cycle by cycle, each difference by its causes in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from finora.spend.catalog import METRICS
from finora.sync import Cause, Part, ReconciledLine, Reconciliation
from finora.values.money import usd_display, usd_text
from finora.values.period import Period
from finora.web.address.links import Links, View, equal
from finora.web.figures.formats import moment, plural

Json = dict[str, Any]

_WORDS = {
    Cause.LATE: ("Late", "published or counted by the provider only after its total was read"),
    Cause.REVISED: ("Revised", "changed, taken back or given to somebody else after the total was read"),
    Cause.REMOVED_MEMBER: (
        "Removed member",
        "the totals are of members; these events stay although theirs has left",
    ),
    Cause.SERVICE_ACCOUNT: (
        "Service account",
        "the provider's totals are of members and have no line for it",
    ),
    Cause.CYCLE_BOUNDARY: (
        "Cycle boundary",
        "so near the cycle's start that the provider counted it on the other side",
    ),
    Cause.UNBILLED: ("Unbilled", "not charged, or covered by the plan, and counted by one of the two alone"),
    Cause.UNKNOWN: ("Unknown", "nothing that Finora knows explains it"),
}
_NOT_LISTED = "nothing that Finora knows explains it; the provider's totals have no line for this member"
_COLOURS = {
    Cause.LATE: 0,
    Cause.REVISED: 3,
    Cause.REMOVED_MEMBER: 2,
    Cause.SERVICE_ACCOUNT: 6,
    Cause.CYCLE_BOUNDARY: 4,
    Cause.UNBILLED: 7,
    Cause.UNKNOWN: "other",
}
_SHOWN_EXAMPLES = 3


def cycle_panel(cycle: Reconciliation, connection: str, links: Links, zone: ZoneInfo, *, whole: bool) -> Json:
    """Return a billing cycle's comparison: the members that differ, or all of them if `whole`.

    Args:
        cycle: The comparison.
        connection: The connection's id, for the way to exactly these events.
        links: Writes it.
        zone: Whose times are shown.
        whole: Whether those who agree are shown as well.
    """
    metric = _metric(cycle)
    differing = [line for line in cycle.lines if line.difference]
    shown = cycle.lines if whole else differing
    agreeing = len(cycle.lines) - len(differing)
    return {
        "id": f"cycle-{cycle.cycle_start:%Y-%m-%d}",
        "title": f"Cycle from {moment(cycle.cycle_start, zone)}",
        "columns": _columns(metric),
        "totals": _totals(cycle),
        "explore": _in_explore(cycle, connection, links, metric),
        "read": f"compared with the totals of {moment(cycle.read_at, zone)}",
        "agrees": cycle.agrees,
        "verdict": "Agrees to the cent" if cycle.agrees else f"Differs by {signed(cycle.difference)}",
        "text": f"{agreeing:,} of {plural(len(cycle.lines), 'person', 'people')} agree to the cent.",
        "causes": [_part(part, zone) for part in cycle.parts],
        "bar": _bar(cycle.parts),
        "rows": [_row(line, cycle, zone) for line in shown],
        "has_more": agreeing > 0 and not whole,
    }


def _metric(cycle: Reconciliation) -> str:
    """Return what is compared: usage value where the provider states it of anybody, else spend."""
    stated = any(line.provider_usage_value is not None for line in cycle.lines)
    return "usage_value" if stated else "spend"


def _columns(metric: str) -> list[Json]:
    name = METRICS[metric].label.lower()
    return [
        {"key": "person", "label": "Person"},
        {"key": "theirs", "label": f"Provider's {name}", "numeric": True},
        {"key": "ours", "label": f"Finora's {name}", "numeric": True},
        {"key": "difference", "label": "Difference", "numeric": True, "keep": True},
        {"key": "causes", "label": "Why"},
    ]


def _totals(cycle: Reconciliation) -> Json:
    return {
        "person": f"All {plural(len(cycle.lines), 'person', 'people')}",
        "theirs": usd_display(sum(line.theirs for line in cycle.lines)),
        "ours": usd_display(sum(line.ours for line in cycle.lines)),
        "difference": signed(cycle.difference),
    }


def _in_explore(cycle: Reconciliation, connection: str, links: Links, metric: str) -> str:
    """Return the address of what was compared, to the millisecond: a cycle begins at a time of day."""
    query = replace(
        links.defaults,
        metrics=(metric,),
        dimensions=("person",),
        filters=(equal("connection", connection),),
        period=Period.absolute(cycle.cycle_start, cycle.read_at),
        compare=None,
    )
    return links.explore(View(query=query))


def signed(nano: int) -> str:
    """Return a difference in money, exact, with its sign."""
    if nano == 0:
        return usd_display(0)
    cents = usd_display(abs(nano))
    exact = f"${usd_text(abs(nano))}"
    return f"{'+' if nano > 0 else '-'}{cents if nano % 10_000_000 == 0 else exact}"


def _row(line: ReconciledLine, cycle: Reconciliation, zone: ZoneInfo) -> Json:
    causes = [_part(part, zone) for part in line.parts]
    for each in causes:
        if each["colour"] == "other" and not line.listed:
            each["text"] = _NOT_LISTED
    return {
        "id": f"{cycle.cycle_start:%Y-%m-%d}-{line.person}",
        "causes": causes,
        "bar": _bar(line.parts),
        "cells": {
            "person": line.name,
            "theirs": usd_display(line.theirs) if line.listed else None,
            "ours": usd_display(line.ours),
            "difference": signed(line.difference),
        },
    }


def _part(part: Part, zone: ZoneInfo) -> Json:
    label, text = _WORDS[part.cause]
    return {
        "colour": _COLOURS[part.cause],
        "label": label,
        "text": text,
        "amount": signed(part.amount),
        "events": plural(part.events, "event") if part.events else "",
        "examples": [_example(event, zone) for event in part.examples[:_SHOWN_EXAMPLES]],
    }


def _example(event: str, zone: ZoneInfo) -> Json:
    _connection, ts, _ordinal = event.split("-")
    return {"href": f"/events/{event}", "text": moment(datetime.fromtimestamp(int(ts) / 1000, UTC), zone)}


def _bar(parts: Sequence[Part]) -> list[Json]:
    """Return the parts as stretches of a bar, in per cent of all amounts whatever their sign."""
    whole = sum(abs(part.amount) for part in parts)
    stretches, start = [], 0.0
    for part in parts:
        if part.amount:
            width = 100 * abs(part.amount) / whole
            stretches.append({"x": round(start, 2), "width": round(width, 2), "colour": _COLOURS[part.cause]})
            start += width
    return stretches
