"""What drove a change: the groups whose figures moved most, those that are gone included."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from finora.ask.figures import listed, shown
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.values.period import Period

if TYPE_CHECKING:
    from finora.spend.query import SpendQuery
    from finora.spend.result import SpendResult
    from finora.spend.service import Spend

_MOST_GROUPS = 1_000
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Driver:
    """A group, and by how much its figure moved."""

    label: str
    moved: int


def drivers_of(spend: Spend, query: SpendQuery, own: str | None) -> list[Driver]:
    """Return the groups of a compared query by how much they moved, the largest move first."""
    result = spend.answer(replace(query, limit=_MOST_GROUPS, offset=0, interval=None, order=()), own=own)
    moved = {
        each.keys: (" · ".join(each.labels), each.values[0] - (each.previous or (0,))[0])
        for each in result.groups
    }
    for keys, label, before in _gone(spend, query, result, own):
        if keys not in moved:
            moved[keys] = label, -before
    found = [Driver(label, by) for label, by in moved.values() if by]
    return sorted(found, key=lambda each: (-abs(each.moved), each.label))


def drivers_words(query: SpendQuery, drivers: list[Driver], total: int) -> str:
    """Return a sentence about what drove a change of so much; nothing where nothing moved, or it cannot be added up."""
    metric = query.metrics[0]
    if not drivers or not METRICS[metric].additive:
        return ""
    with_it = [each for each in drivers if (each.moved > 0) == (total >= 0)][:_NAMED]
    against = [each for each in drivers if (each.moved > 0) != (total >= 0)][:1]
    noun = " and ".join(DIMENSIONS[name].label.lower() for name in query.dimensions)
    parts = []
    if with_it:
        parts.append(
            f"by {noun}, most came from {listed([f'{each.label} ({_signed(metric, each.moved)})' for each in with_it])}"
        )
    if against:
        parts.append(f"{against[0].label} moved the other way ({_signed(metric, against[0].moved)})")
    text = "; ".join(parts)
    return f" {text[:1].upper()}{text[1:]}."


def _gone(
    spend: Spend, query: SpendQuery, result: SpendResult, own: str | None
) -> list[tuple[tuple[str, ...], str, int]]:
    compared = result.plan.compared
    if compared is None:
        return []
    earlier = replace(
        query,
        period=Period.absolute(compared.start, compared.end),
        compare=None,
        interval=None,
        order=(),
        limit=_MOST_GROUPS,
        offset=0,
    )
    return [
        (each.keys, " · ".join(each.labels), each.values[0]) for each in spend.answer(earlier, own=own).groups
    ]


def _signed(metric: str, value: int) -> str:
    return f"{'+' if value > 0 else '-'}{shown(metric, abs(value))}"
