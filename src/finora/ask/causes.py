"""Rules about what is behind spend or a change of it: why, who caused it, what grew or shrank the most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.draft import Intent, NotUnderstood
from finora.ask.meanings import By, Cue, Value

if TYPE_CHECKING:
    from finora.ask.draft import Draft


def read_why(draft: Draft) -> None:
    """Read what is behind a change; behind spend as such are those it is of: “who caused it” ranks."""
    _caused_by(draft)
    if draft.take(Cue.WHY):
        behind = draft.ordered or _asked_of_groups(draft)
        if behind and not draft.compare and not draft.has(Cue.CHANGE, Cue.UP, Cue.DOWN):
            draft.group_by_default()
            draft.intent = Intent.RANK
        else:
            draft.intent = Intent.WHY


def _caused_by(draft: Draft) -> None:
    """Read “caused by Priya” as “of Priya”: it says whose, and asks for no cause."""
    for place, item in enumerate(draft.items):
        caused = item.meaning is Cue.WHY and item.words.lower().endswith("caused by")
        if caused and (
            isinstance(draft.at(place + 1), (Value, By)) or draft.at(place + 1) in {Cue.MINE, Cue.EACH}
        ):
            item.meaning = Cue.OF


def _asked_of_groups(draft: Draft) -> bool:
    """Return whether it asks who, or which of what: which models, what teams."""
    return any(
        by.dimension in draft.dimensions and (by.who or draft.at(place - 1) is Cue.WHICH)
        for place, _item, by in draft.of_kind(By, unused=False)
    )


_COMPARATIVES = frozenset({"more", "less", "bigger", "smaller", "higher", "lower", "fewer"})


def read_moved(draft: Draft) -> None:
    """Read what grew or shrank the most, and which of them did at all.

    Raises:
        NotUnderstood: It asks for what moved least, for one further down, or for changes whichever way.
    """
    if draft.compare and _asked_most_changed(draft):
        raise NotUnderstood(
            "What rose and what fell are not ranked together; ask for what grew the most, or for what shrank the most.",
            ("Which model grew the most last month?", "Which model shrank the most last month?"),
        )
    way = draft.one_of(Cue.UP, Cue.DOWN)
    asked = _asked_most(draft) or _asked_of_groups(draft) or _asked_what_moved(draft)
    if draft.compare is None or way is None or not asked:
        return
    if (draft.ordered and not draft.descending) or (draft.place or 1) > 1:
        raise NotUnderstood(
            "What grew or shrank is ranked from the largest change on; it cannot be asked for the least, or for one place alone.",
            ("Which model grew the most last month?", "Who spent the most last month?"),
        )
    draft.take(Cue.WHERE)
    if not draft.sides:
        draft.group_by_default()
    draft.ordered, draft.descending = True, way is Cue.UP
    draft.intent = Intent.MOVED


def _asked_most_changed(draft: Draft) -> bool:
    """Return whether the largest change is asked for, up or down: “changed the most”, “biggest change”."""
    return any(
        item.meaning is Cue.CHANGE and Cue.MOST in {draft.at(place - 1), draft.at(place + 1)}
        for place, item in enumerate(draft.items)
    )


_MOVED_VERBS = frozenset(
    [
        "grew",
        "rose",
        "increased",
        "went up",
        "climbed",
        "fell",
        "dropped",
        "shrank",
        "decreased",
        "went down",
        "declined",
    ]
)


def _asked_what_moved(draft: Draft) -> bool:
    """Return whether it asks what grew or fell; “what increase” asks how much."""
    return any(
        item.words.lower() in _MOVED_VERBS and draft.at(place - 1) is Cue.WHICH
        for place, item in enumerate(draft.items)
    )


def _asked_most(draft: Draft) -> bool:
    """Return whether one of several is asked for: the most of groups that are named, or a superlative as in “biggest increase”."""
    superlative = any(
        item.meaning in {Cue.MOST, Cue.TOP} and item.words.lower() not in _COMPARATIVES
        for item in draft.items
    )
    return draft.ordered and bool(draft.dimensions or draft.sides or superlative)
