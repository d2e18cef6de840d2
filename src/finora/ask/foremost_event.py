"""The event that cost the most, or had the most tokens, as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.figures import shown
from finora.values.money import usd_display

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from finora.ask.understanding import Understanding
    from finora.spend.listing import ListedEvent
    from finora.spend.result import SpendResult


def foremost_words(
    found: Understanding, result: SpendResult, events: Sequence[ListedEvent], when: str, zone: ZoneInfo
) -> str:
    """Return what the first event was, whose, and when; that there is none where none has a figure.

    Args:
        found: The question, which says by what events are sorted.
        result: All events of the period together.
        events: The first of them, sorted.
        when: The period and the filters in words.
        zone: Whose days are named.
    """
    by_cost = found.events_by == "cost"
    what = "cost anything" if by_cost else "had tokens"
    first = next((each for each in events if (each.cost if by_cost else each.tokens)), None)
    if first is None:
        return f"no event {what} {when}."
    figure = usd_display(first.cost or 0) if by_cost else shown("tokens", first.tokens)
    lead = "the most expensive event" if by_cost else "the event with the most tokens"
    billed = ", not billed on top" if by_cost and not first.chargeable else ""
    at = f"{first.at.astimezone(zone):%-d %B %Y, %H:%M}"
    whose = f"{first.person_label}, {first.model_label}, {first.event_type_label}, {at}{billed}"
    count = shown("events", result.value(result.totals, "events"))
    return f"{lead} {when}: {figure} ({whose}). All {count} together: {_together(result, by_cost=by_cost)}."


def _together(result: SpendResult, *, by_cost: bool) -> str:
    """Return the figure of all events; what they cost is the price of each, of which spend is what was billed on top."""
    if not by_cost:
        return shown("tokens", result.value(result.totals, "tokens"))
    worth, spend = (result.value(result.totals, name) for name in ("usage_value", "spend"))
    told = shown("usage_value", worth)
    return told if worth == spend else f"{told}, of which {shown('spend', spend)} was billed on top"
