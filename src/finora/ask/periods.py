"""Rules about periods: the one asked about, and the one it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import Cue, When
from finora.spend.query import Comparison
from finora.values.interval import Interval

if TYPE_CHECKING:
    from finora.ask.draft import Draft
    from finora.ask.stretch import Calendar, Stretch

_UNITS = ("day", "week", "month", "quarter", "year")
_MOVING = (Cue.CHANGE, Cue.UP, Cue.DOWN)


def refuse_future(draft: Draft) -> None:
    """Refuse what lies ahead, but for renewals, which all do.

    Raises:
        NotUnderstood: It does.
    """
    if draft.has(Cue.RENEWAL):
        return
    for item in draft.items:
        if item.meaning is Cue.FUTURE:
            raise NotUnderstood(
                f"“{item.words}” cannot be answered: it lies ahead, or is a date that does not exist or can be read in two ways "
                "(write 3 March 2026). Finora tells what was spent, and does not forecast yet.",
                word=item.words,
            )


def read_periods(draft: Draft, calendar: Calendar) -> None:
    """Read the period of the question, and what it is compared with.

    Raises:
        NotUnderstood: There are two periods that cannot be compared by one query.
    """
    whens = [(place, item, when.stretch) for place, item, when in draft.of_kind(When)]
    for _place, item, _stretch in whens:
        item.used = True
    stretches = [stretch for _place, _item, stretch in whens]
    if len(stretches) > 2:
        raise NotUnderstood("There are more than two periods in the question; ask about one or two.")
    if len(stretches) == 2:
        _two(draft, stretches[0], stretches[1], calendar)
    elif stretches:
        base_only = draft.at(whens[0][0] - 1) in {Cue.VERSUS, Cue.BEFORE} and not draft.sides
        _one(draft, stretches[0], calendar, base_only=base_only)
    if draft.take(Cue.YEAR_BEFORE):
        draft.compare = Comparison.YEAR
    elif draft.take(Cue.BEFORE):
        draft.compare = draft.compare or Comparison.PREVIOUS
    if draft.compare and draft.stretch is None and draft.unit:
        draft.stretch = calendar.unit(draft.unit.value, 0, f"this {draft.unit.value}")
        draft.unit = None
    if draft.take(*_MOVING) and draft.intent is None:
        draft.compare = draft.compare or Comparison.PREVIOUS
    if draft.compare and draft.intent in {None, Intent.RANK}:
        draft.take(Cue.VERSUS)


def _one(draft: Draft, stretch: Stretch, calendar: Calendar, *, base_only: bool) -> None:
    if not base_only:
        draft.stretch = stretch
        return
    draft.take(Cue.VERSUS)
    draft.compare = Comparison.PREVIOUS
    draft.base = stretch
    for unit in _UNITS:
        last = calendar.unit(unit, 1, "")
        if last is not None and (last.start, last.whole_end) == (stretch.start, stretch.whole_end):
            draft.stretch = calendar.unit(unit, 0, "today" if unit == "day" else f"this {unit}")
            return
    raise NotUnderstood(
        f"It is not clear which period is to be compared with {stretch.words}; name both, as in “October vs September”.",
        word=stretch.words,
    )


def _two(draft: Draft, one: Stretch, other: Stretch, calendar: Calendar) -> None:
    """Compare two periods where one is what the other is compared with; side by side where both are months in a row."""
    comparing = draft.take(Cue.VERSUS) or draft.has(*_MOVING, Cue.WHY, Cue.BEFORE)
    earlier, later = sorted((one, other), key=lambda each: each.start)
    period = later.period(comparing=True)
    before = period.before(
        later.period(comparing=True).resolve(calendar.now, calendar.zone), later.whole_end, calendar.zone
    )
    if before.start == earlier.start and before.end == earlier.whole_end and comparing:
        draft.stretch, draft.base, draft.compare = later, earlier, Comparison.PREVIOUS
        return
    months = [
        each.start.astimezone(calendar.zone).date().day
        == 1
        == each.whole_end.astimezone(calendar.zone).date().day
        for each in (one, other)
    ]
    adjoining = earlier.whole_end == later.start
    if not adjoining or comparing:
        raise NotUnderstood(
            f"Finora compares a period with the one right before it or a year before; {earlier.words.removeprefix('in ')} and {later.words.removeprefix('in ')} are "
            "neither. Ask about each by itself."
        )
    first = earlier.start.astimezone(calendar.zone).date()
    end = later.whole_end.astimezone(calendar.zone).date()
    draft.stretch = calendar.days(first, end, f"{earlier.words} to {later.words.removeprefix('in ')}")
    draft.interval = Interval.MONTH if all(months) else Interval.DAY
