"""The promise: whatever goes wrong on the way, Finora ends up with the provider's truth, to the nano.

A generated company, a simulated Cursor with any mix of faults, and simulated time. After every window that is stored,
what Finora holds is compared with what a reader could know by then; when everything has settled, every sum it answers
is compared with the truth. `pytest --hypothesis-profile=thousands` looks through thousands of companies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from finora.providers.errors import ProviderError
from finora.simulator import UNLIMITED, Behaviour, Faults
from finora.sync import windows
from finora.values.period import Span
from support.observer import Observer, answered, contents
from support.simulated import (
    NOW,
    company,
    connect,
    pass_time,
    simulation,
    workspace_for,
    workspace_that_reads_ahead,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from finora.simulator import Simulation
    from finora.workspace import Workspace

    Opened = Callable[..., AbstractContextManager[Workspace]]

DIMENSIONS = ("person", "model", "kind", "day", "cycle")
EXAMPLES = settings.default.max_examples if settings.default and settings.default.max_examples > 100 else 12


@dataclass(frozen=True)
class Story:
    """A company, what goes wrong for it, and how much time passes between refreshes."""

    seed: int = 1
    seats: int = 4
    days: int = 60
    events: int = 500
    after: int = 6
    faults: Faults = field(default_factory=Faults)
    behaviour: Behaviour = UNLIMITED
    pace: int = 0
    hours: tuple[int, ...] = (1, 30)


def permille(most: int) -> st.SearchStrategy[int]:
    """Return a share that is often nothing."""
    return st.one_of(st.just(0), st.integers(1, most))


@st.composite
def all_faults(draw: st.DrawFn) -> Faults:
    """Return any mix of what can go wrong without the key being lost."""
    retention = draw(st.sampled_from([0, 0, 0, 3, 7, 30]))
    faults = draw(
        st.builds(
            Faults,
            seed=st.integers(0, 10_000),
            late_permille=permille(200),
            revised_permille=permille(400),
            drift_events=st.sampled_from([0, 0, 5]),
            twin_permille=permille(100),
            vanishing_people=st.integers(0, 2),
            vanished_flagged=st.booleans(),
            unknown_kind_permille=permille(50),
            unknown_model_permille=permille(50),
            extra_field_permille=permille(100),
            free_bugbot=st.booleans(),
            numeric_ids=st.booleans(),
            number_strings=st.booleans(),
            float_noise=st.booleans(),
            null_fields=st.booleans(),
            mixed_case_emails=st.booleans(),
            empty_page_permille=permille(100),
            wrong_total_permille=permille(100),
            endless_permille=permille(200),
            outage_after=st.integers(0, 40),
            outage_requests=st.sampled_from([0, 0, 1, 2, 15]),
            deleted_groups=st.integers(0, 2),
        )
    )
    if retention:  # no waits: what is forgotten between a page and its storing is nobody's to know
        return replace(faults, retention_days=retention)
    limited = draw(permille(150))
    return replace(
        faults,
        # An outage is counted in requests. Where a limit ends the first sync amid one, it would last until the next, up to ten days
        # later, and what is found empty twice, a day or more apart, is believed to be.
        outage_requests=0 if limited else faults.outage_requests,
        rate_limited_permille=limited,
        rate_limited_burst=draw(st.integers(1, 9)),
        retry_after_missing=draw(st.booleans()),
        error_permille=draw(permille(150)),
        gateway_permille=draw(permille(150)),
        dropped_permille=draw(permille(100)),
        truncated_permille=draw(permille(100)),
        in_a_row=draw(st.integers(1, 9)),
    )


stories = st.builds(
    Story,
    seed=st.integers(0, 10_000),
    seats=st.integers(2, 8),
    days=st.integers(20, 120),
    events=st.one_of(st.integers(0, 60), st.integers(60, 1500)),
    after=st.integers(0, 10),
    faults=all_faults(),
    behaviour=st.builds(
        Behaviour,
        events_per_minute=st.just(0),
        others_per_minute=st.just(0),
        empty_pages=st.integers(0, 1),
        plan=st.sampled_from(["enterprise", "teams"]),
        numeric_ids=st.booleans(),
        removed_members=st.sampled_from(["flagged", "absent"]),
    ),
    hours=st.lists(st.integers(1, 60), max_size=3).map(tuple),
)


def told(story: Story, folder: Path, opened: Opened = workspace_for) -> None:
    """Sync through a story to its end, checking at every step.

    Raises:
        AssertionError: Finora is not where it should be.
    """
    made = company(story.seed, seats=story.seats, days=story.days, events=story.events, after=story.after)
    simulated = simulation(made, faults=story.faults, behaviour=story.behaviour)
    observer = Observer(simulated)
    with opened(simulated, folder, transport=observer, cursor_requests_per_minute=story.pace) as workspace:
        observer.watch(workspace.store)
        connection_id = connected(workspace, simulated)
        workspace.schedule.run_due()
        for hours in story.hours:
            pass_time(simulated, hours=hours)
            workspace.schedule.run_due()
        pass_time(simulated, days=story.after, hours=1)
        workspace.schedule.run_due()
        simulated.settle()
        for hours in (1, 25, 25):
            pass_time(simulated, hours=hours)
            assert [run.state for run in workspace.schedule.run_due()] == ["completed"]
        if story.faults.drift_events:  # some of it showed only now, too old for a refresh to come by
            everything = Span(NOW - timedelta(days=story.days + 1), workspace.clock.now())
            workspace.schedule.request(connection_id, everything)
            workspace.schedule.run_due()
        assert_settled(workspace, simulated, observer, story)
        before = contents(workspace)
        pass_time(simulated, hours=1)
        assert [run.state for run in workspace.schedule.run_due()] == ["completed"]
        assert contents(workspace) == before


def connected(workspace: Workspace, simulated: Simulation) -> str:
    """Connect, as often as it takes: a person at a form tries again as well."""
    for _attempt in range(50):
        try:
            return connect(workspace, simulated)
        except ProviderError:
            pass_time(simulated, minutes=1)
    raise AssertionError("it could not be connected")


def assert_settled(workspace: Workspace, simulated: Simulation, observer: Observer, story: Story) -> None:
    """Make sure that every sum Finora answers is the truth, or what of it a reader could know."""
    truth = simulated.truth
    if not story.faults.retention_days:
        total = truth.total()
        assert observer.total() == (total.spend_nano, total.value_nano, total.events)
    visible = truth.total(truth.visible())
    count = workspace.store.count()
    assert (count.spend, count.usage_value, count.events) == observer.total()
    assert count.events >= visible.events
    for dimension in DIMENSIONS:
        expected = observer.by(dimension)
        assert answered(workspace, dimension, expected) == expected, dimension
    if not story.faults.retention_days and not story.faults.vanishing_people:
        for line in workspace.reconciler.cycles(workspace.connections.all()[0].id)[0].lines:
            assert line.cause == "agrees", line


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(stories)
@example(Story(faults=Faults.all_recoverable(1)))
@example(Story(seed=2, days=120, events=1500, faults=Faults.all_recoverable(2), hours=(3, 3, 40)))
@example(Story(seed=3, faults=Faults(seed=4, retention_days=7, late_permille=80, revised_permille=200)))
@example(Story(seed=4, events=1200, behaviour=Behaviour(), pace=45))
def test_finora_ends_up_with_the_truth_whatever_goes_wrong(story: Story) -> None:
    with TemporaryDirectory() as folder:
        told(story, Path(folder))


@settings(
    max_examples=EXAMPLES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(stories, st.sampled_from([20, 150, 40_000]))
@example(Story(seed=2, days=120, events=1500, faults=Faults.all_recoverable(2), hours=(3, 3, 40)), 40)
@example(Story(seed=4, days=120, events=1200), 40_000)
def test_reading_windows_ahead_ends_up_with_the_same_truth(story: Story, target: int) -> None:
    """Windows short and long, cut and whole, read in whatever order the threads have them: each event counts once."""
    # Without waits: those of one thread move time on between what another is answered and what is seen of it.
    faults = replace(
        story.faults, rate_limited_permille=0, error_permille=0, gateway_permille=0, dropped_permille=0
    )
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(windows, "_TARGET", target)
        patched.setattr(windows, "TOO_MANY", 3 * target)
        told(replace(story, faults=faults), Path(folder), workspace_that_reads_ahead)


@pytest.mark.parametrize("seed", range(2))
def test_a_plain_team_is_read_to_the_nano_with_nothing_left_to_settle(seed: int, tmp_path: Path) -> None:
    told(Story(seed=seed, after=0, hours=()), tmp_path)
