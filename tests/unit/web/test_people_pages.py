"""Small parts of the pages of people: addresses that come back as they were, courses and shades that say what they show."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.people import PEOPLE_SORTS, Amounts, Kind, Line, Selection, Somebody, State
from finora.people.roster import NOBODYS_SEATS
from finora.spend.query import Comparison
from finora.values.period import Period
from finora.web.address.links import Links
from finora.web.figures.sparkline import sparkline
from finora.web.people.address import ListingAddress, read_address, write_address
from finora.web.people.heat import LEVELS, level_of
from finora.web.people.table import lines_counted

LINKS = Links("UTC")
BOT = Somebody(key="bot", name="Bot", kind=Kind.SERVICE_ACCOUNT)
_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
_ADDRESSES = st.builds(
    ListingAddress,
    path=st.just("/people"),
    period=st.sampled_from([Period("28d"), Period("7d"), Period("all")]),
    compare=st.sampled_from([None, *Comparison]),
    selection=st.builds(
        Selection,
        search=_TEXT,
        team=_TEXT,
        state=st.sampled_from([None, *State]),
        sort=st.sampled_from(PEOPLE_SORTS),
        descending=st.booleans(),
    ),
    page=st.integers(1, 99_999),
)


@given(here=_ADDRESSES)
def test_an_address_reads_back_as_what_was_written(here: ListingAddress) -> None:
    written = write_address(LINKS, here)
    read, problems = read_address(LINKS, "/people", parse_qsl(urlsplit(written).query))
    assert (read, problems) == (here, ())


@given(
    name=st.sampled_from(["q", "team", "state", "sort", "page", "period", "zz"]), value=st.text(max_size=30)
)
def test_whatever_an_address_says_there_is_a_page(name: str, value: str) -> None:
    here, _ = read_address(LINKS, "/people", [(name, value)])
    again, problems = read_address(LINKS, "/people", parse_qsl(urlsplit(write_address(LINKS, here)).query))
    assert (again, problems) == (here, ())


@given(values=st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=60))
def test_a_course_stays_within_its_drawing_and_leaves_gaps_open(values: list[float | None]) -> None:
    drawn = str(sparkline(values, 'Course of "a" & <b>'))
    path = drawn.partition(' d="')[2].partition('"')[0]
    points = [tuple(map(float, each.split())) for each in path.replace("L", "M").split("M")[1:]]
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= 72 and 0 <= y <= 24 for x, y in points)
    starts = sum(
        value is not None and (place == 0 or values[place - 1] is None) for place, value in enumerate(values)
    )
    assert path.count("M") == starts
    assert "<b>" not in drawn


@pytest.mark.parametrize(("value", "level"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_shades_rise_in_equal_steps_and_any_event_has_one(value: int, level: int) -> None:
    assert level_of(value, 100) == level <= LEVELS


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([], "63"),
        ([NOBODYS_SEATS], "64 lines: 63 people and “Seats that nobody holds”"),
        ([BOT], "64"),
        ([BOT, NOBODYS_SEATS], "65 lines: 64 accounts and “Seats that nobody holds”"),
    ],
)
def test_the_pager_counts_those_whom_the_tab_counts_and_names_the_other_lines(
    others: list[Somebody], words: str
) -> None:
    people = [Somebody(key=f"{place}@acme.test", name=str(place)) for place in range(63)]
    assert lines_counted([Line(who=who, now=Amounts(), before=None) for who in people + others]) == words
