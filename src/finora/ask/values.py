"""Rules about the values that a question names: filters, and the sides of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import Cue, OneOf, Value
from finora.ask.nouns import same_axis
from finora.spend.query import Filter, Operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finora.ask.draft import Draft
    from finora.ask.vocabulary import Vocabulary

_JOINING = frozenset({Cue.AND, Cue.VERSUS, Cue.NOT, Cue.OF, Cue.IS, Cue.BY, Cue.USE})


def refuse_ambiguous(draft: Draft) -> None:
    """Ask back where a name is that of several people.

    Raises:
        NotUnderstood: One is.
    """
    for _place, item, each in draft.of_kind(OneOf):
        names = [f"{option.label} ({option.keys[0]})" for option in each.options]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        raise NotUnderstood(
            f"There are {len(each.options)} people called “{item.words}”: {shown}. Which one is meant?",
            tuple(option.keys[0] for option in each.options[:8]),
            item.words,
        )


def read_mine(draft: Draft, asker: str | None) -> None:
    """Read “my” as the person who asks.

    Raises:
        NotUnderstood: It is not known who asks.
    """
    for item in draft.items:
        if item.meaning is Cue.MINE and not item.used:
            if not asker:
                raise NotUnderstood(
                    f"It is not known who “{item.words}” is here; ask with a name instead.", word=item.words
                )
            item.meaning = Value("person", (asker,), asker)
    places = [place for place, _item, value in draft.of_kind(Value) if value.keys == (asker,)]
    draft.use(*places[1:])


def read_negations(draft: Draft) -> None:
    """Read “not”, “without”, “excluding” and the values after them, up to the first word that is something else."""
    for place, item in enumerate(draft.items):
        if item.meaning is not Cue.NOT or item.used:
            continue
        after, excluded = place + 1, []
        while after < len(draft.items) and (
            draft.at(after) in _JOINING or isinstance(draft.at(after), Value)
        ):
            value = draft.at(after)
            if isinstance(value, Value):
                excluded.append((after, value))
            elif value in {Cue.USE, Cue.VERSUS} and not excluded:
                break
            after += 1
        for each, value in excluded:
            draft.filters.append(Filter(Operator.IS_NOT, value.dimension, value.keys))
            draft.use(each)
        item.used = bool(excluded)


def read_values(draft: Draft, vocabulary: Vocabulary) -> None:
    """Make filters of the values that are left; values of one kind are alternatives, and sides of a comparison."""
    named = [(place, value) for place, _item, value in draft.of_kind(Value)]
    for place, value in named:
        draft.use(place)
        if draft.at(place - 1) in {Cue.BY, Cue.EACH}:
            _read_by(draft, place, value)
    parts = _parts_of_share(draft, named)
    groups: list[list[tuple[int, Value]]] = []
    for place, value in named:
        if value in parts:
            continue
        group = next(
            (each for each in groups if _alternatives(draft, each[-1], (place, value), vocabulary)), None
        )
        if group is None:
            groups.append([(place, value)])
        else:
            group.append((place, value))
    for group in groups:
        _filter(draft, [value for _place, value in group], vocabulary)
    if parts:
        draft.sides = unified(parts, vocabulary)
        draft.intent = Intent.SHARE
        draft.take(Cue.SHARE)
        if len(parts) > 1:
            draft.take(Cue.VERSUS)


def unified(values: Sequence[Value], vocabulary: Vocabulary) -> list[Value]:
    """Return values in the coarsest dimension that all can be said in."""
    if len({value.dimension for value in values}) == 1:
        return list(values)
    for dimension in ("family", "model"):
        found = [vocabulary.models.within(value, dimension) for value in values]
        if all(each is not None for each in found):
            return [each for each in found if each is not None]
    return list(values)


def _read_by(draft: Draft, place: int, value: Value) -> None:
    """Read “used by Tomas” as his, and “per chat” as an average; by and per of anything else stay unread."""
    if draft.items[place - 1].words.lower() == "by":
        draft.use(place - 1)
    elif value.dimension == "event_type":
        draft.use(place - 1)
        draft.per.append(("event", 1))


def _filter(draft: Draft, values: list[Value], vocabulary: Vocabulary) -> None:
    told_apart = unified(list(dict.fromkeys(values)), vocabulary)
    keys = tuple(dict.fromkeys(key for value in told_apart for key in value.keys))
    draft.filters.append(Filter(Operator.IS, told_apart[0].dimension, keys))
    if len(told_apart) > 1 and not draft.sides and not draft.has(Cue.SHARE):
        draft.sides = told_apart


def _alternatives(
    draft: Draft, before: tuple[int, Value], value: tuple[int, Value], vocabulary: Vocabulary
) -> bool:
    """Return whether two values are alternatives: of one dimension, or models in words of different breadth.

    Those are alternatives where they are joined, or where no model is both: “GPT-5/Claude” asks for either.
    """
    if before[1].dimension == value[1].dimension:
        return True
    between = {draft.at(place) for place in range(before[0] + 1, value[0])}
    joined = bool(between & {Cue.AND, Cue.VERSUS}) or draft.has(Cue.VERSUS)
    if not same_axis(before[1].dimension, value[1].dimension):
        return False
    models = [vocabulary.models.within(each, "model") for each in (before[1], value[1])]
    apart = all(models) and not set(models[0].keys if models[0] else ()) & set(
        models[1].keys if models[1] else ()
    )
    return joined or apart


def _parts_of_share(draft: Draft, named: list[tuple[int, Value]]) -> list[Value]:
    """Return the values whose share is asked for; the others narrow what they are a share of.

    A single value is the part. Of several, the part comes after the verb: what share of Priya's spend is Claude.
    """
    if not draft.has(Cue.SHARE) or not named:
        return []
    verbs = [
        place
        for place, item in enumerate(draft.items)
        if item.meaning in {Cue.IS, Cue.USE, Cue.NOT} and place > min(at for at, _value in named)
    ]
    after = [value for place, value in named if verbs and place > verbs[0]]
    if after and len(after) < len(named):
        return [value for value in after if same_axis(value.dimension, after[0].dimension)]
    first = named[0][1]
    return [value for _place, value in named if same_axis(value.dimension, first.dimension)]
