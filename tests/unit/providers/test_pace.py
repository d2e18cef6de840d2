"""The pace of requests: never above the limit in any minute, and never a wait without reason."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from finora.providers.pace import Pace, Pacing
from support.stood_clock import StoodClock

PATHS = ("/events", "/members", "/spend")


def pass_one(pace: Pace, path: str, clock: StoodClock, behind: int = 0) -> float:
    """Wait until a request may pass, as a client does, and return when it did."""
    while (wait := pace.wait_for(path, behind)) > 0:
        clock.sleep(wait)
    return clock.now().timestamp()


def told_of_readers(
    pace: Pace, clock: StoodClock, answer: float, readers: int, seconds: float
) -> list[list[float]]:
    """Let readers ask on and on, the first wanted first, each once it has its answer, and return when each asked."""
    passed: list[list[float]] = [[] for _ in range(readers)]
    free = [clock.now().timestamp()] * readers
    end = clock.now().timestamp() + seconds
    while (now := clock.now().timestamp()) < end:
        waits = [end - now]
        for behind in range(readers):
            if free[behind] <= now:
                waits.append(pace.wait_for("/events", behind))
                if waits[-1] == 0:
                    passed[behind].append(now)
                    free[behind] = now + answer
            waits.append(free[behind] - now)
        clock.move(seconds=min(max(wait, 0.001) for wait in waits if wait > 0))
    return passed


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(PATHS), st.floats(0, 40), st.integers(0, 3)), min_size=1, max_size=60),
)
def test_no_minute_holds_more_requests_than_the_limit(
    limit: int, asked: list[tuple[str, float, int]]
) -> None:
    """A request above the limit costs the customer's other tools theirs, whatever it is for."""
    clock = StoodClock()
    pace = Pace({"/events": limit, "": 2}, clock)
    passed: dict[str, list[float]] = {path: [] for path in PATHS}
    for path, idle, behind in asked:
        clock.move(seconds=idle)
        passed[path].append(pass_one(pace, path, clock, behind))
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


# Those who read ahead


@given(st.sampled_from([6, 20, 45, 60]), st.floats(0.1, 30))
def test_reading_ahead_hardly_delays_what_is_wanted_first(limit: int, answer: float) -> None:
    """The newest figures are what one waits for; older ones are read with what is left of the limit."""
    alone, clock = StoodClock(), StoodClock()
    (expected,) = told_of_readers(Pace({"": limit}, alone), alone, answer, 1, 300)
    first, *others = told_of_readers(Pace({"": limit}, clock), clock, answer, 4, 300)
    for passed, undisturbed in zip(first, expected, strict=False):
        assert passed - undisturbed <= 1
    if answer < 60 / limit:
        assert sum(map(len, others)) == 0


@given(st.sampled_from([20, 45, 60]), st.floats(0.1, 30))
def test_readers_together_stay_below_the_limit_and_use_what_one_alone_leaves_of_it(
    limit: int, answer: float
) -> None:
    clock = StoodClock()
    passed = told_of_readers(Pace({"": limit}, clock), clock, answer, 4, 600)
    moments = sorted(moment for each in passed for moment in each)
    for earlier, later in zip(moments, moments[limit:], strict=False):
        assert later - earlier >= 60
    possible = min(limit / 60, 4 / answer) * 600
    assert len(moments) >= possible * 0.75
    assert len(passed[0]) >= len(passed[1]) >= len(passed[3])


def test_a_wait_that_the_provider_told_one_holds_for_all_who_ask_for_the_same() -> None:
    """Else each of them would go on asking a provider that said to wait."""
    clock = StoodClock()
    pace = Pace({"/events": 10, "": 0}, clock)
    pace.hold("/events", 90)
    pace.hold("/events", 5)
    assert [pace.wait_for("/events", behind) for behind in (0, 3)] == [90, 90]
    assert pace.wait_for("/members") == 0
    clock.move(seconds=90)
    assert pace.wait_for("/events") == 0
    pace.hold("/members", 7)
    assert pace.wait_for("/members") == 7


def test_a_clock_that_is_set_back_makes_no_told_wait_longer() -> None:
    clock = StoodClock()
    pace = Pace({"": 10}, clock)
    pace.hold("/events", 60)
    clock.move(days=-400)
    began = clock.now().timestamp()
    pass_one(pace, "/events", clock)
    assert clock.now().timestamp() - began <= 60


def test_threads_that_ask_at_once_pass_no_more_than_the_limit() -> None:
    clock = StoodClock()
    pace = Pace({"": 50}, clock)
    passed: list[bool] = []

    def ask() -> None:
        passed.extend(pace.wait_for("/events") == 0 for _ in range(40))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 50
