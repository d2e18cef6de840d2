"""A difference is split by cause: exactly, and never beyond what single events bear out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from finora.sync.causes import Part, explained
from finora.sync.clues import Cause, Clue, Clues

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


# Several causes at once


def test_what_is_known_is_told_before_what_could_be_inferred() -> None:
    """Where all calls cost the same, as on a request plan, as many of them lie at every edge."""
    calls = [400] * 4
    clues = Clues(
        late=run_of("late", calls[:2]), after_start=run_of("after", calls), newest=run_of("new", calls)
    )
    assert explained(800, clues) == (Part(Cause.LATE, 800, 2, ("late-0", "late-1")),)
    both = Clues(late=clues.late, revised=run_of("revised", [-150]), after_start=run_of("after", [650, 100]))
    assert {part.cause: part.amount for part in explained(650, both)} == {
        Cause.LATE: 800,
        Cause.REVISED: -150,
    }


@given(amounts, all_clues)
def test_events_read_later_count_in_full_wherever_that_leaves_nothing(inferred: int, clues: Clues) -> None:
    """A guess that happens to fit must not take the place of what is known."""
    known = sum(clue.amount for clue in (*clues.late, *clues.revised))
    found = {part.cause: part.amount for part in explained(known, clues)}
    if known:
        assert set(found) <= {Cause.LATE, Cause.REVISED}
        assert sum(found.values()) == known
    exact = explained(
        known + inferred, Clues(late=clues.late, revised=clues.revised, newest=run_of("n", [inferred]))
    )
    if known + inferred:
        assert sum(part.amount for part in exact) == known + inferred


@given(
    st.permutations(["unbilled", "after", "newest"]),
    st.integers(2, 3),
    st.sampled_from([(), (250,), (-750, 1_000)]),
)
def test_two_or_three_things_at_once_are_each_told_to_the_nano(
    order: list[str], count: int, revised: tuple[int, ...]
) -> None:
    befell = order[:count]
    clues = Clues(
        revised=run_of("revised", revised),
        unbilled={5: run_of("unbilled", [1_001, 17]), 3: run_of("other", [5_003])},
        after_start=run_of("after", [20_011, 30_013, 40_017]),
        before_start=run_of("before", [-70_019, -1_234]),
        newest=run_of("newest", [200_023, 300_037]),
    )
    truth = {
        "unbilled": Part(Cause.UNBILLED, 1_018, 2, ("unbilled-0", "unbilled-1")),
        "after": Part(Cause.CYCLE_BOUNDARY, 50_024, 2, ("after-1", "after-0")),
        "newest": Part(Cause.LATE, 200_023, 1, ("newest-0",)),
    }
    expected = {truth[each] for each in befell}
    if revised:
        named = sorted(clues.revised, key=lambda clue: -abs(clue.amount))
        expected.add(Part(Cause.REVISED, sum(revised), len(revised), tuple(clue.event for clue in named)))
    assert set(explained(sum(part.amount for part in expected), clues)) == expected


def test_two_guesses_are_not_told_where_two_others_would_fit_as_well() -> None:
    calls = Clues(after_start=run_of("after", [400] * 3), newest=run_of("newest", [400] * 3))
    assert explained(2_000, calls) == ()


def test_one_event_is_not_taken_for_two_things() -> None:
    """A cycle that began an hour ago has its first events among its newest."""
    event = run_of("event", [900])
    assert explained(1_800, Clues(after_start=event, newest=event, unbilled={5: event})) == ()


# Events that lost their name


def test_late_events_of_somebody_who_left_are_late_though_others_of_theirs_have_no_name() -> None:
    clues = Clues(late=run_of("late", [300]), nameless=5_000)
    assert explained(-4_700, clues) == (
        Part(Cause.LATE, 300, 1, ("late-0",)),
        Part(Cause.REMOVED_MEMBER, -5_000),
    )
    assert explained(300, clues) == (Part(Cause.LATE, 300, 1, ("late-0",)),)
    assert explained(200, clues) == (
        Part(Cause.LATE, 300, 1, ("late-0",)),
        Part(Cause.REMOVED_MEMBER, -100),
    )


def test_a_charge_that_fell_is_revised_though_there_are_events_without_a_name() -> None:
    clues = Clues(revised=run_of("revised", [-400]), nameless=5_000)
    assert explained(-400, clues) == (Part(Cause.REVISED, -400, 1, ("revised-0",)),)


def test_nameless_events_explain_no_more_than_they_come_to() -> None:
    assert explained(-700, Clues(nameless=600)) == (Part(Cause.REMOVED_MEMBER, -600),)
    assert explained(700, Clues(nameless=600)) == ()
