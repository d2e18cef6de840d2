"""Reconciliation: Finora's sums beside the provider's own, and why they differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from finora.simulator import Faults
from finora.simulator.events import OWN_KEY
from support.simulated import (
    EVENTS,
    HOUR_MS,
    SPEND,
    Meddler,
    company,
    connect,
    ms,
    pass_time,
    simulation,
    workspace_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finora.simulator import Company, Simulation
    from finora.simulator.events import Rows
    from finora.sync import Reconciliation

COMPANY = company(11, seats=4, days=40, events=400)
ROLLING = company(95, seats=4, days=40, events=2_000)
"""Its cycle ends on Thursday, 19 November, at 16:58; some of its events are under an own key."""
OWN_KEYS = company(105, seats=4, days=40, events=2_000)
"""One of its people called on both sides of the cycle's start, and under an own key."""
DAY_BEFORE = datetime(2026, 11, 18, 14, tzinfo=UTC)
NANO_A_CENT = 10_000_000

Answer = dict[str, Any]


def reconciled(
    folder: Path,
    change: Callable[[Answer], None] = lambda _answer: None,
    *,
    before: Callable[[Simulation], None] = lambda _simulated: None,
    of: Company = COMPANY,
) -> tuple[Reconciliation, Simulation]:
    """Return the comparison after a sync, the provider's totals being changed before they are read."""
    simulated = simulation(of, faults=Faults(vanished_flagged=True))
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


def split(cycle: Reconciliation) -> dict[str, int]:
    """Return the cycle's difference by cause."""
    assert sum(part.amount for part in cycle.parts) == cycle.difference
    for line in cycle.lines:
        assert sum(part.amount for part in line.parts) == line.difference
    return {part.cause.value: part.amount for part in cycle.parts}


def sum_of(simulated: Simulation, rows: Rows) -> int:
    """Return what events of the truth are charged by now, in nano-USD."""
    charged, _feeless = simulated.teams[0].charges(rows, simulated.clock.now_ms())
    return int(charged.sum())


def test_sums_that_are_the_providers_agree_to_the_nano(tmp_path: Path) -> None:
    cycle, simulated = reconciled(tmp_path)
    assert cycle.agrees
    assert cycle.difference == 0
    start = round(cycle.cycle_start.timestamp() * 1000)
    truth = simulated.truth.total(simulated.truth.visible(start))
    assert sum(line.usage_value for line in cycle.lines) == truth.value_nano > 0
    assert sum(line.spend for line in cycle.lines) == truth.spend_nano


@pytest.mark.parametrize("cents", [99_999, 0.000025, -0.000025, -3])
def test_a_gap_that_nothing_explains_is_unknown_and_never_adjusted(tmp_path: Path, cents: float) -> None:
    """A gap is no less unknown for being small, nor for there being recent events that might explain it."""

    def change(answer: Answer) -> None:
        rows(answer)[0]["overallSpendCents"] += cents

    cycle, _simulated = reconciled(tmp_path, change)
    assert not cycle.agrees
    assert cycle.lines[0].cause == "unknown"
    assert split(cycle) == {"unknown": -round(cents * NANO_A_CENT)}


def test_the_newest_events_are_late_where_the_total_lacks_just_them(tmp_path: Path) -> None:
    """Cursor aggregates hourly, so that its totals run behind its events."""
    simulated = simulation(COMPANY)
    newest = simulated.truth.visible()[-3:]
    emails = [email.lower() for email in COMPANY.emails]
    lacking = {emails[simulated.truth.events.actor[row]] for row in newest}

    def lag(answer: Answer) -> None:
        for row in newest:
            (line,) = [
                each
                for each in answer["teamMemberSpend"]
                if each["email"] == emails[simulated.truth.events.actor[row]]
            ]
            line["overallSpendCents"] -= int(simulated.truth.events.charged_nano[row]) / NANO_A_CENT

    cycle, _simulated = reconciled(tmp_path, lag)
    assert split(cycle) == {"late": simulated.truth.total(newest).value_nano}
    found = {line.person: line.parts for line in cycle.lines if line.parts}
    assert set(found) <= lacking
    assert {event.split("-")[1] for (part,) in found.values() for event in part.examples} == {
        str(simulated.truth.events.ts[row]) for row in newest if simulated.truth.events.charged_nano[row]
    }


def test_a_member_that_the_totals_lack_is_unknown_while_the_members_list_has_them(tmp_path: Path) -> None:
    gone: list[str] = []

    def drop(answer: Answer) -> None:
        row = next(row for row in rows(answer) if "svc-" not in row["email"])
        answer["teamMemberSpend"].remove(row)
        answer["totalMembers"] -= 1
        gone.append(row["email"])

    cycle, _simulated = reconciled(tmp_path, drop)
    (line,) = [line for line in cycle.lines if not line.listed]
    assert (line.person, line.cause) == (gone[0], "unknown")
    assert line.provider_usage_value == 0
    assert line.difference > 0


def test_a_service_account_that_the_totals_lack_is_the_cause(tmp_path: Path) -> None:
    def drop(answer: Answer) -> None:
        row = next(row for row in rows(answer) if "svc-" in row["email"])
        answer["teamMemberSpend"].remove(row)
        answer["totalMembers"] -= 1

    cycle, _simulated = reconciled(tmp_path, drop, of=company(19, seats=4, days=40, events=2_000))
    assert split(cycle) == {"service_account": cycle.difference}
    assert cycle.difference > 0


def test_someone_who_left_is_the_cause_where_the_totals_lack_them(tmp_path: Path) -> None:
    simulated = simulation(COMPANY)
    person = simulated.teams[0].company.people[0].email.lower()
    meddler = Meddler(simulated)

    def forget(_body: Answer, answer: Answer) -> None:
        answer["teamMemberSpend"] = [row for row in answer["teamMemberSpend"] if row["email"] != person]
        answer["totalMembers"] = len(answer["teamMemberSpend"])

    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        simulated.remove_member(person)
        meddler.rewrites[SPEND] = forget
        pass_time(simulated, hours=1)
        workspace.schedule.run_due()
        (cycle, *_) = workspace.reconciler.cycles(connection_id)
    (line,) = [line for line in cycle.lines if line.parts]
    assert (line.person, line.cause, line.listed) == (person, "removed_member", False)
    assert split(cycle) == {"removed_member": line.usage_value}


def test_events_that_lost_their_name_are_the_cause_on_both_lines(tmp_path: Path) -> None:
    person = COMPANY.people[0].email

    cycle, _simulated = reconciled(tmp_path, before=lambda simulated: simulated.remove_member(person))
    by_person = {line.person: line for line in cycle.lines}
    assert by_person["unattributed"].cause == by_person[person.lower()].cause == "removed_member"
    assert by_person["unattributed"].usage_value == -by_person[person.lower()].difference > 0
    assert split(cycle) == {"removed_member": 0}
    assert not cycle.agrees


def test_a_total_that_counts_more_than_was_read_is_read_on_to(tmp_path: Path) -> None:
    """Else every busy team would differ by what came to pass during the refresh itself."""
    simulated = simulation(company(11, seats=4, days=40, events=20_000), now=DAY_BEFORE + timedelta(hours=12))
    meddler = Meddler(simulated)

    def dawdle(_body: Answer) -> None:
        pass_time(simulated, hours=3)

    meddler.answers[SPEND] = dawdle
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        before = simulated.truth.total().events
        workspace.schedule.run_due()
        assert simulated.truth.total().events > before + 2
        (cycle, *_) = workspace.reconciler.cycles(connection_id)
    assert split(cycle) == {}
    assert cycle.agrees


@pytest.mark.parametrize("hours", [-9, 9])
def test_events_on_the_other_side_of_the_cycles_start_are_the_cause(tmp_path: Path, hours: int) -> None:
    """The provider may cut its cycle at a local midnight and say a UTC one."""

    def shift(answer: Answer) -> None:
        answer["subscriptionCycleStart"] += hours * HOUR_MS

    cycle, simulated = reconciled(tmp_path, shift, of=company(34, seats=4, days=40, events=2_000))
    stated = ms(cycle.cycle_start)
    counted = stated - hours * HOUR_MS
    between = simulated.truth.visible(min(stated, counted), max(stated, counted))
    amount = simulated.truth.total(between).value_nano
    assert amount > 0
    assert split(cycle) == {"cycle_boundary": amount if hours < 0 else -amount}
    for line in cycle.lines:
        assert all(part.events and part.examples for part in line.parts)


def test_events_under_the_customers_own_key_are_unbilled_where_the_total_lacks_them(tmp_path: Path) -> None:
    simulated = simulation(ROLLING, now=DAY_BEFORE)
    events = simulated.truth.events
    own_key = [row for row in simulated.truth.visible() if events.kind[row] == OWN_KEY]
    emails = [email.lower() for email in ROLLING.emails]
    lacking: list[int] = []

    def leave_out(body: Answer, answer: Answer) -> None:
        assert body
        chosen = [row for row in own_key if events.ts[row] >= answer["subscriptionCycleStart"]]
        lacking.append(sum(int(events.charged_nano[row]) for row in chosen))
        for line in answer["teamMemberSpend"]:
            own = sum(
                int(events.charged_nano[row]) for row in chosen if emails[events.actor[row]] == line["email"]
            )
            line["overallSpendCents"] -= own / NANO_A_CENT

    meddler = Meddler(simulated)
    meddler.rewrites[SPEND] = leave_out
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        (cycle,) = workspace.reconciler.cycles(connection_id)
    assert split(cycle) == {"unbilled": lacking[-1]}
    assert lacking[-1] > 0


def test_a_shifted_start_and_own_key_events_are_told_apart_in_one_person(tmp_path: Path) -> None:
    simulated = simulation(OWN_KEYS, now=DAY_BEFORE)
    events = simulated.truth.events
    emails = [email.lower() for email in OWN_KEYS.emails]
    counted = 0

    def shift_and_leave_out(answer: Answer) -> None:
        nonlocal counted
        counted = answer["subscriptionCycleStart"]
        answer["subscriptionCycleStart"] -= 13 * HOUR_MS
        for row in simulated.truth.visible(counted):
            if events.kind[row] == OWN_KEY:
                (line,) = [
                    each for each in answer["teamMemberSpend"] if each["email"] == emails[events.actor[row]]
                ]
                line["overallSpendCents"] -= int(events.charged_nano[row]) / NANO_A_CENT

    meddler = Meddler(simulated)
    meddler.rewrites[SPEND] = lambda _body, answer: shift_and_leave_out(answer)
    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        (cycle,) = workspace.reconciler.cycles(connection_id)
    ours = simulated.truth.visible(ms(cycle.cycle_start))
    own_key = ours[events.kind[ours] == OWN_KEY]
    moved = ours[(events.ts[ours] < counted) & (events.kind[ours] != OWN_KEY)]
    assert split(cycle) == {
        "unbilled": sum_of(simulated, own_key),
        "cycle_boundary": sum_of(simulated, moved),
    }
    assert any(len(line.parts) > 1 for line in cycle.lines), "both befell one person"


def test_a_spend_that_holds_what_the_plan_covers_is_told_so(tmp_path: Path) -> None:
    """Until early 2026 `spendCents` was the whole."""

    def old_meaning(answer: Answer) -> None:
        for row in answer["teamMemberSpend"]:
            row["spendCents"] = row.pop("overallSpendCents")

    cycle, simulated = reconciled(tmp_path, old_meaning)
    truth = simulated.truth.total(simulated.truth.visible(ms(cycle.cycle_start)))
    assert split(cycle) == {"unbilled": truth.spend_nano - truth.value_nano}


def over_the_rollover(folder: Path, faults: Faults) -> tuple[Reconciliation, Simulation, int]:
    """Return the comparison of a cycle that ended a while ago, and the sum that its totals stated when they were read.

    From then on the provider speaks of the next cycle alone, while events of this one still come and change.
    """
    simulated = simulation(ROLLING, faults=faults, now=DAY_BEFORE)
    with workspace_for(simulated, folder) as workspace:
        connection_id = connect(workspace, simulated)
        workspace.schedule.run_due()
        pass_time(simulated, hours=26)
        workspace.schedule.run_due()
        (known, *_) = workspace.reconciler.cycles(connection_id)
        assert known.agrees
        stated = sum(line.provider_usage_value or 0 for line in known.lines)
        for _refresh in range(8):
            pass_time(simulated, hours=6)
            workspace.schedule.run_due()
        present, former, *_ = workspace.reconciler.cycles(connection_id)
        assert former.cycle_start == known.cycle_start < present.cycle_start
        assert former.read_at == known.read_at
    return former, simulated, stated


def test_events_published_after_the_cycles_last_totals_are_late(tmp_path: Path) -> None:
    cycle, simulated, stated = over_the_rollover(tmp_path, Faults(seed=3, late_permille=300, late_hours=12))
    within = simulated.truth.visible(ms(cycle.cycle_start), ms(cycle.read_at))
    late = simulated.truth.total(within).value_nano - stated
    assert late > 0
    assert split(cycle) == {"late": late}
    assert any(part.events and part.examples for line in cycle.lines for part in line.parts)


def test_charges_that_changed_after_the_cycles_last_totals_are_revised(tmp_path: Path) -> None:
    cycle, simulated, stated = over_the_rollover(
        tmp_path, Faults(seed=3, revised_permille=300, revised_hours=24)
    )
    within = simulated.truth.visible(ms(cycle.cycle_start), ms(cycle.read_at))
    revised = sum_of(simulated, within) - stated
    assert revised != 0
    assert split(cycle) == {"revised": revised}


def test_late_and_revised_together_are_told_apart(tmp_path: Path) -> None:
    faults = Faults(seed=3, revised_permille=300, revised_hours=24, late_permille=300, late_hours=12)
    cycle, simulated, stated = over_the_rollover(tmp_path, faults)
    counted = simulation(ROLLING, faults=faults, now=cycle.read_at).truth.visible(ms(cycle.cycle_start))
    within = simulated.truth.visible(ms(cycle.cycle_start), ms(cycle.read_at))
    late = np.setdiff1d(within, counted)
    assert split(cycle) == {
        "late": sum_of(simulated, late),
        "revised": sum_of(simulated, counted) - stated,
    }
    assert any(len(line.parts) > 1 for line in cycle.lines), "both befell one person"


def test_an_event_that_was_taken_back_after_the_cycles_last_totals_is_revised(tmp_path: Path) -> None:
    simulated = simulation(ROLLING, now=DAY_BEFORE)
    meddler = Meddler(simulated)
    taken: list[int] = []

    def take_back(_body: Answer, answer: Answer) -> None:
        for event in [each for each in answer["usageEvents"] if int(each["timestamp"]) == moment]:
            answer["usageEvents"].remove(event)
            answer["totalUsageEventsCount"] -= 1
            taken.append(round(event["chargedCents"] * NANO_A_CENT))

    with workspace_for(simulated, tmp_path, transport=meddler) as workspace:
        connection_id = connect(workspace, simulated)
        pass_time(simulated, hours=26)
        workspace.schedule.run_due()
        costly = [row for row in simulated.truth.visible()[-40:] if simulated.truth.events.charged_nano[row]]
        moment = int(simulated.truth.events.ts[costly[-1]])
        meddler.rewrites[EVENTS] = take_back
        pass_time(simulated, hours=6)
        workspace.schedule.run_due()
        _present, former = workspace.reconciler.cycles(connection_id)
    assert split(former) == {"revised": -taken[0]}


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
