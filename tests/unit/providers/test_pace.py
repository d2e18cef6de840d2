"""The pace of requests: never above the limit in any minute, and never a wait without reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finora.providers.pace import Pace, Pacing
from support.stood_clock import StoodClock

PATHS = ("/events", "/members", "/spend")


def pass_one(pace: Pace, path: str, clock: StoodClock) -> float:
    """Wait until a request may pass, as a client does, and return when it did."""
    while (wait := pace.wait_for(path)) > 0:
        clock.sleep(wait)
    return clock.now().timestamp()


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(PATHS), st.floats(0, 40)), min_size=1, max_size=60),
)
def test_no_minute_holds_more_requests_than_the_limit(limit: int, asked: list[tuple[str, float]]) -> None:
    """A request above the limit costs the customer's other tools theirs."""
    clock = StoodClock()
    pace = Pace({"/events": limit, "": 2}, clock)
    passed: dict[str, list[float]] = {path: [] for path in PATHS}
    for path, idle in asked:
        clock.move(seconds=idle)
        passed[path].append(pass_one(pace, path, clock))
    for path, moments in passed.items():
        allowed = limit if path == "/events" else 2
        for earlier, later in zip(moments, moments[allowed:], strict=False):
            assert later - earlier >= 60


@given(st.integers(1, 8), st.integers(1, 30))
def test_nothing_waits_longer_than_it_has_to(limit: int, requests: int) -> None:
    clock = StoodClock()
    pace = Pace({"": limit}, clock)
    began = clock.now().timestamp()
    for _ in range(requests):
        pass_one(pace, "/events", clock)
    assert clock.now().timestamp() - began == (requests - 1) // limit * 60


def test_no_limit_is_no_wait() -> None:
    pace = Pace({"/events": 0, "": 0}, StoodClock())
    assert [pace.wait_for(path) for path in PATHS * 100] == [0.0] * 300


@given(st.floats(1, 10_000_000), st.integers(1, 5))
def test_a_clock_that_is_set_back_costs_a_minute_and_not_a_year(back: float, limit: int) -> None:
    clock = StoodClock()
    pace = Pace({"": limit}, clock)
    for _ in range(limit):
        pass_one(pace, "/events", clock)
    clock.move(seconds=-back)
    began = clock.now().timestamp()
    pass_one(pace, "/events", clock)
    assert clock.now().timestamp() - began <= 60


def test_a_person_at_a_form_counts_but_never_waits() -> None:
    clock = StoodClock()
    pace = Pace({"": 2}, clock)
    for _ in range(3):
        pace.count("/events")
    assert pace.wait_for("/events") == 60


def test_runs_that_follow_each_other_keep_one_limit_together() -> None:
    """Each run has a line of its own, but the provider counts the account's requests."""
    clock = StoodClock()
    pacing = Pacing(clock)
    first = pacing.of("team a", {"": 2})
    assert [first.wait_for("/events") for _ in range(2)] == [0, 0]
    assert pacing.of("team a", {"": 2}).wait_for("/events") == 60
    assert pacing.of("team b", {"": 2}).wait_for("/events") == 0
