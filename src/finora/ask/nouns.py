"""Rules about words that only accompany others: the “team” of “platform team”, the “events” of “chat events”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.draft import NotUnderstood
from finora.ask.meanings import By, Cue, Limit, Measure, Number, Value
from finora.ask.synonyms import NAMED_AS_VALUES
from finora.ask.vocabulary import MODEL_AXIS
from finora.spend.catalog import METRICS, Unit

if TYPE_CHECKING:
    from finora.ask.draft import Draft
    from finora.ask.meanings import Meaning

_ASKING = frozenset({Cue.WHICH, Cue.BY, Cue.EACH, Cue.TOP, Cue.MOST, Cue.LEAST, Cue.HOW_MANY, Cue.RANK})
_ACTS = frozenset(
    [
        "spend",
        "spent",
        "spending",
        "spends",
        "burn",
        "burned",
        "burnt",
        "burning",
        "burns",
        "pay",
        "paid",
        "paying",
        "blow",
        "blew",
        "cost",
        "costs",
        "charged",
    ]
)
_NOUNS = frozenset({"spend", "spending"})
_CURRENCIES = frozenset(["money", "dollars", "usd", "bucks", "cash", "worth"])
_LOOSE_USAGE = frozenset({"usage", "consumption"})


def same_axis(one: str, other: str) -> bool:
    """Return whether values of two dimensions say the same kind of thing; vendor, family and model do."""
    return one == other or (one in MODEL_AXIS and other in MODEL_AXIS)


def absorb_names(draft: Draft) -> None:
    """Drop a dimension's name beside one of its values: platform team, model opus, claude models."""
    for place, _item, by in list(draft.of_kind(By)):
        after, before = draft.at(place + 1), draft.at(place - 1)
        if isinstance(before, Value) and same_axis(before.dimension, by.dimension):
            ranked = draft.at(place + 1) is Cue.BY and isinstance(draft.at(place + 2), Measure)
            if before.dimension == by.dimension or not (ranked or _asked(draft, place - 2)):
                draft.use(place)
        elif (
            isinstance(after, Value)
            and after.dimension == by.dimension
            and not by.who
            and not _asked(draft, place - 1)
        ):
            draft.use(place)


def name_groups(draft: Draft) -> None:
    """Read a value, or a count, as the dimension it has the name of: by max mode, which automation, which conversations."""
    for place, item in enumerate(draft.items):
        meaning = item.meaning
        if isinstance(meaning, Measure) and meaning.metric == "conversations" and _asked(draft, place - 1):
            if draft.at(place - 1) is not Cue.HOW_MANY:
                item.meaning = By("conversation")
        elif isinstance(meaning, Value) and draft.at(place - 1) in {Cue.BY, Cue.EACH, Cue.WHICH}:
            named = next(iter(NAMED_AS_VALUES & {meaning.dimension, *meaning.keys}), None)
            item.meaning = By(named) if named else meaning


def absorb_measures(draft: Draft) -> None:
    """Drop measures that only accompany: “events” after a type of them, the “spent” of spent tokens, loose “usage”."""
    measures = list(draft.of_kind(Measure))
    if len(measures) == 1:
        place, _item, measure = measures[0]
        if measure.metric == "events" and draft.has(Cue.HOW_MUCH) and isinstance(draft.at(place - 1), Value):
            draft.use(place)
        return
    for place, item, measure in measures:
        others = {each.metric for at, other, each in draft.of_kind(Measure) if at != place}
        if not others - {measure.metric} or Cue.AND in {draft.at(place - 1), draft.at(place + 1)}:
            continue
        if _accompanies(draft, place, item.words.lower(), measure.metric, others):
            item.used = True


def _accompanies(draft: Draft, place: int, word: str, metric: str, others: set[str]) -> bool:
    before = draft.at(place - 1)
    if before in {Cue.BY, Cue.EACH}:
        return False
    if metric == "events":
        return isinstance(before, Value) or word in {"activity", "volume", "times"}
    if metric == "usage_value":
        return word in _LOOSE_USAGE
    if metric != "spend":
        return False
    counts = any(METRICS[each].unit is not Unit.USD for each in others)
    divided = draft.has(Cue.AVERAGE) or any(
        draft.at(at - 1) is Cue.BY for at, _item, each in draft.of_kind(Measure) if each.metric in others
    )
    if word in _ACTS:
        return not divided and (counts or word not in _NOUNS)
    return word in _CURRENCIES and not counts


def read_limits(draft: Draft) -> None:
    """Read “more than $100” as a threshold; “more than last month” compares."""
    for place, item in enumerate(draft.items):
        if item.meaning not in {Cue.OVER, Cue.UNDER} or item.used:
            continue
        number = draft.at(place + 1)
        if isinstance(number, Number) and not number.place:
            draft.threshold = Limit(over=item.meaning is Cue.OVER, number=number)
            draft.use(place, place + 1)
        else:
            item.meaning = Cue.VERSUS


def read_pronouns(draft: Draft, *, known: bool) -> None:
    """Read “their” where the question (or the one before) says whose.

    Raises:
        NotUnderstood: It does not.
    """
    for place, item in enumerate(draft.items):
        if item.meaning is Cue.PRONOUN:
            named = any(_is_somebody(draft.at(each)) for each in range(place))
            if not (named or known):
                raise NotUnderstood(
                    f"It is not clear who “{item.words}” is; ask with a name.", word=item.words
                )
            item.used = True


def _is_somebody(meaning: Meaning | None) -> bool:
    return isinstance(meaning, (By, Value)) and meaning.dimension in {"person", "team"}


def _asked(draft: Draft, place: int) -> bool:
    """Return whether a word of asking stands at a place, or before a number there."""
    if isinstance(draft.at(place), Number):
        place -= 1
    return draft.at(place) in _ASKING
