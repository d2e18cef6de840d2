"""Addresses: each view has one, reads back from it, and nobody is led to another site."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import Filter, Operator, SpendQuery
from finora.web.address.links import (
    ChartKind,
    Links,
    Scale,
    TableKind,
    View,
    equal,
    excluded,
    local_path,
    measured,
    narrowed,
    regrouped,
    sorted_by,
    toggled,
    values_of,
    without_filter,
)
from support.queries import TIMEZONES, queries


def parameters_of(href: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(href).query, keep_blank_values=True)


@given(
    queries(),
    st.sampled_from(ChartKind),
    st.sampled_from(Scale),
    st.sampled_from(TableKind),
    st.lists(st.text(max_size=9), max_size=3),
)
def test_every_view_reads_back_from_its_address(
    query: SpendQuery, chart: ChartKind, scale: Scale, table: TableKind, hidden: list[str]
) -> None:
    links = Links(query.timezone)
    view = View(query=query, chart=chart, scale=scale, table=table, hidden=tuple(hidden))
    found = links.read(parameters_of(links.explore(view)))
    assert found.view == view
    assert found.problems == ()
    assert links.explore(found.view) == links.explore(view), "an address is canonical"


@given(queries())
def test_an_address_of_events_keeps_the_period_and_the_filters(query: SpendQuery) -> None:
    links = Links(query.timezone)
    found = links.read(parameters_of(links.events(query)))
    assert (found.view.query.period, found.view.query.filters) == (query.period, query.filters)
    assert found.problems == ()


@given(
    st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=6), st.sampled_from(TIMEZONES)
)
def test_whatever_an_address_says_there_is_a_view(parameters: list[tuple[str, str]], zone: str) -> None:
    links = Links(zone)
    found = links.read(parameters)
    assert links.read(parameters_of(links.explore(found.view))).view == found.view


@pytest.mark.parametrize("name", ["utm_source", "Period", "chart ", ""])
def test_a_parameter_nobody_knows_is_told_and_left_out(name: str) -> None:
    found = Links("UTC").read([(name, "x")])
    assert found.view == View(query=Links("UTC").defaults)
    assert len(found.problems) == 1


@given(queries(), st.sampled_from(list(DIMENSIONS)), st.text(min_size=1, max_size=5))
def test_filtering_by_a_second_value_replaces_the_first(
    query: SpendQuery, dimension: str, value: str
) -> None:
    twice = narrowed(narrowed(query, equal(dimension, "first")), equal(dimension, value))
    same = [each for each in twice.filters if each.dimension == dimension and each.operator is Operator.IS]
    assert same == [equal(dimension, value)]
    others = [each for each in query.filters if each not in same and each.dimension != dimension]
    assert [each for each in twice.filters if each.dimension != dimension] == others


@given(queries(), st.sampled_from(list(DIMENSIONS)), st.lists(st.text(min_size=1, max_size=4), min_size=1))
def test_a_value_is_added_to_a_filter_by_one_click_and_taken_away_by_the_next(
    query: SpendQuery, dimension: str, values: list[str]
) -> None:
    plain = replace(query, filters=())
    chosen: set[str] = set()
    for value in values:
        plain = toggled(plain, Operator.IS, dimension, value)
        chosen ^= {value}
        assert set(values_of(plain, Operator.IS, dimension)) == chosen
        assert bool(plain.filters) == bool(chosen)


def test_leaving_a_value_out_keeps_what_was_left_out_before() -> None:
    query = excluded(excluded(Links("UTC").defaults, "model", "auto"), "model", "opus")
    assert query.filters == (Filter(Operator.IS_NOT, "model", ("auto", "opus")),)


def test_by_other_dimensions_no_series_is_hidden() -> None:
    view = View(query=Links("UTC").defaults, hidden=("auto",))
    assert view.having(limit=9).hidden == ("auto",)
    assert view.asking(regrouped(view.query, "person")).hidden == ()


def test_a_form_names_the_last_day_and_the_address_the_day_after() -> None:
    found = Links("UTC").read([("from", "2026-11-01"), ("through", "2026-11-30")])
    assert found.problems == ()
    assert "from=2026-11-01&to=2026-12-01" in Links("UTC").explore(found.view)
    assert Links("UTC").read([("from", "2026-11-01"), ("through", "soon")]).problems


def test_a_dragged_stretch_is_put_into_the_address_of_the_same_view() -> None:
    links = Links("UTC")
    view = View(query=regrouped(links.defaults, "person"), scale=Scale.SHARE)
    address = links.zooming(view).replace("{from}", "2026-11-02").replace("{to}", "2026-11-05")
    found = links.read(parameters_of(address))
    assert found.problems == ()
    assert (found.view.query.dimensions, found.view.scale) == (("person",), Scale.SHARE)
    assert found.view.query.period.start is not None


@given(queries().filter(lambda query: bool(query.filters)))
def test_removing_a_filter_leaves_the_others(query: SpendQuery) -> None:
    left = without_filter(query, 0)
    assert left.filters == query.filters[1:]


@given(queries(), st.sampled_from(list(METRICS)), st.sampled_from(list(DIMENSIONS)))
def test_every_choice_on_a_page_leads_to_a_query_that_can_be_asked(
    query: SpendQuery, metric: str, dimension: str
) -> None:
    links = Links(query.timezone)
    for chosen in (
        measured(query, metric),
        regrouped(query, dimension),
        sorted_by(query, metric, descending=True),
        sorted_by(query, metric, descending=False),
        sorted_by(regrouped(query, dimension), dimension, descending=False),
    ):
        assert links.read(parameters_of(links.explore(View(query=chosen)))).view.query == chosen


def test_sorting_by_another_column_measures_it_too() -> None:
    query = Links("UTC").defaults
    assert sorted_by(query, "events", descending=True).metrics == ("spend", "events")
    assert sorted_by(query, "spend", descending=True).order == ()
    regrouped_query = regrouped(sorted_by(query, "model", descending=False), "person")
    assert regrouped_query.order == (), "there is no model to sort by any more"


def test_a_choice_begins_at_the_first_row_again() -> None:
    view = View(query=replace(Links("UTC").defaults, offset=50))
    assert view.having(filters=(Filter(Operator.IS, "model", ("auto",)),)).query.offset == 0


@pytest.mark.parametrize("path", ["/", "/explore?period=7d&f=is,model,a%2Cb", "/settings/api-keys#x"])
def test_a_path_of_our_own_is_kept(path: str) -> None:
    assert local_path(path) == path


@given(st.text(max_size=20))
def test_a_way_back_never_leaves_this_site(text: str) -> None:
    found = local_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert urlsplit(found).netloc == ""
