"""How a figure moved, in a number, a direction, a tone and words: never by colour alone."""

from dataclasses import dataclass

from finora.spend.catalog import METRICS, Unit
from finora.spend.query import Comparison
from finora.values.period import Period
from finora.web.figures.formats import figure, percent, table_figure

_MORE_IS_GOOD = frozenset({"discount"})
_MORE_IS_BAD = frozenset({"unpriced_events"})
_NEITHER = frozenset({"included_value"})
_NAMES = {
    "today": "yesterday by this time",
    "yesterday": "the day before",
    "wtd": "last week by this time",
    "mtd": "last month by this time",
    "ytd": "last year by this time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A movement as the `change` component takes it: `direction` up, down or flat, `tone` good, bad or neutral.

    `text` is its share of the figure before, `amount` its size with its sign, as there is room for in tables.
    """

    text: str
    amount: str
    direction: str
    tone: str
    words: str
    exact: str


def change_of(metric: str, now: int, before: int, than: str) -> Change | None:
    """Return how a metric moved; none where there was nothing before and is nothing now.

    Args:
        metric: What was measured.
        now: Its value.
        before: Its value in the period compared with.
        than: That period's name, as in `the 28 days before`.
    """
    if now == before:
        return (
            None
            if now == 0
            else Change(
                text="0%",
                amount="",
                direction="flat",
                tone="neutral",
                words=f"as in {than}",
                exact=_before(metric, before),
            )
        )
    up = now > before
    text = percent(abs(now - before), abs(before)) if before else "new"
    words = f"{'more' if up else 'less'} than {than}" if before else f"nothing in {than}"
    return Change(
        text=text,
        amount=f"{'+' if up else '-'}{table_figure(metric, abs(now - before)).text}",
        direction="up" if up else "down",
        tone=_tone(metric, up=up),
        words=words,
        exact=_before(metric, before),
    )


def compared_with(compare: Comparison | None, period: Period) -> str:
    """Return the name of the period that a period is compared with."""
    if compare is Comparison.YEAR:
        return "the same days a year before"
    if period.key in _NAMES:
        return _NAMES[period.key]
    if period.label.startswith("Last "):
        return f"the {period.label.removeprefix('Last ')} before"
    return "the period before"


def _tone(metric: str, *, up: bool) -> str:
    costs = METRICS[metric].unit is Unit.USD and metric not in _NEITHER | _MORE_IS_GOOD
    if costs or metric in _MORE_IS_BAD:
        return "bad" if up else "good"
    if metric in _MORE_IS_GOOD:
        return "good" if up else "bad"
    return "neutral"


def _before(metric: str, before: int) -> str:
    return f"{figure(metric, before).exact} before"
