"""A difference is split by cause: exactly, and never beyond what single events bear out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from finora.sync.causes import Cause, Clue, Clues, Part, explained

if TYPE_CHECKING:
    from collections.abc import Sequence

amounts = st.integers(-50, 50).map(lambda steps: steps * 250)
prices = st.integers(0, 50).map(lambda steps: steps * 250)


def run_of(name: str, figures: Sequence[int]) -> tuple[Clue, ...]:
    """Return clues with names of their own."""
    return tuple(Clue(f"{name}-{number}", amount) for number, amount in enumerate(figures))


def runs(name: str, figures: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Clue, ...]]:
    """Return a strategy of clues."""
    return st.lists(figures, max_size=6).map(lambda found: run_of(name, found))


all_clues = st.builds(
    Clues,
    late=runs("late", prices),
    revised=runs("revised", amounts),
    unbilled=st.fixed_dictionaries({5: runs("free", prices), 3: runs("byok", prices)}),
    after_start=runs("after", prices),
    before_start=runs("before", prices.map(lambda price: -price)),
    newest=runs("newest", prices),
)


@given(amounts, all_clues)
def test_no_part_claims_more_than_its_events_come_to(difference: int, clues: Clues) -> None:
    """Else a page would name a cause for money that nothing bears out."""
    each = {
        clue.event: clue.amount
        for run in (clues.late, clues.revised, *clues.unbilled.values())
        for clue in run
    }
    each |= {
        clue.event: clue.amount
        for run in (clues.after_start, clues.before_start, clues.newest)
        for clue in run
    }
    for part in explained(difference, clues):
        assert part.amount != 0
        assert set(part.examples) <= each.keys()
        if part.events <= len(part.examples):
            assert sum(each[event] for event in part.examples) == part.amount


@given(amounts, all_clues)
def test_what_is_not_explained_never_grows_nor_changes_its_sign(difference: int, clues: Clues) -> None:
    parts = explained(difference, clues)
    rest = difference - sum(part.amount for part in parts)
    assert 0 <= rest <= difference or difference <= rest <= 0


@given(amounts, all_clues)
def test_an_inferred_cause_is_claimed_only_where_nothing_is_left(difference: int, clues: Clues) -> None:
    parts = explained(difference, clues)
    names = {part.examples[0].split("-")[0] for part in parts if part.examples}
    if names & {"after", "before", "newest", "free", "byok"}:
        assert sum(part.amount for part in parts) == difference


@given(all_clues)
def test_what_agrees_needs_no_explanation(clues: Clues) -> None:
    """Events that came late, and that the provider had counted already, must not be made into a difference."""
    assert explained(0, clues) == ()


@given(st.lists(prices.filter(bool), min_size=1, max_size=6), all_clues)
def test_events_that_came_late_explain_all_that_they_come_to(figures: list[int], clues: Clues) -> None:
    late = run_of("late", figures)
    parts = explained(sum(figures), Clues(late=late, revised=clues.revised))
    assert sum(part.amount for part in parts) == sum(figures)


def test_each_cause_by_itself() -> None:
    free = Clues(unbilled={5: run_of("free", [500]), 3: run_of("byok", [700])})
    edge = Clues(
        after_start=run_of("after", [250, 0, 500, 1000]), before_start=run_of("before", [-750, -250])
    )
    young = Clues(newest=run_of("newest", [1000, 500]))
    assert explained(700, free) == (Part(Cause.UNBILLED, 700, 1, ("byok-0",)),)
    assert explained(1200, free) == (Part(Cause.UNBILLED, 1200, 2, ("byok-0", "free-0")),)
    assert explained(750, edge) == (Part(Cause.CYCLE_BOUNDARY, 750, 2, ("after-2", "after-0")),)
    assert explained(-1000, edge) == (Part(Cause.CYCLE_BOUNDARY, -1000, 2, ("before-0", "before-1")),)
    assert explained(1000, young) == (Part(Cause.LATE, 1000, 1, ("newest-0",)),)
    for clues in (free, edge, young):
        assert explained(123, clues) == (), "a few events near an edge explain nothing else"


def test_a_fact_and_an_inference_together() -> None:
    clues = Clues(revised=run_of("revised", [-400]), after_start=run_of("after", [900]))
    assert explained(500, clues) == (
        Part(Cause.REVISED, -400, 1, ("revised-0",)),
        Part(Cause.CYCLE_BOUNDARY, 900, 1, ("after-0",)),
    )


def test_late_events_beyond_the_difference_are_claimed_as_far_as_they_fit() -> None:
    clues = Clues(late=run_of("late", [300, 900, 200]))
    assert explained(550, clues) == (Part(Cause.LATE, 500, 2, ("late-0", "late-2")),)


def test_what_was_taken_back_explains_without_an_event_to_show() -> None:
    assert explained(-300, Clues(revised=(Clue("", -300),))) == (Part(Cause.REVISED, -300),)
