"""Subscriptions on the overview: told beside spend, and folded into chart and tables by a switch that is a link."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import OPERATOR, Role
from finora.simulator import small
from finora.spend.query import SpendQuery
from finora.spend.service import Spend
from finora.values.money import nano_from_usd, usd_short
from finora.values.period import Period
from support.pages import Page, Visitor, add_user, visited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from finora.spend.result import SpendResult

PRIYA = "priya.natarajan@lumenworks.test"
ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data"), timezone=ZONE) as visitor:
        made = visitor.workspace.subscriptions.create(
            OPERATOR,
            {
                "name": "ChatGPT",
                "sku": "chatgpt-team",
                "seats": 4,
                "price_per_seat": "30.00",
                "billing_cycle": "monthly",
                "start_date": "2026-01-01",
            },
        )
        visitor.workspace.subscriptions.assign(OPERATOR, made.id, [{"person": PRIYA}])
        yield visitor


def total(visitor: Visitor, metric: str, period: str, own: str | None = None) -> int:
    query = SpendQuery(metrics=(metric,), period=Period.relative(period), timezone=ZONE)
    return visitor.workspace.spend.answer(query, own=own).totals.values[0]


def drawn(page: Page) -> int:
    (chart,) = page.charts
    values = [value for each in json.loads(chart)["series"] for value in each["values"]]
    return sum(nano_from_usd(value) for value in values if value is not None)


def days(visitor: Visitor, period: str) -> tuple[date, date]:
    query = SpendQuery(period=Period.relative(period), timezone=ZONE)
    span, zone = visitor.workspace.spend.plan(query).span, visitor.workspace.settings.zone
    return span.start.astimezone(zone).date(), span.end.astimezone(zone).date()


def domain(visitor: Visitor, period: str) -> int:
    """Return what the subscriptions themselves say a period costs."""
    return visitor.workspace.subscriptions.summary(*days(visitor, period)).period_total


@pytest.mark.parametrize("period", ["7d", "28d", "mtd"])
def test_subscriptions_stand_beside_spend_and_the_total_says_what_is_added(
    owner: Visitor, period: str
) -> None:
    page = owner.open(f"/?period={period}")
    spend, flat = total(owner, "spend", period), domain(owner, period)
    assert flat > 0
    assert total(owner, "total_cost", period) == spend + flat
    for amount in (spend, flat, spend + flat):
        assert usd_short(amount) in page.text
    assert f"{usd_short(spend)} spend + {usd_short(flat)} subscriptions" in page.text
    assert drawn(page) == spend


def _chatgpt(visitor: Visitor) -> str:
    plan = {"name": "ChatGPT", "sku": "chatgpt-team", "seats": 4, "price_per_seat": "30.00"}
    dated = {"billing_cycle": "monthly", "start_date": "2026-01-01"}
    return visitor.workspace.subscriptions.create(OPERATOR, plan | dated).id


def test_before_anything_is_connected_what_subscriptions_cost_is_shown_beside_the_way_to_connect(
    tmp_path: Path,
) -> None:
    """Whoever enters subscriptions first would otherwise be told that there is nothing."""
    with visited(small(), tmp_path, connected=False, timezone=ZONE) as visitor:
        made = _chatgpt(visitor)
        page = visitor.open("/?period=28d")
        assert usd_short(domain(visitor, "28d")) in page.text
        assert "ChatGPT Business" in page.text
        assert "Nothing is connected yet" in page.text
        assert {"/settings/api-keys", "/subscriptions?sku=chatgpt-team"} <= set(page.links)
        add_user(visitor.workspace, PRIYA, Role.VIEWER)
        viewer = Visitor(visitor.workspace)
        viewer.sign_in(PRIYA)
        assert "ChatGPT" not in viewer.open("/").text
        visitor.workspace.subscriptions.delete(OPERATOR, made)
        assert "ChatGPT" not in visitor.open("/").text


def test_without_subscriptions_nothing_is_asked_about_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody without subscriptions would wait for a statement whose answer is nothing."""
    with visited(small(), tmp_path, timezone=ZONE) as visitor:
        asked: list[tuple[str, ...]] = []
        answer = Spend.answer

        def noted(self: Spend, query: SpendQuery, **more: Any) -> SpendResult:  # noqa: ANN401 - as the original takes them
            asked.append(query.metrics)
            return answer(self, query, **more)

        monkeypatch.setattr(Spend, "answer", noted)
        page = visitor.open("/?period=28d")
        spend = usd_short(total(visitor, "spend", "28d"))
        assert f"{spend} spend + $0.00 subscriptions" in page.text
        assert not [metrics for metrics in asked if "subscription_cost" in metrics]
        _chatgpt(visitor)
        assert usd_short(domain(visitor, "28d")) in visitor.open("/?period=28d").text


@pytest.mark.parametrize("period", ["today", "7d", "28d", "mtd"])
def test_the_switch_folds_them_into_chart_and_tables(owner: Visitor, period: str) -> None:
    page = owner.open(f"/?period={period}&subscriptions=1")
    assert "not understood" not in page.text
    assert drawn(page) == total(owner, "spend", period) + domain(owner, period)
    for text in ("Total cost by model", "spend and subscriptions", "Unattributed"):
        assert text in page.text


def test_the_switch_is_a_link_there_and_back_and_everything_on_the_page_keeps_it(owner: Visitor) -> None:
    plain = owner.open("/?period=7d")
    assert "/?period=7d&subscriptions=1" in plain.links
    page = owner.open("/?period=7d&subscriptions=1")
    assert "/?period=7d" in page.links
    assert "/?period=mtd&subscriptions=1" in page.links
    assert [name for name in page.form("/").fields if name == "subscriptions"]
    folded = owner.fill_in(page, "/", **{"from": "2026-11-01", "through": "2026-11-07"})
    assert "Total cost by model" in folded.text
    into = [link for link in page.links if link.startswith("/explore?") and "f=is" in link]
    assert into
    assert all("metric=total_cost" in link for link in into)


def test_a_plan_on_the_overview_opens_to_its_own_cost_in_explore(owner: Visitor) -> None:
    page = owner.open("/?period=7d&subscriptions=1")
    (link,) = {each for each in page.links if "f=is,model,plan" in each and each.startswith("/explore")}
    assert usd_short(domain(owner, "7d")) in owner.open(link).text


def test_every_link_leads_to_a_page(owner: Visitor) -> None:
    page = owner.open("/?period=7d&subscriptions=1")
    for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
        response = owner.http.get(link)
        assert response.status_code == 200, link
        assert "was left out" not in response.text, link


def test_a_viewer_sees_their_own_seat_and_nobody_elses(owner: Visitor) -> None:
    add_user(owner.workspace, PRIYA, Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in(PRIYA)
    page = viewer.open("/?period=28d&subscriptions=1")
    spend = total(owner, "spend", "28d", PRIYA)
    seat = sum(each.amount for each in owner.workspace.seats.seat_charges(*days(owner, "28d"), own=PRIYA))
    assert 0 < seat < domain(owner, "28d")
    assert drawn(page) == spend + seat
    assert usd_short(domain(owner, "28d")) not in page.text


def test_the_api_and_the_files_of_explore_answer_the_same_total(owner: Visitor) -> None:
    expected = total(owner, "total_cost", "28d")
    answer = owner.http.post(
        "/api/v1/query",
        json={"metrics": ["total_cost"], "dimensions": ["kind"], "period": "28d", "timezone": ZONE},
        headers={"x-csrf-token": owner.csrf},
    ).json()
    assert nano_from_usd(answer["totals"]["total_cost"]) == expected
    assert "subscription" in {row["kind"] for row in answer["rows"]}
    file = owner.http.get("/explore.json?metric=total_cost&by=provider&period=28d").json()
    assert nano_from_usd(file["totals"]["total_cost"]) == expected
