"""What a sync reads and in which steps: all that is due, nothing twice, never the future."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from finora.sync import windows
from finora.sync.windows import Stride, closed_end, has_gap, horizon, is_deep, merged, stretches
from finora.values.period import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

T0 = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

moments = st.integers(0, 60 * 24).map(lambda hours: T0 + hours * HOUR)
ordered = st.lists(moments, min_size=2, max_size=8, unique=True).map(sorted)
coverage = ordered.map(
    lambda ends: [Span(first, last) for first, last in zip(ends[::2], ends[1::2], strict=False)]
)


def inside(moment: datetime, spans: Sequence[Span]) -> bool:
    """Return whether a moment lies in one of the spans."""
    return any(span.start <= moment < span.end for span in spans)


@given(moments, moments, coverage, st.sampled_from([48 * HOUR, 35 * DAY]))
def test_a_refresh_reads_exactly_what_was_never_read_and_what_may_have_changed(
    oldest: datetime, end: datetime, covered: list[Span], again: timedelta
) -> None:
    todo = stretches(oldest, end, covered, again)
    midnight = (end - again).replace(hour=0)
    for hour in range(60 * 24):
        moment = T0 + hour * HOUR
        due = oldest <= moment < end and (not inside(moment, covered) or moment >= midnight)
        assert inside(moment, todo) == due
    for newer, older in itertools.pairwise(todo):
        assert older.end < newer.start  # newest first, neither overlapping nor adjoining


@given(st.lists(ordered.map(lambda ends: Span(ends[0], ends[-1])), max_size=3), moments, coverage)
def test_time_never_read_is_noticed_wherever_it_lies(
    spans: list[Span], until: datetime, covered: list[Span]
) -> None:
    hours = [T0 + hour * HOUR for hour in range(60 * 24)]
    gap = any(inside(hour, spans) and hour < until and not inside(hour, covered) for hour in hours)
    assert has_gap(spans, until, covered) == gap


@given(moments, moments)
def test_a_first_sync_reads_all_of_history(oldest: datetime, end: datetime) -> None:
    assert stretches(oldest, end, [], 48 * HOUR) == ([Span(oldest, end)] if oldest < end else [])


@given(coverage)
def test_a_clock_set_back_behind_what_was_read_asks_for_nothing_new(covered: list[Span]) -> None:
    end = covered[0].start - HOUR
    assert stretches(covered[0].start, end, covered, 48 * HOUR) == []


def test_types_are_told_by_whole_days_so_a_refresh_begins_at_midnight() -> None:
    end = T0 + 20 * DAY + 15 * HOUR
    assert stretches(T0, end, [Span(T0, end - HOUR)], 48 * HOUR) == [Span(T0 + 18 * DAY, end)]


@given(st.lists(ordered.map(lambda ends: Span(ends[0], ends[-1])), max_size=6))
def test_merging_keeps_all_time_and_joins_what_meets(spans: list[Span]) -> None:
    found = merged(spans)
    for hour in range(60 * 24):
        assert inside(T0 + hour * HOUR, found) == inside(T0 + hour * HOUR, spans)
    assert all(older.end < newer.start for newer, older in itertools.pairwise(found))


# Where history ends


def test_history_is_read_back_from_a_midnight() -> None:
    now = T0 + 100 * DAY + 5 * HOUR
    assert horizon(now, 30, None) == T0 + 70 * DAY


def test_long_before_the_first_event_nothing_is_asked_for() -> None:
    now = T0 + 400 * DAY
    first = T0 + 300 * DAY + 3 * HOUR
    assert horizon(now, 365, first) == T0 + 210 * DAY
    assert horizon(now, 30, first) == T0 + 370 * DAY


def test_a_longer_horizon_reads_what_lies_further_back() -> None:
    now = T0 + 400 * DAY + 5 * HOUR
    read = [Span(horizon(now, 30, None), closed_end(now))]
    todo = stretches(horizon(now, 90, None), closed_end(now), read, 48 * HOUR)
    assert todo[-1] == Span(T0 + 310 * DAY, T0 + 370 * DAY)


@given(st.integers(0, 10**7), st.integers(-(10**7), 10**7))
def test_all_that_may_be_revised_is_read_once_a_day(last: int, passed: int) -> None:
    moment = T0 + timedelta(seconds=last)
    deep = is_deep(moment, moment + timedelta(seconds=passed))
    assert deep == (passed >= 86_400 or passed < 0)  # a clock set back is no reason to put it off
    assert is_deep(None, moment)


# Strides


class Team:
    """A provider's busyness: so many events an hour, and hours that cannot be read whole."""

    def __init__(self, hourly: int, broken: set[int]) -> None:
        self.hourly = hourly
        self.broken = broken

    def events(self, window: Span) -> int:
        return round(self.hourly * (window.length / HOUR))

    def is_broken(self, window: Span) -> bool:
        first = int((window.start - T0) / HOUR)
        last = -int((T0 - window.end) // HOUR)
        return any(hour in self.broken for hour in range(first, last))


def walked(stretch: Span, longest: timedelta, team: Team) -> list[Span]:
    """Return the windows of a stretch, as a pass walks it, a broken one that cannot be cut being left behind."""
    stride, end, done = Stride(longest), stretch.end, []
    while end > stretch.start:
        window = stride.window(stretch.start, end)
        too_many = team.events(window) > windows.TOO_MANY and stride.cut(window, team.events(window))
        if too_many or (team.is_broken(window) and stride.cut(window, 0)):
            continue
        done.append(window)
        end = window.start
        stride.learn(window, team.events(window))
        assert len(done) < 20_000
    return done


stretch_of_time = st.tuples(st.integers(0, 90_000), st.integers(1, 90_000)).map(
    lambda pair: Span(T0 + pair[0] * MINUTE, T0 + sum(pair) * MINUTE)
)


@given(
    stretch_of_time,
    st.sampled_from([DAY, 7 * DAY, 30 * DAY]),
    st.sampled_from([0, 1, 30, 2_000, 100_000]),
    st.sets(st.integers(0, 2000), max_size=2),
)
def test_windows_adjoin_fill_their_stretch_and_are_never_longer_than_the_provider_allows(
    stretch: Span, longest: timedelta, hourly: int, broken: set[int]
) -> None:
    done = walked(stretch, longest, Team(hourly, broken))
    assert done[0].end == stretch.end
    assert done[-1].start == stretch.start
    assert all(older.end == newer.start for newer, older in itertools.pairwise(done))
    assert all(window.length <= longest for window in done)
    assert all(window.start_ms < window.end_ms for window in done)


def test_the_first_window_is_a_day_at_most_so_that_figures_show_within_seconds() -> None:
    end = T0 + 30 * DAY + 15 * HOUR
    assert Stride(30 * DAY).window(T0, end) == Span(T0 + 30 * DAY, end)
    assert Stride(30 * DAY).window(T0, T0 + 30 * DAY) == Span(T0 + 29 * DAY, T0 + 30 * DAY)


def test_a_quiet_team_is_read_in_a_handful_of_windows() -> None:
    assert len(walked(Span(T0, T0 + 365 * DAY), 30 * DAY, Team(1, set()))) < 20


def test_a_busy_team_is_read_in_windows_that_fit_in_memory() -> None:
    team = Team(20_000, set())
    done = walked(Span(T0, T0 + 5 * DAY), 30 * DAY, team)
    assert max(map(team.events, done)) <= windows.TOO_MANY


def test_a_window_that_cannot_be_read_whole_is_cut_down_to_a_minute() -> None:
    done = walked(Span(T0, T0 + 3 * DAY), 30 * DAY, Team(1, {30}))
    assert min(window.length for window in done) <= MINUTE
    assert sum((window.length for window in done), timedelta()) == 3 * DAY


@given(st.integers(0, 10**13).map(lambda micros: T0 + timedelta(microseconds=micros)))
def test_the_newest_window_ends_surely_in_the_past_on_a_whole_second(now: datetime) -> None:
    end = closed_end(now)
    assert timedelta(seconds=10) <= now - end <= timedelta(seconds=11)
    assert end.microsecond == 0
