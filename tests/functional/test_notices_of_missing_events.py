"""What a provider returns no more is told for what it is: once, not with each refresh, and only in its own case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finora.simulator import Faults
from finora.spend.statement import Statement
from support.simulated import (
    DAY_MS,
    EVENTS,
    NOW,
    Meddler,
    company,
    connect,
    ms,
    pass_time,
    simulation,
    workspace_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.sync import Notice
    from finora.workspace import Workspace

OURS = {"silent", "forgotten", "member_gone", "shrunk", "withdrawn"}
COMPANY = company(11, seats=4, days=40, events=1_500, after=40)


class Scene:
    """A connected team that was read once, and what stands between it and Finora."""

    def __init__(self, workspace: Workspace, simulated: Simulation, meddler: Meddler) -> None:
        self.workspace = workspace
        self.simulated = simulated
        self.meddler = meddler
        self.connection = connect(workspace, simulated)
        self.refresh()

    def refresh(self, **later: float) -> None:
        """Let time go by and refresh; after a day all is read again that may be revised."""
        if later:
            pass_time(self.simulated, **later)
        runs = self.workspace.schedule.run_due()
        assert [run.state for run in runs] == ["completed"], runs[0].error

    def leave_out(self, unwanted: Callable[[dict[str, Any]], bool]) -> None:
        """Let the provider no longer return events."""

        def rewrite(_body: dict[str, Any], answer: dict[str, Any]) -> None:
            kept = [event for event in answer["usageEvents"] if not unwanted(event)]
            answer["totalUsageEventsCount"] -= len(answer["usageEvents"]) - len(kept)
            answer["usageEvents"] = kept

        self.meddler.rewrites[EVENTS] = rewrite

    def told(self) -> dict[str, Notice]:
        """Return the open notices of missing events, by kind."""
        return {each.kind: each for each in self.workspace.notices.open() if each.kind in OURS}

    def dismiss(self) -> None:
        """Take all notices off the pages."""
        for each in self.workspace.notices.open():
            self.workspace.notices.dismiss(self.connection, each.id)

    def count(self) -> int:
        """Return how many events are held."""
        return self.workspace.store.count().events


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Return a scene with the faults that a test is parametrised with."""
    simulated = simulation(COMPANY, faults=getattr(request, "param", Faults()))
    meddler = Meddler(simulated)
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        yield Scene(workspace, simulated, meddler)


def at(event: dict[str, Any]) -> int:
    """Return when an event was."""
    return int(event["timestamp"])


@pytest.mark.parametrize(
    "scene",
    [Faults(), Faults(seed=3, late_permille=200, revised_permille=300)],
    indirect=True,
    ids=["calm", "busy"],
)
def test_nothing_is_told_where_nothing_is_missing(scene: Scene) -> None:
    for _refresh in range(4):
        scene.refresh(hours=25)
        assert scene.told() == {}


def test_an_outage_is_told_once_and_taken_back_when_events_return(scene: Scene) -> None:
    held = scene.count()
    scene.leave_out(lambda _event: True)
    scene.refresh(hours=1)
    assert set(scene.told()) == {"silent"}
    assert "An outage looks like this" in scene.told()["silent"].text
    scene.dismiss()
    for _refresh in range(3):
        scene.refresh(hours=1)
        assert scene.told() == {}, "it was dismissed, and nothing else happened since"
    assert scene.count() == held
    del scene.meddler.rewrites[EVENTS]
    scene.refresh(hours=1)
    assert "silent" not in {each.kind for each in scene.workspace.notices.of(scene.connection)}
    scene.leave_out(lambda _event: True)
    scene.refresh(hours=1)
    assert set(scene.told()) == {"silent"}, "the next outage is news"


@pytest.mark.parametrize("scene", [Faults(retention_days=20)], indirect=True, ids=[""])
def test_a_provider_that_forgets_is_told_once_and_all_is_kept(scene: Scene) -> None:
    first = scene.count()
    for _refresh in range(3):
        scene.refresh(hours=25)
    assert set(scene.told()) == {"forgotten"}
    assert "nor anything older" in scene.told()["forgotten"].text
    said = scene.told()["forgotten"].text
    scene.dismiss()
    for _refresh in range(3):
        scene.refresh(hours=25)
        assert scene.told() == {}, "it forgets a day more each day, which is no news"
    (kept,) = [each for each in scene.workspace.notices.of(scene.connection) if each.kind == "forgotten"]
    assert kept.text != said, "the text is up to date all the same"
    assert scene.count() > first


def test_events_that_went_with_their_person_are_told_with_the_name(scene: Scene) -> None:
    settled = ms(NOW) - 4 * DAY_MS
    person = max(
        (each for each in scene.simulated.truth.by_person().items() if "svc-" not in each[0]),
        key=lambda each: each[1].events,
    )[0]
    held = scene.count()
    scene.simulated.remove_member(person)
    actor = [email.lower() for email in COMPANY.emails].index(person)
    gone = {
        int(ts)
        for ts, who in zip(scene.simulated.truth.events.ts, scene.simulated.truth.events.actor, strict=True)
        if who == actor and ts < settled
    }
    scene.leave_out(lambda event: at(event) in gone)
    scene.refresh(hours=25)
    assert set(scene.told()) == {"member_gone"}
    assert person in scene.told()["member_gone"].text
    assert scene.count() >= held


def test_fewer_events_than_before_are_told_again_only_if_more_are_missing(scene: Scene) -> None:
    day = ms(NOW) - 10 * DAY_MS
    held = scene.count()
    scene.leave_out(lambda event: day <= at(event) < day + DAY_MS)
    scene.refresh(hours=25)
    assert set(scene.told()) == {"shrunk"}
    assert "Finora keeps them" in scene.told()["shrunk"].text
    scene.dismiss()
    scene.refresh(hours=25)
    assert scene.told() == {}
    scene.leave_out(lambda event: day - 2 * DAY_MS <= at(event) < day + DAY_MS)
    scene.refresh(hours=25)
    assert set(scene.told()) == {"shrunk"}, "more is missing than was told"
    assert scene.count() > held
    del scene.meddler.rewrites[EVENTS]
    scene.refresh(hours=25)
    assert scene.told() == {}, "all is back"


def test_recent_events_that_were_taken_back_are_told_and_count_no_more(scene: Scene) -> None:
    pass_time(scene.simulated, hours=1)
    scene.refresh()
    moment = int(scene.simulated.truth.events.ts[scene.simulated.truth.visible()[-1]])
    scene.leave_out(lambda event: at(event) == moment)
    scene.refresh(minutes=70)
    assert set(scene.told()) == {"withdrawn"}
    with scene.workspace.store.snapshot() as reader:
        assert reader.fetch(Statement("SELECT count(*) FROM events WHERE ts = ?", (moment,))) == [(0,)]
    scene.dismiss()
    scene.refresh(hours=1)
    assert scene.told() == {}
