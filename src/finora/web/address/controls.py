"""Choices that stand above figures, each a plain link to the page with that choice made."""

from collections.abc import Callable
from dataclasses import replace
from typing import NotRequired, TypedDict

from finora.spend.query import Comparison, SpendQuery
from finora.values.interval import Interval, sensible_intervals, suited_interval
from finora.values.period import Period, Span
from finora.web.address.links import View, compared

PERIODS = (
    "today",
    "yesterday",
    "wtd",
    "last_week",
    "7d",
    "28d",
    "90d",
    "mtd",
    "last_month",
    "ytd",
    "12mo",
    "all",
)
PERIOD_KEYS = {
    "today": "d",
    "yesterday": "e",
    "7d": "w",
    "28d": "f",
    "mtd": "m",
    "last_month": "p",
    "ytd": "y",
    "12mo": "l",
    "all": "a",
}
"""The letter that chooses each period from the keyboard."""
COMPARE_KEY = "x"

_COMPARISONS = {
    None: "Nothing",
    Comparison.PREVIOUS: "Previous period",
    Comparison.YEAR: "Same days last year",
}

Href = Callable[[View], str]


class Choice(TypedDict):
    """One of a few, as menus and segmented controls take it. `key` chooses it from the keyboard."""

    label: str
    href: str
    current: bool
    key: NotRequired[str]


def period_choices(view: View, href: Href) -> list[Choice]:
    """Return the periods to choose from."""
    chosen = view.query.period
    return [
        Choice(
            label=Period.relative(key).label,
            href=href(view.having(period=Period.relative(key), interval=None)),
            current=chosen.key == key,
            key=PERIOD_KEYS.get(key, ""),
        )
        for key in PERIODS
    ]


def stepped(view: View, span: Span, href: Href, *, forward: bool) -> str:
    """Return the way to the stretch of time just before or after the one shown, as far as there is one."""
    length = span.end - span.start
    shift = length if forward else -length
    moved = Period.what_counts_of(span.start + shift, span.end + shift)
    return href(view.having(period=moved))


def comparison_choices(view: View, href: Href) -> list[Choice]:
    """Return what the period can be compared with; one key compares with the period before, and stops comparing."""
    toggled = None if view.query.compare else Comparison.PREVIOUS
    return [
        Choice(
            label=label,
            href=href(view.asking(compared(replace(view.query, offset=0), compare))),
            current=view.query.compare is compare,
            key=COMPARE_KEY if compare is toggled else "",
        )
        for compare, label in _COMPARISONS.items()
    ]


def interval_choices(view: View, span: Span, chosen: Interval, href: Href) -> list[Choice]:
    """Return the lengths of bucket that make sense for a span."""
    suited = suited_interval(span)
    return [
        Choice(
            label=interval.value.capitalize(),
            href=href(view.having(interval=None if interval is suited else interval)),
            current=interval is chosen,
        )
        for interval in sensible_intervals(span)
    ]


def interval_for(query: SpendQuery, span: Span) -> Interval:
    """Return the length of bucket to show: the one asked for while it makes sense, else the one that suits."""
    suited = suited_interval(span)
    return query.interval if query.interval in sensible_intervals(span) and query.interval else suited
