"""Hypothesis strategies for queries over the whole catalogue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import CHANGE, Comparison, Filter, Operator, Order, SpendQuery
from finora.values.interval import Interval
from finora.values.period import Period, from_ms, to_ms

TIMEZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
RELATIVE = (
    "today",
    "yesterday",
    "wtd",
    "last_week",
    "mtd",
    "last_month",
    "ytd",
    "all",
    "7d",
    "28d",
    "6w",
    "12mo",
)
AWKWARD = r"""ab,\"' %+&=#;?/é漢🦊""" + "\t\n\x00\x7f"

values = st.one_of(
    st.text(AWKWARD, max_size=6),
    st.text(max_size=12),
    st.sampled_from(["auto", "ana@acme.test", "none", "a,b", "c\\d", "100 %", "a+b c", "\\,", ",\\"]),
)
filters = st.builds(
    Filter,
    st.sampled_from(Operator),
    st.sampled_from(list(DIMENSIONS)),
    st.lists(values, min_size=1, max_size=4).map(tuple),
)
first_ms = to_ms(datetime(2019, 1, 1, tzinfo=UTC))
last_ms = to_ms(datetime(2031, 1, 1, tzinfo=UTC))
moments = st.one_of(
    st.integers(first_ms, last_ms).map(from_ms),
    st.integers(0, 4000).map(lambda day: from_ms(first_ms + day * 86_400_000)),
)


def ordered_pair(start: datetime, other: datetime) -> Period:
    """Return the fixed period between two moments."""
    start, end = sorted((start, other))
    return Period.absolute(start, max(end, start + timedelta(milliseconds=1)))


periods = st.one_of(st.sampled_from(RELATIVE).map(Period.relative), st.builds(ordered_pair, moments, moments))


@st.composite
def queries(draw: st.DrawFn) -> SpendQuery:
    """Return any query that can be asked."""
    metrics = tuple(draw(st.lists(st.sampled_from(list(METRICS)), min_size=1, max_size=4, unique=True)))
    dimensions = tuple(draw(st.lists(st.sampled_from(list(DIMENSIONS)), max_size=3, unique=True)))
    compare = draw(st.sampled_from([None, *Comparison]))
    sortable = [*metrics, *dimensions, *([CHANGE] if compare else [])]
    ordered = draw(st.lists(st.sampled_from(sortable), max_size=3, unique=True))
    return SpendQuery(
        metrics=metrics,
        dimensions=dimensions,
        filters=tuple(draw(st.lists(filters, max_size=3))),
        period=draw(periods),
        interval=draw(st.sampled_from([None, *Interval])),
        timezone=draw(st.sampled_from(TIMEZONES)),
        compare=compare,
        order=tuple(Order(name, descending=draw(st.booleans())) for name in ordered),
        limit=draw(st.integers(1, 10_000)),
        offset=draw(st.one_of(st.just(0), st.integers(0, 1_000_000))),
    )
