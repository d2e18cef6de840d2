"""A thing keeps its colour in every view."""

from __future__ import annotations

from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from finora.web.figures.standing import COLOURS, Standing

NAMES = [f"model-{place}" for place in range(40)]
STANDING = Standing(MappingProxyType({name: name.upper() for name in NAMES}))


@given(st.lists(st.sampled_from(NAMES), unique=True, max_size=12))
def test_the_eight_largest_keep_their_colours_in_any_company(company: list[str]) -> None:
    colours = STANDING.colours(company)
    for place, name in enumerate(NAMES[:COLOURS]):
        if name in company:
            assert colours[name] == place


@given(st.lists(st.text(max_size=5), unique=True, max_size=COLOURS))
def test_no_two_series_of_a_chart_share_a_colour_while_there_are_enough(company: list[str]) -> None:
    colours = STANDING.colours(company)
    assert len(set(colours.values())) == len(company)


@given(st.lists(st.sampled_from([*NAMES, "unheard-of", "another"]), unique=True, max_size=8), st.randoms())
def test_the_order_in_which_they_come_changes_no_colour(company: list[str], dice: object) -> None:
    shuffled = list(company)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert STANDING.colours(shuffled) == STANDING.colours(company)


def test_a_small_one_has_the_colour_of_its_rank_where_that_is_free() -> None:
    assert STANDING.colours(["model-9"]) == {"model-9": 1}
    assert STANDING.colours(["model-1", "model-9"]) == {"model-1": 1, "model-9": 2}


def test_one_without_a_rank_has_the_same_colour_each_time() -> None:
    empty = Standing(MappingProxyType({}))
    assert empty.colours(["conversation-77"]) == empty.colours(["conversation-77"])
