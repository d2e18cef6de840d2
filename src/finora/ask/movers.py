"""Which groups grew or shrank the most, as a sentence; what moved the other way is not among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.ask.figures import listed, percent, shown
from finora.ask.phrasing import metric_words
from finora.spend.catalog import DIMENSIONS

if TYPE_CHECKING:
    from finora.ask.understanding import Understanding
    from finora.spend.result import Group, SpendResult

_MOST_NAMED = 5


def movers_words(found: Understanding, result: SpendResult, when: str) -> str:
    """Return what grew (or shrank) the most, the largest change first; that nothing did, where nothing did.

    Args:
        found: The question; its query is sorted by change.
        result: Its result.
        when: The period and the filters in words.
    """
    grew = found.query.order[0].descending
    movers = [each for each in result.groups if (_moved(each) > 0 if grew else _moved(each) < 0)]
    metric = found.query.metrics[0]
    by = "" if metric == "spend" else f" by {metric_words(metric)}"
    verb = "grew" if grew else "shrank"
    if not movers:
        noun = " and ".join(DIMENSIONS[name].label.lower() for name in found.query.dimensions)
        return f"no {noun} {verb}{by} {when}."
    first = [each for each in movers if _moved(each) == _moved(movers[0])][:_MOST_NAMED]
    rest = movers[len(first) : _MOST_NAMED]
    each_of = " each" if len(first) > 1 else ""
    figures = _signed(metric, first[0])
    if len(first) == 1:
        figures += f" ({_share(first[0])})"
    text = f"{listed([_name(each) for each in first])} {verb} the most{by} {when}: {figures}{each_of}"
    if rest:
        text += (
            f"; then {listed([f'{_name(each)} ({_signed(metric, each)}, {_share(each)})' for each in rest])}"
        )
    return f"{text}."


def _share(group: Group) -> str:
    """Return a change as a share of the figure before."""
    before = (group.previous or (0,))[0]
    return percent(abs(_moved(group)), before) if before else "nothing before"


def _signed(metric: str, group: Group) -> str:
    moved = _moved(group)
    return f"{'+' if moved > 0 else '-'}{shown(metric, abs(moved))}"


def _moved(group: Group) -> int:
    return group.values[0] - (group.previous or (0,))[0]


def _name(group: Group) -> str:
    return " · ".join(group.labels)
