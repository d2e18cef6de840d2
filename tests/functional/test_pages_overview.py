"""The overview: the same figures as everywhere, honest about what was not read, and a way out of every empty state."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from finora.accounts import Role
from finora.simulator import small
from finora.spend.query import SpendQuery
from finora.spend.request import period_from_json
from finora.values.money import nano_from_usd, usd_display, usd_short
from finora.values.period import Period
from support.pages import Page, Visitor, add_user, visited
from support.simulated import connect, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data"), timezone="Europe/Berlin") as visitor:
        yield visitor


def series(page: Page) -> dict[str, list[str | None]]:
    (chart,) = page.charts
    return {each["label"]: each["values"] for each in json.loads(chart)["series"]}


def total(visitor: Visitor, metric: str = "spend", period: str = "28d", own: str | None = None) -> int:
    query = SpendQuery(metrics=(metric,), period=Period.relative(period), timezone="Europe/Berlin")
    return visitor.workspace.spend.answer(query, own=own).totals.values[0]


@pytest.mark.parametrize("period", ["7d", "28d", "mtd", "all"])
def test_tile_chart_and_table_agree_to_the_nano(owner: Visitor, period: str) -> None:
    page = owner.open(f"/?period={period}")
    spend = total(owner, period=period)
    drawn = [value for values in series(page).values() for value in values if value is not None]
    assert sum(nano_from_usd(value) for value in drawn) == spend > 0
    assert usd_short(spend) in page.text
    assert usd_short(total(owner, "usage_value", period)) in page.text


def test_every_link_leads_to_a_page(owner: Visitor) -> None:
    page = owner.open("/?period=7d&compare=year")
    assert len(page.links) > 40
    for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
        response = owner.http.get(link)
        assert response.status_code == 200, link
        assert "was left out" not in response.text, link


def test_the_form_of_the_period_leads_to_what_it_says(owner: Visitor) -> None:
    page = owner.fill_in(owner.open("/"), "/", **{"from": "2026-11-01", "through": "2026-11-07"})
    assert "1 to 7 Nov 2026" in page.text
    assert usd_short(owner_span(owner, "2026-11-01", "2026-11-08")) in page.text


def owner_span(visitor: Visitor, first: str, last: str) -> int:
    found = visitor.workspace.spend
    query = SpendQuery(timezone="Europe/Berlin")
    period = period_from_json({"start": first, "end": last}, query.zone)
    return found.answer(replace(query, period=period)).totals.values[0]


def test_what_the_address_says_wrongly_is_told_on_a_page_that_works(owner: Visitor) -> None:
    page = owner.open("/?period=nonsense&utm_source=mail")
    assert page.status == 200
    assert "not understood" in page.text
    assert "nonsense" in page.text
    assert "utm_source" in page.text
    assert page.charts


def test_time_that_was_not_read_is_hatched_and_never_zero(tmp_path: Path) -> None:
    with visited(simulation(), tmp_path, sync_horizon_days=10) as visitor:
        chart = json.loads(visitor.open("/?period=14d").charts[0])
        assert [bucket["missing"] for bucket in chart["buckets"]] == [True] * 3 + [False] * 11
        for each in chart["series"]:
            assert each["values"][:3] == [None] * 3
            assert None not in each["values"][3:]


def test_a_period_that_was_never_read_says_so_and_not_that_nothing_happened(tmp_path: Path) -> None:
    with visited(simulation(), tmp_path, sync_horizon_days=10) as visitor:
        page = visitor.open("/?from=2026-10-01&to=2026-10-08")
        assert "This period was not read" in page.text
        assert "Nothing happened" not in page.text


def test_a_period_is_not_compared_with_one_that_was_not_read(tmp_path: Path) -> None:
    with visited(simulation(), tmp_path, sync_horizon_days=10) as visitor:
        page = visitor.open("/?period=7d")
        assert "the 7 days before not read" in page.text
        assert "more than" not in page.text
        assert "less than" not in page.text


def test_the_bucket_that_is_not_over_says_so_and_none_lies_ahead(owner: Visitor) -> None:
    chart = json.loads(owner.open("/?period=7d").charts[0])
    assert len(chart["buckets"]) == 7
    assert [bucket["partial"] for bucket in chart["buckets"]] == [False] * 6 + [True]
    today = json.loads(owner.open("/?period=today").charts[0])
    assert len(today["buckets"]) < 24


def test_before_anything_is_connected_the_way_to_connect_is_shown(tmp_path: Path) -> None:
    with visited(simulation(), tmp_path, connected=False) as visitor:
        page = visitor.open("/")
        assert "Nothing is connected yet" in page.text
        assert "/settings/api-keys" in page.links


def test_the_first_read_is_watched_on_the_overview(tmp_path: Path) -> None:
    simulated = simulation()
    with visited(simulated, tmp_path, connected=False) as visitor:
        connection = connect(visitor.workspace, simulated, name="Lumenworks")
        visitor.workspace.schedule.request(connection)
        page = visitor.open("/")
        assert "Reading the history of Lumenworks" in page.text
        assert 'hx-trigger="every' in page.source
        visitor.workspace.schedule.run_due()
        after = visitor.open("/")
        assert "Reading the history" not in after.text
        assert 'hx-trigger="every' not in after.source


def test_a_period_without_events_offers_one_with_some(owner: Visitor) -> None:
    page = owner.open("/?from=2026-01-01&to=2026-01-02")
    assert "Nothing happened in this period" in page.text
    assert "/?period=all" in page.links


def test_a_viewer_sees_their_own_figures_and_nobody_elses(owner: Visitor) -> None:
    add_user(owner.workspace, "priya.natarajan@lumenworks.test", Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in("priya.natarajan@lumenworks.test")
    page = viewer.open("/?period=all")
    own = total(owner, period="all", own="priya.natarajan@lumenworks.test")
    assert usd_short(own) in page.text
    for name in ("Mara Okafor", "Lee Wang", "Top people", usd_display(total(owner, period="all"))):
        assert name not in page.text, name


def test_the_api_answers_the_same_figures(owner: Visitor) -> None:
    answer = owner.http.post(
        "/api/v1/query",
        json={"metrics": ["spend"], "period": "28d", "timezone": "Europe/Berlin"},
        headers={"x-csrf-token": owner.csrf},
    ).json()
    assert usd_short(nano_from_usd(answer["totals"]["spend"])) in owner.open("/").text


def test_freshness_says_how_far_the_data_reaches_and_when_it_is_late(tmp_path: Path) -> None:
    simulated = simulation()
    with visited(simulated, tmp_path) as visitor:
        page = visitor.open("/")
        assert "Data through" in page.text
        assert "synced just now" in page.text
        pass_time(simulated, hours=30)
        visitor.sign_in()
        late = visitor.open("/")
        assert "Data through yesterday" in late.text
        assert 'data-level="caution"' in late.source


def test_links_that_filter_by_name_hold_the_stable_key(owner: Visitor) -> None:
    people = [link for link in owner.open("/?period=all").links if "f=is,person," in link]
    assert people
    assert all("@lumenworks.test" in urlsplit(link).query for link in people if "svc" not in link)


def test_a_workspace_in_another_zone_shows_its_own_days(tmp_path: Path) -> None:
    simulated = simulation()
    with workspace_for(simulated, tmp_path, timezone="Pacific/Auckland") as workspace:
        add_user(workspace, "owner@acme.test", Role.OWNER)
        connect(workspace, simulated)
        workspace.schedule.run_due()
        visitor = Visitor(workspace)
        visitor.sign_in()
        chart = json.loads(visitor.open("/?period=7d").charts[0])
        assert chart["buckets"][-1]["label"] == "21 Nov", "there it is the next day already"


def test_the_patterns_hold_the_same_money_and_their_squares_lead_to_it(owner: Visitor) -> None:
    page = owner.open("/patterns?period=28d")
    calendar, grid, tree = (json.loads(chart) for chart in page.charts)
    spent = total(owner)
    assert nano_sum(cell["value"] for row in grid["cells"] for cell in row) == spent
    assert nano_sum(node["value"] for node in tree["nodes"]) == spent
    leaves = [
        leaf for vendor in tree["nodes"] for family in vendor["children"] for leaf in family["children"]
    ]
    assert nano_sum(leaf["value"] for leaf in leaves) == spent
    days = {day["date"]: day for day in calendar["days"]}
    assert nano_sum(day["value"] for day in calendar["days"] if day["value"]) == total(owner, period="all")
    day = max(days.values(), key=lambda each: nano_from_usd(each["value"] or "0"))
    assert usd_short(nano_from_usd(day["value"])) in owner.open(day["href"]).text
    assert len(calendar["days"]) > 360


def nano_sum(values: Iterable[str]) -> int:
    return sum(map(nano_from_usd, values))
