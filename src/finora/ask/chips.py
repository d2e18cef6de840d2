"""The understood query as chips: each one part of the query, in words and as the address has it.

The parameters are those of `finora.spend.url`, so chips can be read back into the very query they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finora.ask.phrasing import filter_words, period_words
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import CHANGE, SpendQuery
from finora.spend.url import filter_from_text, query_from_url, query_to_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from finora.ask.stretch import Stretch

_KINDS = {
    "metric": "Measure",
    "by": "By",
    "f": "Filter",
    "from": "Period",
    "to": "Period",
    "period": "Period",
    "interval": "Each",
    "compare": "Compared with",
    "sort": "Sorted by",
    "top": "At most",
    "offset": "After the first",
}
_KINDS_IN_ORDER = (
    "Measure",
    "By",
    "Filter",
    "Period",
    "Each",
    "Compared with",
    "Sorted by",
    "At most",
    "After the first",
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a query: what kind of part, what it says, and its parameters in an address."""

    kind: str
    text: str
    parameters: tuple[tuple[str, str], ...]


def chips_of(
    query: SpendQuery,
    label: Callable[[str, str], str],
    stretch: Stretch | None = None,
    zone: ZoneInfo | None = None,
) -> list[Chip]:
    """Return a query as chips."""
    parameters = query_to_url(query, SpendQuery(timezone=query.timezone))
    if not any(name == "metric" for name, _text in parameters):
        parameters = [*parameters, ("metric", "spend")]
    period = tuple(each for each in parameters if each[0] in {"from", "to", "period"})
    chips = [
        Chip(_KINDS[name], _words(query, name, text, label), ((name, text),))
        for name, text in parameters
        if (name, text) not in period
    ]
    if period:
        words = (
            period_words(stretch, zone) if stretch and zone else " to ".join(text for _name, text in period)
        )
        chips.append(Chip("Period", words[:1].upper() + words[1:], period))
    return sorted(chips, key=lambda chip: _KINDS_IN_ORDER.index(chip.kind))


def query_of(chips: Iterable[Chip], timezone: str) -> SpendQuery:
    """Return the query that chips say together."""
    parameters = [parameter for chip in chips for parameter in chip.parameters]
    return query_from_url(parameters, SpendQuery(timezone=timezone)).query


def _words(query: SpendQuery, name: str, text: str, label: Callable[[str, str], str]) -> str:
    match name:
        case "metric":
            return ", ".join(METRICS[each].label for each in text.split(","))
        case "by":
            return ", ".join(DIMENSIONS[each].label for each in text.split(","))
        case "f":
            words = filter_words(filter_from_text(text), label)
            return words[:1].upper() + words[1:]
        case "sort":
            return ", ".join(
                f"{_label(each.by).lower()}, {'largest' if each.descending else 'smallest'} first"
                for each in query.order
            )
        case "compare":
            return {"previous": "the period before", "year": "a year before"}[text]
        case _:
            return text


def _label(name: str) -> str:
    if name == CHANGE:
        return "Change"
    return METRICS[name].label if name in METRICS else DIMENSIONS[name].label
