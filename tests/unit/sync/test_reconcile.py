"""Reconciliation: Finora's sums beside the provider's own, and why they differ."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from finora.simulator import Faults
from support.simulated import SPEND, Meddler, company, connect, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finora.simulator import Simulation
    from finora.sync import Reconciliation

COMPANY = company(11, seats=4, days=40, events=400)
NANO_A_CENT = 10_000_000

Answer = dict[str, Any]


def reconciled(
    folder: Path,
    change: Callable[[Answer], None] = lambda _answer: None,
    *,
    before: Callable[[Simulation], None] = lambda _simulated: None,
) -> tuple[Reconciliation, Simulation]:
    """Return the comparison after a sync, the provider's totals being changed before they are read."""
    simulated = simulation(COMPANY, faults=Faults(vanished_flagged=True))
    before(simulated)
    meddler = Meddler(simulated)
    meddler.rewrites[SPEND] = lambda _body, answer: change(answer)
    with workspace_for(simulated, folder, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        (cycle,) = workspace.reconciler.cycles(connection_id)
    return cycle, simulated


def rows(answer: Answer) -> list[Answer]:
    """Return the members with any spend, the largest first."""
    found = [row for row in answer["teamMemberSpend"] if row["overallSpendCents"]]
    return sorted(found, key=lambda row: -row["overallSpendCents"])


def causes(cycle: Reconciliation) -> dict[str, int]:
    """Return how many lines have each cause."""
    found = [line.cause for line in cycle.lines]
    return {cause: found.count(cause) for cause in set(found)}


def test_sums_that_are_the_providers_agree_to_the_nano(tmp_path: Path) -> None:
    cycle, simulated = reconciled(tmp_path)
    assert cycle.agrees
    assert cycle.difference == 0
    start = round(cycle.cycle_start.timestamp() * 1000)
    truth = simulated.truth.total(simulated.truth.visible(start))
    assert sum(line.usage_value for line in cycle.lines) == truth.value_nano > 0
    assert sum(line.spend for line in cycle.lines) == truth.spend_nano


def test_a_gap_that_nothing_explains_is_shown_and_never_adjusted(tmp_path: Path) -> None:
    def raise_by(answer: Answer) -> None:
        rows(answer)[0]["overallSpendCents"] += 99_999

    cycle, _simulated = reconciled(tmp_path, raise_by)
    assert not cycle.agrees
    assert cycle.lines[0].cause == "unexplained"
    assert cycle.lines[0].difference == cycle.difference == -99_999 * NANO_A_CENT


def test_a_small_gap_within_what_is_recent_is_settling(tmp_path: Path) -> None:
    names: list[str] = []

    def lower_all(answer: Answer) -> None:
        for row in rows(answer):
            row["overallSpendCents"] -= 0.000025
            names.append(row["email"])

    cycle, _simulated = reconciled(tmp_path, lower_all)
    by_cause = causes(cycle)
    assert by_cause.get("settling", 0) >= 1
    assert {line.difference for line in cycle.lines if line.cause == "settling"} == {250}


def test_someone_the_provider_no_longer_lists_is_named_as_the_cause(tmp_path: Path) -> None:
    gone: list[str] = []

    def drop(answer: Answer) -> None:
        row = rows(answer)[0]
        answer["teamMemberSpend"].remove(row)
        answer["totalMembers"] -= 1
        gone.append(row["email"])

    cycle, _simulated = reconciled(tmp_path, drop)
    (line,) = [line for line in cycle.lines if line.cause == "not_listed"]
    assert line.person == gone[0]
    assert line.provider_usage_value == 0
    assert line.difference > 0


def test_events_without_a_name_are_the_cause_on_both_lines(tmp_path: Path) -> None:
    person = COMPANY.people[0].email

    cycle, _simulated = reconciled(tmp_path, before=lambda simulated: simulated.remove_member(person))
    by_person = {line.person: line for line in cycle.lines}
    assert by_person["unattributed"].cause == by_person[person.lower()].cause == "no_name"
    assert by_person["unattributed"].usage_value == -by_person[person.lower()].difference > 0
    assert cycle.difference == 0
    assert not cycle.agrees


def test_totals_without_usage_value_are_compared_by_spend(tmp_path: Path) -> None:
    def old_shape(answer: Answer) -> None:
        for row in answer["teamMemberSpend"]:
            del row["overallSpendCents"]

    cycle, _simulated = reconciled(tmp_path, old_shape)
    assert cycle.agrees
    assert {line.provider_usage_value for line in cycle.lines} == {None}


def test_a_cycle_compared_twice_keeps_the_later_comparison(tmp_path: Path) -> None:
    simulated = simulation(COMPANY)
    with workspace_for(simulated, tmp_path) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        pass_time(simulated, hours=30)
        workspace.schedule.run_due()
        (cycle, *_) = workspace.reconciler.cycles(connection_id)
        assert cycle.agrees
        assert workspace.clock.now() - cycle.read_at < timedelta(minutes=1)


@pytest.mark.parametrize("delete_history", [True, False])
def test_removing_a_connection_with_its_history_removes_its_comparisons(
    tmp_path: Path, *, delete_history: bool
) -> None:
    simulated = simulation(COMPANY)
    with workspace_for(simulated, tmp_path) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        workspace.connections.remove(connection_id, delete_history=delete_history)
        assert bool(workspace.reconciler.cycles(connection_id)) is not delete_history
        assert bool(workspace.runs.history(connection_id)) is not delete_history
