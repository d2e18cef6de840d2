"""Questions that only continue the one before: “and last month?”, “what about Claude?”, “by team”."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from finora.ask.draft import Intent
from finora.ask.meanings import By, Cue, Measure
from finora.ask.nouns import same_axis
from finora.ask.stretch import Stretch
from finora.spend.query import Comparison, Operator, Order, SpendQuery
from finora.values.period import days_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.ask.draft import Draft
    from finora.ask.stretch import Calendar
    from finora.spend.query import Filter

_WHOLE_QUESTION = (
    Cue.HOW_MUCH,
    Cue.HOW_MANY,
    Cue.SUBSCRIPTION,
    Cue.SEAT,
    Cue.IDLE,
    Cue.RENEWAL,
    Cue.EVENTS,
    Cue.SHARE,
)


def continues(draft: Draft) -> bool:
    """Return whether a question makes sense only after another."""
    first = draft.items[0].meaning if draft.items else None
    if first in {Cue.AND, Cue.ABOUT} or draft.has(Cue.ABOUT):
        return True
    if draft.has(*_WHOLE_QUESTION):
        return False
    measures = any(isinstance(item.meaning, Measure) for item in draft.items)
    asks = any(isinstance(item.meaning, By) for item in draft.items)
    if draft.ordered:
        return not measures and not asks
    return not measures or (len(draft.items) <= 2 and not asks)


def as_before(previous: SpendQuery, calendar: Calendar) -> Stretch:
    """Return the period of the query before, as a question names it: “last month”, where it is that."""
    span = previous.period.resolve(calendar.now, calendar.zone)
    for known in _named(calendar):
        if span.start == known.start and span.end in {known.end, known.whole_end}:
            return known
    first, last = (each.astimezone(calendar.zone) for each in (span.start, span.end))
    days = first.time() == last.time() and (last - first).days >= 1
    words = (
        f"from {days_text(first.date(), (last - (last - first) / 10**6).date())}"
        if days
        else "in the same period"
    )
    return Stretch(start=span.start, end=span.end, whole_end=span.end, words=words)


def _named(calendar: Calendar) -> Iterator[Stretch]:
    """Yield the periods that have a name of their own, the one that nobody names first."""
    yield calendar.default
    for unit in ("day", "week", "month", "quarter", "year"):
        for back, words in ((0, f"this {unit}"), (1, f"last {unit}")):
            named = {"this day": "today", "last day": "yesterday"}.get(words, words)
            found = calendar.unit(unit, back, named)
            if found is not None:
                yield found


def merged(previous: SpendQuery, draft: Draft, query: SpendQuery, stretch: Stretch) -> SpendQuery:
    """Return the query before, with what the question says in place of what it said.

    Args:
        previous: The query before.
        draft: What the question says.
        query: The query that it would be by itself.
        stretch: The period: the one it names, or that of the question before.
    """
    metrics = query.metrics if draft.metrics else previous.metrics
    dimensions = () if draft.grouped_by_default else tuple(draft.dimensions)
    dimensions = dimensions or (query.dimensions if draft.sides else previous.dimensions)
    if draft.grouped_by_default and not dimensions:
        dimensions = tuple(draft.dimensions)
    order = tuple(each for each in previous.order if each.by in (*metrics, *dimensions))
    compare = query.compare or previous.compare
    if draft.intent is Intent.MOVED or (previous.ranks_change and not draft.ordered):
        order = query.order if draft.intent is Intent.MOVED else previous.order
    elif draft.ordered or (dimensions and not order):
        order = (Order(metrics[0], descending=draft.descending if draft.ordered else True),)
    found = replace(
        previous,
        metrics=metrics,
        dimensions=dimensions,
        filters=_filters(previous.filters, query.filters),
        period=stretch.period(comparing=compare is not None),
        interval=query.interval or previous.interval,
        compare=compare,
        order=order if dimensions else (),
        limit=draft.most or previous.limit,
        offset=(draft.place or 1) - 1,
    )
    if draft.intent is Intent.WHY:
        found = replace(
            found,
            dimensions=dimensions or ("model",),
            compare=found.compare or Comparison.PREVIOUS,
            period=stretch.period(comparing=True),
        )
    return found


def intent(draft: Draft, query: SpendQuery) -> Intent:
    """Return what a continued question asks for, by the shape of its query."""
    if draft.has(Cue.WHY) and query.compare:
        return Intent.WHY
    if query.ranks_change and not query.interval:
        return Intent.MOVED
    if draft.intent in {Intent.WHY, Intent.AVERAGE, Intent.PEAK, Intent.COUNT, Intent.COMPARE}:
        return draft.intent
    if query.interval:
        return Intent.TREND
    if query.dimensions:
        return Intent.RANK
    return Intent.CHANGE if query.compare else Intent.TOTAL


def _filters(before: tuple[Filter, ...], new: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return filters with new ones in place of those about the same; exclusions come on top."""
    replaced = [each for each in new if each.operator is Operator.IS]
    kept = [
        each
        for each in before
        if each not in new and not any(same_axis(each.dimension, other.dimension) for other in replaced)
    ]
    return (*kept, *new)
