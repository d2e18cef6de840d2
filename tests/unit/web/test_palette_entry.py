"""What the palette offers first must be what was meant, also by who types half of it, or wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.web.palette.entry import Entry, best


def person(label: str, email: str = "") -> Entry:
    return Entry(kind="Person", label=label, icon="user", href="/", also=email)


FELIX = person("Felix Hoffmann", "felix.hoffmann@acme.test")
NOAH = person("Noah Menon", "noah@acme.test")
OPUS = Entry(kind="Model", label="claude-4.5-opus-high-thinking", icon="sparkles", href="/")
OVERVIEW = Entry(kind="Page", label="Overview", icon="overview", href="/")
ALL = (OVERVIEW, FELIX, NOAH, OPUS)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("fel", FELIX),
        ("HOFFMANN", FELIX),
        ("hoff fel", FELIX),
        ("noah@acme", NOAH),
        ("opus", OPUS),
        ("4.5 opus", OPUS),
        ("thinking", OPUS),
        ("hofman", FELIX),
        ("ovreview", OVERVIEW),
        ("person menon", NOAH),
    ],
)
def test_the_first_that_is_found_is_what_was_meant(typed: str, first: Entry) -> None:
    assert best(ALL, typed, 3)[0] is first


def test_what_begins_so_comes_before_what_only_has_it_somewhere() -> None:
    inside, begins = person("Joan Banno"), person("Anna Lee")
    assert best((inside, begins), "ann", 2) == [begins, inside]


def test_of_equals_the_larger_spend_stays_first() -> None:
    larger, smaller = person("Anna Zorn"), person("Anna Adler")
    assert best((larger, smaller), "anna", 2) == [larger, smaller]


@pytest.mark.parametrize("typed", ["xyzzy", "felix noah", "zz"])
def test_nothing_is_offered_for_what_fits_nothing(typed: str) -> None:
    assert best(ALL, typed, 3) == []


@given(st.text(max_size=200), st.text(min_size=1, max_size=60))
def test_no_typing_and_no_name_breaks_it(typed: str, label: str) -> None:
    assert len(best((person(label), *ALL), typed, 2)) <= 2


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_whoever_types_a_whole_name_finds_it(name: str) -> None:
    assert person(name) in best((*ALL, person(name)), name, 5)
