"""Rules about what an answer is broken down by, in which order, and how many of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import By, Cue, Measure, Number, Unit
from finora.spend.catalog import NONE
from finora.spend.query import MAX_DIMENSIONS, Filter, Operator
from finora.values.interval import Interval

if TYPE_CHECKING:
    from finora.ask.draft import Draft

_PER_WORDS = frozenset({"per", "each", "every", "for each", "for every", "a", "an"})
_COUNTABLE = {"person": "people", "conversation": "conversations"}
_OFTEN_NONE = frozenset({"service_account", "automation", "cloud_agent", "conversation"})
"""Dimensions that most events have no value of, which is not one of theirs."""

_DIVISORS = {"events": "event", "tokens": "token", "requests": "request", "conversations": "conversation"}


def read_order(draft: Draft) -> None:
    """Read “most”, “least”, “top 5”, “the 3 biggest”, “second most”."""
    for place, item in enumerate(draft.items):
        if item.used or item.meaning not in {Cue.MOST, Cue.LEAST, Cue.TOP}:
            continue
        if item.meaning is Cue.LEAST:
            draft.descending = False
        draft.ordered = item.used = True
        for near in (place + 1, place - 1):
            number = draft.at(near)
            if isinstance(number, Number) and not number.money and not draft.items[near].used:
                _count(draft, number)
                draft.use(near)
                break
    for place, _item, number in draft.of_kind(Number):
        if not number.money and isinstance(draft.at(place + 1), By) and draft.most is None:
            _count(draft, number)
            draft.use(place)


def _count(draft: Draft, number: Number) -> None:
    if number.place:
        draft.place = number.value
    elif number.value:
        draft.most = min(number.value, 1000)


def read_measures(draft: Draft) -> None:
    """Read metrics, and those that another is divided by: cost per event, spend per million tokens."""
    wanted: list[str] = []
    leading: list[str] = []
    for place, _item, measure in list(draft.of_kind(Measure)):
        before, scale = place - 1, 1
        number = draft.at(before)
        if isinstance(number, Number) and draft.at(before - 1) in {Cue.BY, Cue.EACH}:
            scale, before = number.value, before - 1
        draft.use(place)
        if draft.at(before) in {Cue.BY, Cue.EACH}:
            divides = draft.items[before].words.lower() in _PER_WORDS and measure.metric in _DIVISORS
            draft.use(*range(before, place))
            if divides:
                draft.per.append((_DIVISORS[measure.metric], scale))
            else:
                leading.append(measure.metric)
            continue
        wanted.append(measure.metric)
    # "top spenders by tokens": what is sorted by is what is measured.
    draft.metrics = list(dict.fromkeys(leading or wanted))
    if leading and wanted and not draft.has(Cue.AND):
        draft.metrics = list(dict.fromkeys(leading))


def read_groups(draft: Draft) -> None:
    """Read dimensions: what is counted, what an average is of, who only stands for everybody, and what is grouped by.

    Raises:
        NotUnderstood: There are more dimensions than a query can have.
    """
    for place, item, by in list(draft.of_kind(By)):
        before = draft.at(place - 1)
        item.used = True
        if before is Cue.HOW_MANY:
            draft.use(place - 1)
            _counted(draft, by)
        elif before is Cue.AVERAGE or (draft.has(Cue.AVERAGE) and _divides(draft, place)):
            draft.per.append((by.dimension, 1))
        elif (
            by.dimension == "conversation"
            and before is Cue.BY
            and not draft.ordered
            and draft.items[place - 1].words.lower() == "per"
        ):
            draft.per.append(("conversation", 1))
        elif not _stands_for_all(draft, place, by):
            draft.dimensions.append(by.dimension)
        if before in {Cue.BY, Cue.EACH}:
            draft.use(place - 1)
    draft.dimensions = list(dict.fromkeys(draft.dimensions))
    if draft.intent is Intent.COUNT and draft.dimensions and not draft.counted:
        draft.intent = None  # how many people in each team
    if len(draft.dimensions) > MAX_DIMENSIONS:
        raise NotUnderstood(f"At most {MAX_DIMENSIONS} dimensions can be combined in one answer.")


def _divides(draft: Draft, place: int) -> bool:
    """Return whether an average is of a dimension: per team; by team only where it is of nothing else."""
    if draft.at(place - 1) not in {Cue.BY, Cue.EACH}:
        return False
    units = any(draft.at(at - 1) in {Cue.BY, Cue.EACH} for at, _item, _unit in draft.of_kind(Unit))
    return draft.items[place - 1].words.lower() in _PER_WORDS or not (units or draft.per)


def leave_out_none(draft: Draft) -> None:
    """Leave out events without a value where most have none: “no automation” is none of the automations."""
    for name in draft.dimensions:
        if name in _OFTEN_NONE and all(each.dimension != name for each in draft.filters):
            draft.filters.append(Filter(Operator.IS_NOT, name, (NONE,)))


def _counted(draft: Draft, by: By) -> None:
    metric = _COUNTABLE.get(by.dimension)
    if metric is None or draft.threshold is not None:
        draft.counted = by.dimension
        draft.intent = draft.intent or Intent.COUNT
        draft.dimensions.append(by.dimension)
    else:
        draft.metrics = [metric]
        draft.intent = draft.intent or Intent.COUNT


def _stands_for_all(draft: Draft, place: int, by: By) -> bool:
    """Return whether people only stand for everybody: how much did our engineers spend."""
    return (
        by.dimension in {"person", "team"}
        and not by.who
        and draft.at(place - 1) is Cue.DID
        and draft.has(Cue.HOW_MUCH, Cue.HOW_MANY)
        and not draft.ordered
        and isinstance(draft.at(place + 1), (Measure, type(Cue.USE)))
    )


def read_units(draft: Draft) -> None:
    """Read day, week, month and hour: an interval, what an average is of, or what a peak is looked for among."""
    for place, item, unit in list(draft.of_kind(Unit)):
        if _read_unit(draft, place, item.words, unit):
            item.used = True
            if draft.at(place - 1) in {Cue.BY, Cue.EACH}:
                draft.use(place - 1)
    read_peak(draft)


def read_peak(draft: Draft) -> None:
    """Read “when” and “peak”.

    Raises:
        NotUnderstood: “When” stands there without the “most” of anything.
    """
    if draft.waits(Cue.WHEN) and not (draft.ordered or draft.has(Cue.PEAK)):
        raise NotUnderstood(
            "A question with “when” needs to say of what: when was spend highest?", word="when"
        )
    asked = draft.waits(Cue.WHEN)
    if not draft.waits(Cue.PEAK, Cue.WHEN):
        return
    draft.take(Cue.PEAK, Cue.WHEN)
    if draft.dimensions and draft.unit is None and not asked:
        draft.ordered = True
    else:
        draft.intent, draft.unit = Intent.PEAK, draft.unit or draft.interval or Interval.DAY


def _read_unit(draft: Draft, place: int, words: str, unit: Unit) -> bool:
    before = draft.at(place - 1)
    divides = before in {Cue.BY, Cue.EACH} or words.lower().endswith("ly")
    if draft.has(Cue.AVERAGE) and (divides or before is Cue.AVERAGE):
        draft.per.append((unit.interval.value, 1))
    elif divides:
        draft.interval = unit.interval
    elif before is Cue.HOW_MANY and draft.threshold is not None:
        draft.use(place - 1)
        draft.intent, draft.unit = Intent.COUNT, unit.interval
    elif draft.ordered or draft.threshold or draft.has(Cue.PEAK) or before is Cue.WHICH:
        if draft.ordered and draft.has(Cue.UP, Cue.DOWN) and before is not Cue.CHANGE:
            raise NotUnderstood(
                "Days, weeks and months can be asked for the most of a figure, but not for how it moved from one to the next."
            )
        draft.intent, draft.unit = draft.intent or Intent.PEAK, unit.interval
    elif before in {Cue.CHANGE, Cue.BEFORE}:
        draft.unit = unit.interval
    else:
        return False
    return True
