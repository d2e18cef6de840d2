"""What may happen to a team and to a machine while Finora syncs, one by one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from finora.settings import Settings
from finora.simulator import UNLIMITED, Company, Faults, live, serve_in_thread
from finora.spend.statement import Statement
from finora.values.period import Span, to_ms
from finora.workspace import open_workspace
from support.observer import Observer, answered
from support.simulated import EVENTS, NOW, company, connect, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.workspace import Workspace

PLAIN = company(21, seats=4, days=50, events=400, after=12)


class Scene:
    """A simulated team, its observer, and a workspace that is connected to it."""

    def __init__(self, workspace: Workspace, simulated: Simulation, observer: Observer) -> None:
        self.workspace = workspace
        self.simulated = simulated
        self.observer = observer
        self.connection_id = connect(workspace, simulated)

    def sync(self, **after: float) -> list[str]:
        """Let time pass, run what is due or asked for, and return how it ended."""
        pass_time(self.simulated, **after)
        return [run.state for run in self.workspace.schedule.run_due()]

    def people(self) -> dict[str, tuple[int, int, int]]:
        """Return the figures by person."""
        return answered(self.workspace, "person", {})

    def settled(self) -> bool:
        """Return whether all that ever happened is stored to the nano."""
        count, truth = self.workspace.store.count(), self.simulated.truth.total()
        return (count.spend, count.usage_value, count.events) == (
            truth.spend_nano,
            truth.value_nano,
            truth.events,
        )


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Return a scene with the faults that a test is parametrised with."""
    faults, made = getattr(request, "param", (Faults(), PLAIN))
    simulated = simulation(made, faults=faults)
    observer = Observer(simulated)
    with workspace_for(simulated, tmp_path, transport=observer) as workspace:
        observer.watch(workspace.store)
        yield Scene(workspace, simulated, observer)


def with_faults(made: Company = PLAIN, **faults: Any) -> pytest.MarkDecorator:  # noqa: ANN401 - any of Faults' fields
    """Parametrise a test with faults."""
    return pytest.mark.parametrize("scene", [(Faults(**faults), made)], indirect=True, ids=[""])


def test_a_key_revoked_on_the_way_fails_the_connection_and_a_new_one_takes_it_up(scene: Scene) -> None:
    asked: list[int] = []

    def revoke(_body: object) -> None:
        asked.append(1)
        if len(asked) == 4:
            scene.simulated.ring.revoke(scene.simulated.key)

    scene.observer.answers[EVENTS] = revoke
    assert scene.sync() == ["failed"]
    failing = scene.workspace.connections.get(scene.connection_id)
    assert failing.failing_code == "invalid_credentials"
    kept = scene.workspace.store.count().events
    assert 0 < kept < scene.simulated.truth.total().events
    assert scene.sync(hours=1) == ["failed"]
    assert scene.workspace.connections.get(scene.connection_id).failing_since == failing.failing_since
    assert scene.workspace.store.count().events == kept
    scene.workspace.connections.rotate(scene.connection_id, {"api_key": scene.simulated.keys[0].spare})
    assert scene.sync() == ["completed"]
    assert scene.sync(days=13) == ["completed"]
    assert scene.settled()


@with_faults(drift_events=30, seed=2, made=company(9, seats=6, days=20, events=2600))
def test_events_that_land_between_two_pages_are_neither_lost_nor_double(scene: Scene) -> None:
    assert scene.sync() == ["completed"]
    scene.simulated.settle()
    scene.workspace.schedule.request(
        scene.connection_id, Span(NOW - timedelta(days=21), scene.workspace.clock.now())
    )
    scene.sync(days=12)
    assert scene.settled()


def test_an_outage_that_answers_with_no_events_erases_none(scene: Scene) -> None:
    scene.sync()
    before = scene.people()
    scene.simulated.faults = Faults(outage_after=0, outage_requests=10_000)
    assert scene.sync(hours=1) == ["completed"]
    assert scene.people() == before
    assert {notice.kind for notice in scene.workspace.notices.open()} == {"silent"}
    scene.simulated.faults = Faults()
    scene.sync(days=13)
    scene.sync(days=1)
    assert scene.settled()


def test_a_person_who_leaves_keeps_their_spend_and_their_name(scene: Scene) -> None:
    scene.sync()
    before = scene.people()
    person = max(
        scene.workspace.people.members_of(scene.connection_id), key=lambda each: before.get(each.email, (0,))
    )
    scene.simulated.remove_member(person.email)
    scene.sync(hours=25)
    after = scene.people()
    assert after[person.email] == before[person.email]
    (known,) = [
        each for each in scene.workspace.people.members_of(scene.connection_id) if each.email == person.email
    ]
    assert (known.name, known.removed) == (person.name, True)


@with_faults(retention_days=10)
def test_what_the_provider_forgets_finora_keeps(scene: Scene) -> None:
    scene.sync()
    first = scene.workspace.store.count()
    for _ in range(6):
        scene.sync(days=4)
    count = scene.workspace.store.count()
    assert scene.simulated.truth.visible().size == 0
    assert count.events > first.events > 0
    assert "forgotten" in {notice.kind for notice in scene.workspace.notices.open()}


@with_faults(late_permille=300, late_hours=12, seed=5)
def test_events_that_show_late_are_counted_when_they_show(scene: Scene) -> None:
    scene.sync()
    assert not scene.settled()
    for _ in range(14):
        scene.sync(days=1)
    assert scene.settled()
    late = [revision.change.added for revision in scene.workspace.store.revisions(1)]
    assert sum(late) > 0


@with_faults(twin_permille=250, seed=5)
def test_twins_are_two_calls_and_two_amounts(scene: Scene) -> None:
    scene.sync(days=13)
    scene.sync(days=1)
    assert scene.settled()
    with scene.workspace.store.snapshot() as reader:
        ((twins,),) = reader.fetch(
            Statement(
                "SELECT count(*) FROM (SELECT ts, person, model, input_tokens, conversation, count(*) AS n FROM events "
                "GROUP BY ALL HAVING n > 1)"
            )
        )
    assert int(str(twins)) > 20


@with_faults(revised_permille=1000, revised_hours=20, seed=5)
def test_a_revised_price_is_replaced_and_its_former_figures_kept(scene: Scene) -> None:
    scene.sync()
    before = scene.workspace.store.count()
    scene.sync(hours=47)
    revised = [each for each in scene.workspace.store.revisions(1) if each.change.revised]
    assert revised
    for each in revised:
        assert each.change.before.usage_value != each.change.after.usage_value
        assert each.change.added == 0
        assert each.change.before.events == each.change.after.events
    with scene.workspace.store.snapshot() as reader:
        former = reader.fetch(Statement("SELECT count(*) FROM revised_events"))
    assert int(str(former[0][0])) == sum(each.change.revised for each in revised)
    assert before.events > 0
    for _ in range(13):
        scene.sync(days=1)
    assert scene.settled()


def test_a_team_too_busy_for_one_window_is_read_in_several(tmp_path: Path) -> None:
    """A hundred and thirty thousand events of one day must not have to fit in memory at once."""
    made = Company.generate(
        5, seats=300, start=NOW - timedelta(days=1), end=NOW - timedelta(hours=1), events=130_000
    )
    simulated = simulation(made)
    observer = Observer(simulated)
    with workspace_for(simulated, tmp_path, transport=observer, sync_horizon_days=3) as workspace:
        connect(workspace, simulated)
        (run,) = workspace.schedule.run_due()
        count, truth = workspace.store.count(), simulated.truth.total()
        assert (count.spend, count.usage_value, count.events) == (
            truth.spend_nano,
            truth.value_nano,
            130_000,
        )
        windows = [span for span in observer.windows() if span[1] - span[0] < 86_400_000]
        assert len(windows) > 3
        assert run.state == "completed"


# Processes that are killed

_CHILD = """
import itertools, os, sys
from pathlib import Path
from finora.connections.upkeep import Upkeep
from finora.settings import Settings
from finora.storage.events.duckdb import window
from finora.sync import HeldEvents, SyncRuns
from finora.workspace import open_workspace

folder, address, key, where = sys.argv[1:]
room, act, after = {
    "in the middle of a window's transaction": (window, "adjust_to_changes", 3),
    "between the store's commit and the ledger's": (HeldEvents, "keep", 3),
    "while progress is written": (SyncRuns, "watch", 5),
    "before the connection is told": (Upkeep, "synced", 1),
}[where]
calls, done = itertools.count(1), getattr(room, act)

def die(*args, **more):
    if next(calls) == after:
        os._exit(9)
    return done(*args, **more)

setattr(room, act, die)
settings = Settings(data_dir=Path(folder), cursor_base_url=address, cursor_requests_per_minute=0)
with open_workspace(settings) as workspace:
    workspace.connections.connect("cursor", "", {"api_key": key}, by="owner@acme.test")
    workspace.schedule.run_due()
"""


@pytest.mark.parametrize(
    "where",
    [
        "in the middle of a window's transaction",
        "between the store's commit and the ledger's",
        "while progress is written",
        "before the connection is told",
    ],
)
def test_a_process_that_is_killed_costs_nothing_but_the_time_to_read_again(
    where: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    simulated = live(now=now, seats=4, months=3, events=3_000, behaviour=UNLIMITED)
    with serve_in_thread(simulated) as served:
        child = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", _CHILD, str(tmp_path), served.base_url, simulated.key, where],
            check=False,
            capture_output=True,
            timeout=120,
        )
        assert child.returncode == 9, child.stderr.decode()
        settings = Settings(data_dir=tmp_path, cursor_base_url=served.base_url, cursor_requests_per_minute=0)
        with open_workspace(settings) as workspace:
            (connection,) = workspace.connections.all()
            kept, begun = workspace.store.count().events, workspace.store.covered(1)
            (run,) = workspace.schedule.run_due()
            assert run.state == "completed"
            assert [each.state for each in workspace.runs.history(connection.id)][-1] == "stale"
            count = workspace.store.count()
            truth = simulated.truth
            rows = truth.visible(0, to_ms(workspace.store.covered(1)[-1].end))
            expected = truth.total(rows)
            assert (count.spend, count.usage_value, count.events) == (
                expected.spend_nano,
                expected.value_nano,
                expected.events,
            )
            # What had been read was kept; on a Monday after midnight that may be a weekend of nothing.
            read = sum(len(truth.visible(each.start_ms, each.end_ms)) for each in begun)
            assert read <= kept <= count.events
            assert workspace.connections.get(connection.id).failing_code == ""
