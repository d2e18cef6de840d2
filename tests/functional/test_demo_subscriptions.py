"""The demo's company has subscriptions, so that a newcomer finds AI Subscriptions alive, for a team of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from finora.accounts import OPERATOR
from finora.cli.demo_subscriptions import buy_subscriptions
from finora.cli.reach import Reach
from finora.simulator import small
from support.running import OPERATOR_TOKEN, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.running import Running


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(small(), tmp_path_factory.mktemp("demo") / "data") as served:
        served.connect("Lumenworks")
        yield served


@pytest.fixture(autouse=True)
def cleared(finora: Running) -> Iterator[None]:
    yield
    for each in finora.workspace.subscriptions.all():
        finora.workspace.subscriptions.delete(OPERATOR, each.id)


@pytest.mark.parametrize("seats", [1, 4, 60])
def test_the_page_is_alive_from_the_start(finora: Running, seats: int) -> None:
    kept = finora.workspace.subscriptions
    (connection,) = kept.connections()
    with httpx.Client(base_url=finora.url, headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"}) as client:
        buy_subscriptions(Reach(client), connection, seats)
    bought = kept.all()
    assert len({each.sku for each in bought}) >= 4
    assert any(each.state(kept.today) == "ended" for each in bought)
    assert any(each.tags for each in bought)
    assert {each.terms_now(kept.today).cycle.value for each in bought} == {"monthly", "annual"}
    assert len(kept.renewals(60)) >= 3
    months = [month.total for month in kept.trend(12)]
    assert all(months)
    assert len(set(months)) > 2
    (cursor,) = (each for each in bought if each.name == "Cursor Teams")
    assert [each.seats for each in cursor.contract.terms][-1] == seats
    assert cursor.contract.terms[-1].effective > kept.today
    assert finora.workspace.seats.use(cursor.id).people
