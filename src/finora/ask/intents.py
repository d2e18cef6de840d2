"""Rules about what kind of answer is wanted, where the words before did not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.causes import read_moved, read_why
from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import Cue, Unit, Value
from finora.ask.single_events import read_events
from finora.ask.vocabulary import SUBSCRIPTION
from finora.values.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.ask.draft import Draft


_UNITS_AHEAD = ("week", "month", "quarter", "year")
_COMING = ("will", "upcoming", "going to be", "future")


def read_flat_rates(draft: Draft) -> bool:
    """Read questions about subscriptions, seats and renewals; return whether it is one."""
    if draft.take(Cue.EVERYTHING):
        draft.intent = Intent.EVERYTHING
        return True
    flat = _named_subscriptions(draft)
    idle = draft.take(Cue.IDLE) or _nobody_used(draft)
    if draft.take(Cue.RENEWAL):
        draft.intent = Intent.RENEWALS
        _read_ahead(draft)
    elif idle or (draft.has(Cue.SEAT) and draft.has(Cue.HOW_MANY)):
        draft.intent = Intent.SEATS
    elif draft.has(Cue.SEAT, Cue.SUBSCRIPTION) or flat:
        draft.intent = Intent.SUBSCRIPTIONS
    else:
        return False
    draft.take(Cue.SEAT, Cue.SUBSCRIPTION, Cue.HOW_MANY, Cue.WHICH, Cue.WHEN)
    return True


def _read_ahead(draft: Draft) -> None:
    """Read how far ahead renewals are asked for: next month, or “renew next” before a month."""
    for item in draft.items:
        if item.meaning is not Cue.FUTURE:
            continue
        unit = item.words.lower().removeprefix("next ")
        if unit in _UNITS_AHEAD or item.words.lower() in _COMING:
            draft.ahead = unit if unit in _UNITS_AHEAD else draft.ahead
            item.used = True
    for place, item, named in draft.of_kind(Unit):
        before = draft.items[place - 1]
        if before.meaning is Cue.RENEWAL and before.words.lower().endswith(" next"):
            draft.ahead, item.used = named.interval.value, True


def _named_subscriptions(draft: Draft) -> bool:
    """Use the subscriptions that are named; return whether one is."""
    for _place, item, value in draft.of_kind(Value):
        if value.dimension == SUBSCRIPTION:
            draft.subscriptions += value.keys
            item.used = True
    return bool(draft.subscriptions)


def _nobody_used(draft: Draft) -> bool:
    """Return whether it asks who did not use anything: who has not used Cursor."""
    for place, item in enumerate(draft.items):
        if item.meaning is Cue.NOT and not item.used and draft.at(place + 1) is Cue.USE:
            item.used = True
            return True
    return False


def choose(draft: Draft) -> None:
    """Settle the intent: the first rule that applies.

    Raises:
        NotUnderstood: Words ask for what cannot be combined.
    """
    for rule in _RULES:
        if draft.intent is None:
            rule(draft)
    draft.intent = draft.intent or Intent.TOTAL


_ALONE = {
    Intent.AVERAGE: ("dimensions", "ordered", "compare", "interval"),
    Intent.PEAK: ("dimensions", "compare"),
    Intent.SHARE: ("dimensions", "compare", "interval"),
    Intent.EVENTS: ("dimensions", "compare", "interval", "unit"),
    Intent.COUNT: ("compare", "interval"),
    Intent.MOVED: ("interval", "threshold"),
}
"""What each kind of answer has no place for; an answer that left it out would be one to another question."""


_KINDS = {Intent.EVENTS: "list of events", Intent.MOVED: "ranking by change"}


def refuse_combined(draft: Draft) -> None:
    """Refuse what one sentence does not answer.

    Raises:
        NotUnderstood: The question combines kinds of answers.
    """
    if draft.intent is Intent.EVENTS and (draft.place or 1) > 1:
        raise NotUnderstood(
            "Of single events the first is told, and the next ones are listed; ask for the top 5."
        )
    words = {
        "dimensions": "broken down",
        "ordered": "ranked",
        "compare": "compared with another period",
        "interval": "told over time",
        "threshold": "limited to amounts",
        "unit": "looked for among days, weeks or months",
    }
    for name in _ALONE.get(draft.intent or Intent.TOTAL, ()):
        if getattr(draft, name):
            kind = _KINDS.get(draft.intent or Intent.TOTAL, str(draft.intent))
            raise NotUnderstood(
                f"This kind of answer ({kind}) cannot be {words[name]} as well; ask one after the other."
            )


def _activity(draft: Draft) -> None:
    """Read “what did Ana do yesterday”: by type of event, with all that was spent."""
    doing = any(item.meaning in {Cue.USE, Cue.DID} and item.words.lower() == "do" for item in draft.items)
    somebody = any(each.dimension in {"person", "team"} for each in draft.filters)
    plain = not (draft.metrics or draft.dimensions or draft.ordered or draft.compare or draft.interval)
    if doing and somebody and plain and draft.has(Cue.WHICH) and not draft.has(Cue.HOW_MUCH):
        draft.metrics, draft.dimensions = ["spend", "events"], ["event_type"]
        draft.intent = Intent.ACTIVITY


def _share(draft: Draft) -> None:
    if draft.dimensions and draft.take(Cue.SHARE):
        draft.intent = Intent.RANK


def _average(draft: Draft) -> None:
    averaged = draft.take(Cue.AVERAGE)
    if (averaged or draft.per) and draft.metrics == ["spend_per_person"]:
        # An average already; divided further, it is spend by people and by whatever else.
        draft.metrics, draft.per = ["spend"], [("person", 1), *draft.per]
        if draft.interval:
            draft.per.append((draft.interval.value, 1))
            draft.interval = None
    if averaged and not draft.per:
        if draft.interval:
            draft.per.append((draft.interval.value, 1))
            draft.interval = None
        elif any(each.dimension == "event_type" for each in draft.filters):
            draft.per.append(("event", 1))
        else:
            draft.per.append(("day", 1))
            draft.guesses += 1
    if draft.per:
        draft.intent = Intent.AVERAGE


def _change(draft: Draft) -> None:
    if draft.compare:
        draft.intent = Intent.WHY if draft.dimensions else Intent.CHANGE


def _count(draft: Draft) -> None:
    if draft.take(Cue.HOW_MANY):
        if not draft.metrics:
            draft.metrics = (
                ["events"] if any(each.dimension == "event_type" for each in draft.filters) else []
            )
        if not draft.metrics:
            raise NotUnderstood(
                "It is not clear what is to be counted.", ("How many events were there this week?",)
            )


def _compare(draft: Draft) -> None:
    draft.take(Cue.VERSUS) if len(draft.sides) > 1 else None
    if len(draft.sides) > 1 and not draft.interval:
        draft.intent = Intent.COMPARE


def _where(draft: Draft) -> None:
    if draft.take(Cue.WHERE) or (draft.ordered and not draft.dimensions and draft.unit is None):
        draft.group_by_default()


def _rank(draft: Draft) -> None:
    if draft.interval:
        draft.intent = Intent.TREND
    elif draft.dimensions:
        draft.intent = Intent.RANK
    elif draft.has(Cue.TREND):
        draft.intent = Intent.TREND
    elif draft.has(Cue.RANK):
        draft.group_by_default()
        draft.intent = Intent.RANK


_RULES: tuple[Callable[[Draft], None], ...] = (
    _activity,
    read_events,
    read_why,
    _share,
    _average,
    read_moved,
    _change,
    _count,
    _compare,
    _where,
    _rank,
)

DEFAULT_UNIT = Interval.DAY
