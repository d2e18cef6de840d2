"""How far data reaches, as every answer says it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from finora.spend.query import SpendQuery
from support.simulated import company, connect, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from pathlib import Path


def test_a_removed_team_whose_history_is_kept_does_not_make_the_data_look_old(tmp_path: Path) -> None:
    simulated = simulation(company(7), company(8))
    with workspace_for(simulated, tmp_path) as workspace:
        former, present = connect(workspace, simulated), connect(workspace, simulated, team=1, name="Second")
        workspace.schedule.run_due()
        workspace.connections.remove(former)
        pass_time(simulated, hours=5)
        workspace.schedule.request(present)
        workspace.schedule.run_due()
        answer = workspace.spend.answer(SpendQuery(timezone="UTC"))
        assert answer.data_through is not None
        assert workspace.clock.now() - answer.data_through < timedelta(minutes=5)
