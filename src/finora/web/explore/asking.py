"""What Explore asks."""

from dataclasses import replace

from finora.spend.catalog import METRICS
from finora.spend.plan import Depth
from finora.spend.query import SpendQuery
from finora.spend.result import SpendResult
from finora.spend.service import Spend
from finora.values.interval import Interval
from finora.web.address.links import TableKind, View
from finora.web.explore.table import BESIDE, measured_beside
from finora.web.figures.headline import HEADLINES


def whole_query(view: View, interval: Interval) -> SpendQuery:
    """Return the one query of all that a view shows: what it asks for, what stands beside it, and the headline figures."""
    metrics = tuple(dict.fromkeys((*view.query.metrics, *BESIDE, *HEADLINES)))
    return replace(view.query, metrics=metrics, interval=interval)


def page_answer(spend: Spend, view: View, interval: Interval, own: str | None) -> SpendResult:
    """Return what the page of a view shows, which is less than its files hold, so that nobody waits for the rest.

    To count people in each bucket costs more than all else, and the page shows that only where it is what was asked for.
    Beside other metrics people are counted once a group where the table has a column for them, else only in all.

    Args:
        spend: Answers queries.
        view: What is shown.
        interval: The chart's.
        own: The e-mail of a reader who may see their own usage only.
    """
    whole = whole_query(view, interval)
    beside = [name for name in whole.metrics if not METRICS[name].additive and name not in view.query.metrics]
    in_table = view.table is TableKind.TOTALS and "people" in measured_beside(view.query)
    depths = dict.fromkeys(beside, Depth.GROUPS if in_table else Depth.TOTALS)
    metrics = (*(name for name in whole.metrics if name not in depths), *depths)
    return spend.answer(replace(whole, metrics=metrics), own=own, depths=depths)
