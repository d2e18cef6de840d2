"""An address holds all of a query and always opens a working page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.query import Comparison, Filter, Operator, Order, SpendQuery
from finora.spend.url import DEFAULTS, PARAMETERS, UrlQuery, encode, query_from_url, query_to_url
from finora.values.interval import Interval
from finora.values.period import Period
from support.queries import AWKWARD, queries


def opened(address: str, defaults: SpendQuery = DEFAULTS) -> UrlQuery:
    """Return what a browser's request for an address asks."""
    return query_from_url(parse_qsl(address, keep_blank_values=True), defaults)


@given(queries(), queries())
def test_an_address_leads_back_to_the_query_whatever_the_page_shows_by_default(
    query: SpendQuery, page: SpendQuery
) -> None:
    for defaults in (DEFAULTS, page):
        defaults = replace(defaults, timezone=query.timezone)  # noqa: PLW2901 - the zone is the workspace's
        address = encode(query_to_url(query, defaults))
        assert opened(address, defaults) == UrlQuery(query)
        assert encode(query_to_url(opened(address, defaults).query, defaults)) == address


@given(queries())
def test_an_address_holds_nothing_that_a_chat_cuts_off_and_nothing_at_its_default(query: SpendQuery) -> None:
    address = encode(query_to_url(query))
    assert not set(address) & set(" \"<>\\^`{|}[]#\n\t'()")
    assert address.isascii()
    assert query_to_url(query, query) == []


def test_an_address_is_the_one_that_is_documented() -> None:
    query = SpendQuery(
        metrics=("spend", "events"),
        dimensions=("model", "person"),
        filters=(
            Filter(Operator.IS, "team", ("platform", "data, science")),
            Filter(Operator.IS_NOT, "model", ("auto",)),
        ),
        period=Period("7d"),
        interval=Interval.DAY,
        compare=Comparison.PREVIOUS,
        order=(Order("spend"), Order("model", descending=False)),
        limit=8,
        offset=16,
    )
    assert encode(query_to_url(query)) == (
        "period=7d&metric=spend,events&by=model,person&f=is,team,platform,data%5C,%20science&f=is_not,model,auto"
        "&interval=day&compare=previous&sort=-spend,model&top=8&offset=16"
    )
    assert encode(query_to_url(DEFAULTS)) == ""


def test_dates_are_the_workspaces_own_and_stay_readable() -> None:
    query = opened("from=2026-11-01&to=2026-11-15", replace(DEFAULTS, timezone="Europe/Berlin")).query
    assert query.period == Period.absolute(
        datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 14, 23, tzinfo=UTC)
    )
    assert encode(query_to_url(query)) == "from=2026-11-01&to=2026-11-15"
    assert opened("to=2026-11-01T12:30:00.250Z&from=2026-11-01").query.period == Period.absolute(
        datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 12, 30, 0, 250_000, tzinfo=UTC)
    )


def test_parameters_in_any_order_mean_the_same() -> None:
    asked = [("sort", "-events,model"), ("f", "is,model,auto"), ("by", "model"), ("metric", "events")]
    assert query_from_url(asked) == query_from_url(asked[::-1])
    assert query_from_url(asked).problems == ()


def test_a_page_that_sorts_by_change_by_itself_does_so_without_saying_it() -> None:
    page = SpendQuery(compare=Comparison.PREVIOUS, dimensions=("model",), order=(Order("change"),))
    assert query_to_url(page, page) == []
    assert query_from_url([], page).query == page
    assert query_from_url([("compare", "none")], page).query.order == ()


def test_a_page_that_sorts_by_what_the_address_no_longer_measures_falls_back_to_the_leading_metric() -> None:
    page = SpendQuery(metrics=("spend", "people"), order=(Order("people"),))
    assert opened("metric=events", page) == UrlQuery(SpendQuery(metrics=("events",)))
    assert opened("top=5", page).query.order == page.order


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("period=soon", "“soon” is not a period"),
        ("from=2026-11-01", "from and to are needed together"),
        ("from=2026-11-02&to=2026-11-01", "end after it starts"),
        ("from=2026-02-30&to=2026-11-01", "“2026-02-30” is not a date or time"),
        ("from=0001-01-01&to=9999-12-31", "is not a date or time|within the years 1970 to 2200"),
        ("from=1969-01-01&to=2026-01-01", "within the years 1970 to 2200"),
        ("metric=", "There is no metric “”"),
        ("metric=spend,spend", "named twice"),
        ("by=modell", "There is no dimension “modell”. There are: person"),
        ("by=person,team,model,kind", "At most 3 dimensions"),
        ("f=auto", "written operator,dimension,value"),
        ("f=is,model", "written operator,dimension,value"),
        ("f=equals,model,auto", "“equals” is not an operator"),
        ("f=is,modell,auto", "no dimension “modell”"),
        ("interval=decade", "“decade” is not an interval; there are hour"),
        ("compare=best", "There is no “best” to compare with"),
        ("sort=-people", "“people” needs it among"),
        ("sort=-", "“” needs it among"),
        ("sort=spend,-spend", "named twice"),
        ("top=0", "between 1 and 10000"),
        ("top=-1", "whole number"),
        ("top=" + "9" * 5000, "whole number"),
        ("offset=x", "whole number"),
        ("offset=99999999", "between 0 and 1000000"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_still_holds(address: str, says: str) -> None:
    found = opened(f"{address}&by=vendor&compare=year")
    assert (found.query.dimensions, found.query.compare) == (("vendor",), Comparison.YEAR)
    (problem,) = found.problems
    assert re.search(says, problem)
    assert len(problem) < 600


pieces = st.one_of(
    st.text(AWKWARD, max_size=8),
    st.sampled_from(
        [
            "is",
            "is_not",
            "contains",
            "model",
            "person",
            "spend",
            "-events",
            "day",
            "none",
            "28d",
            "2026-11-01",
            "7",
            "previous",
        ]
    ),
)
garbage = st.lists(
    st.tuples(
        st.sampled_from([*PARAMETERS, "tab", ""]),
        st.one_of(st.lists(pieces, max_size=5).map(",".join), st.text(max_size=30)),
    ),
    max_size=12,
)


@given(garbage, queries())
def test_garbage_never_breaks_a_page(parameters: list[tuple[str, str]], page: SpendQuery) -> None:
    found = query_from_url(parameters, page)
    address = encode(query_to_url(found.query, page))
    assert opened(address, page) == UrlQuery(found.query)
    readable = set(PARAMETERS) - {"from", "to"}
    dates = {name for name, _ in parameters} & {"from", "to"}
    assert len(found.problems) <= len([name for name, _ in parameters if name in readable]) + bool(dates)


def test_more_filters_than_can_be_combined_are_left_out_one_by_one() -> None:
    found = query_from_url([("f", f"is,model,m{number}") for number in range(60)])
    assert len(found.query.filters) == 50
    assert len(found.problems) == 10
