"""A query's JSON holds all of it, and a body that cannot be read is refused by the name of the member at fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.spend.query import Filter, InvalidQuery, Operator, Order, SpendQuery
from finora.spend.request import query_from_json, query_to_json
from finora.values.period import Period
from support.queries import queries


@given(queries())
def test_the_json_of_a_query_leads_back_to_it(query: SpendQuery) -> None:
    body = json.loads(json.dumps(query_to_json(query)))
    assert query_from_json(body, timezone="America/Lima") == query


def test_an_empty_body_asks_the_default_in_the_workspaces_zone() -> None:
    assert query_from_json({}, timezone="Europe/Berlin") == SpendQuery(timezone="Europe/Berlin")
    assert query_from_json({"interval": None, "compare": None}, timezone="UTC") == SpendQuery()


def test_the_documented_body_is_understood() -> None:
    body = {
        "metrics": ["spend", "people"],
        "dimensions": ["person"],
        "filters": [["is", "event_type", ["chat"]], ["is_not", "model", "auto"]],
        "period": {"start": "2026-11-01", "end": "2026-11-15T12:00:00+01:00"},
        "timezone": "Europe/Berlin",
        "order_by": [["spend", "desc"], ["person", "asc"]],
        "limit": 20,
    }
    assert query_from_json(body, timezone="UTC") == SpendQuery(
        metrics=("spend", "people"),
        dimensions=("person",),
        filters=(
            Filter(Operator.IS, "event_type", ("chat",)),
            Filter(Operator.IS_NOT, "model", ("auto",)),
        ),
        period=Period.absolute(
            datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 15, 11, tzinfo=UTC)
        ),
        timezone="Europe/Berlin",
        order=(Order("spend"), Order("person", descending=False)),
        limit=20,
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("metrics", "spend"),
        ("metrics", None),
        ("metrics", ["spend", 5]),
        ("metric", ["spend"]),
        ("dimensions", {"person": True}),
        ("filters", "is,model,auto"),
        ("filters", ["is,model,auto"]),
        ("filters", [["is", "model"]]),
        ("filters", [["is", "model", [5]]]),
        ("filters", [["equals", "model", ["auto"]]]),
        ("filters", [[["is"], "model", ["auto"]]]),
        ("period", 28),
        ("period", "soon"),
        ("period", "\ud800"),
        ("period", {"start": "2026-11-01"}),
        ("period", {"start": "2026-11-01", "end": "2026-10-01"}),
        ("period", {"start": "2026-11-01", "end": 5}),
        ("period", {"start": "1900-11-01", "end": "2026-11-01"}),
        ("period", {"start": "0001-01-01", "end": "9999-12-31"}),
        ("period", {"start": "0001-01-01T00:00:00+14:00", "end": "9999-12-31T23:59:59-12:00"}),
        ("interval", "decade"),
        ("interval", ["day"]),
        ("timezone", 5),
        ("timezone", ""),
        ("timezone", None),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Europe"),
        ("timezone", "a\0b"),
        ("timezone", "\ud800"),
        ("timezone", "x" * 5000),
        ("compare", "best"),
        ("compare", {}),
        ("order_by", [["spend", "down"]]),
        ("order_by", [["spend"]]),
        ("order_by", "spend"),
        ("limit", "50"),
        ("limit", 5.0),
        ("limit", True),
        ("limit", 0),
        ("limit", 10**30),
        ("offset", -1),
        ("offset", 10**30),
    ],
)
def test_a_body_that_cannot_be_read_names_the_member(member: str, value: object) -> None:
    with pytest.raises(InvalidQuery, match=member) as refused:
        query_from_json({member: value}, timezone="Europe/Berlin")
    refused.value.message.encode()
    assert len(refused.value.message) < 600


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"metrics": []}, "at least one metric: spend"),
        ({"metrics": ["spent"]}, "no metric “spent”. There are: spend"),
        ({"dimensions": ["\ud800"]}, "no dimension “\\?”"),
        ({"dimensions": ["person", "person"]}, "named twice"),
        ({"dimensions": ["person", "team", "model", "kind"]}, "At most 3 dimensions"),
        ({"order_by": [["people", "desc"]]}, "Sorting by “people”"),
        ({"order_by": [["spend", "desc"], ["spend", "asc"]]}, "named twice"),
        ({"filters": [["is", "model", []]]}, "filter on model names no value"),
        ({"filters": [["is", "model", ["m"] * 1001]]}, "at most 1000 values"),
        ({"filters": [["is", "model", ["\ud800"]]]}, "filter on model is not text"),
        ({"filters": [["is", "model", ["m"]]] * 51}, "At most 50 filters"),
    ],
)
def test_a_query_that_cannot_be_is_refused_with_the_reason(body: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidQuery, match=says):
        query_from_json(body, timezone="UTC")


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
members = st.sampled_from(
    [
        "metrics",
        "dimensions",
        "filters",
        "period",
        "interval",
        "timezone",
        "compare",
        "order_by",
        "limit",
        "offset",
        "x",
    ]
)


@given(st.dictionaries(members, anything, max_size=4))
def test_no_body_whatsoever_is_more_than_refused(body: dict[str, object]) -> None:
    try:
        query = query_from_json(body, timezone="UTC")
    except InvalidQuery as refused:
        refused.message.encode()
    else:
        assert query_from_json(query_to_json(query), timezone="UTC") == query


@pytest.mark.parametrize("dimension", ["conversation", "cloud_agent", "automation"])
def test_few_texts_are_searched_for_where_each_is_sought_in_every_event(dimension: str) -> None:
    """Ninety words took the engine half a gigabyte beside its limit, and everybody else's answers with it."""
    sought = Filter(Operator.CONTAINS_NOT, dimension, tuple(f"w{number}" for number in range(11)))
    with pytest.raises(InvalidQuery, match=r"At most 10 texts can be searched for in "):
        SpendQuery(filters=(sought,))
    SpendQuery(filters=(Filter(Operator.IS, dimension, sought.values),))
