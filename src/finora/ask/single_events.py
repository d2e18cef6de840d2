"""Rules about single events: a list of them, newest first, or those that cost the most or had the most tokens."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import By, Cue, Measure, Number, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.ask.draft import Draft

_ORDERS: Mapping[str, str] = MappingProxyType({"spend": "cost", "tokens": "tokens"})
"""What events are sorted by, by the metric that says so."""
_SINGLE = frozenset({"event", "events", "usage events"})
"""Words for events that may be one of them; “messages” and “calls” are counted."""
_SIZES = frozenset({"biggest", "largest", "greatest", "heaviest", "bigger"})
"""“Most events” counts them, “biggest event” is about one."""
_NO_RANKING = (
    "Single events can be asked for newest first, by the most they cost or by the most tokens, but by nothing else; people, models, days and other groups can.",
    ("Most expensive event this week", "Which conversations cost the most this week?"),
)


def read_ranked_events(draft: Draft) -> None:
    """Read which event cost the most: “most expensive event”, “biggest events”, “events with the most tokens”, “list events by cost”.

    Raises:
        NotUnderstood: It asks for the least, which events without a price would lead.
    """
    place = next((at for at in range(len(draft.items)) if _is_single(draft, at)), None)
    if place is None or draft.has(Cue.HOW_MANY):
        return
    order = _led_by(draft, place) or _followed_by(draft, place) or _listed_by(draft, place)
    if not order:
        return
    if draft.has(Cue.LEAST):
        raise NotUnderstood(*_NO_RANKING)
    draft.events_by, draft.intent = order, Intent.EVENTS
    draft.use(place)


def read_events(draft: Draft) -> None:
    """Read a list of events, newest first.

    Raises:
        NotUnderstood: They are to be ranked by what single events cannot be ranked by.
    """
    _refuse_ranked(draft)
    recent = draft.has(Cue.LATEST) and "events" in draft.metrics and draft.take(Cue.LATEST)
    if draft.take(Cue.EVENTS) or recent:
        draft.intent = Intent.EVENTS
        draft.take(Cue.MOST) if not draft.ordered else None
        if draft.ordered:
            raise NotUnderstood(*_NO_RANKING)
        for place, _item, number in draft.of_kind(Number):
            draft.most = number.value
            draft.use(place)


def _refuse_ranked(draft: Draft) -> None:
    """Refuse the event with the most of anything else: a single event is no group that can be ranked."""
    ranked = draft.ordered and not draft.dimensions and draft.unit is None
    if ranked and "events" in draft.metrics and len(draft.metrics) > 1:
        raise NotUnderstood(*_NO_RANKING)


def _is_single(draft: Draft, place: int) -> bool:
    item = draft.items[place]
    named = isinstance(item.meaning, Measure) and item.meaning.metric == "events"
    return item.meaning is Cue.EVENTS or (named and item.words.lower() in _SINGLE)


def _led_by(draft: Draft, place: int) -> str:
    """Return the order of “most expensive chat event” or “biggest event”; empty where it is neither."""
    before = place - 1
    while isinstance(draft.at(before), Value):
        before -= 1
    measure = draft.at(before)
    if isinstance(measure, Measure) and _is_superlative(draft, before - 1):
        return _ORDERS.get(measure.metric, "")
    if draft.at(before) is Cue.MOST and draft.items[before].words.lower() in _SIZES:
        return "cost"
    return ""


def _followed_by(draft: Draft, place: int) -> str:
    """Return the order of “which event cost the most” or “events with the most tokens”; empty where it is neither."""
    if any(True for _ in draft.of_kind(By)) or Cue.AND in {draft.at(place - 1), draft.at(place + 1)}:
        return ""
    for at, _item, measure in draft.of_kind(Measure):
        beside = _is_superlative(draft, at - 1) or _is_superlative(draft, at + 1)
        if at > place and beside and not _is_superlative(draft, place - 1):
            return _ORDERS.get(measure.metric, "")
    return ""


def _listed_by(draft: Draft, place: int) -> str:
    """Return the order of “list events by cost”; empty where it is not that."""
    measure = draft.at(place + 2)
    listed = draft.at(place) is Cue.EVENTS and draft.at(place + 1) is Cue.BY
    return _ORDERS.get(measure.metric, "") if listed and isinstance(measure, Measure) else ""


def _is_superlative(draft: Draft, place: int) -> bool:
    return draft.at(place) in {Cue.MOST, Cue.LEAST, Cue.TOP}
