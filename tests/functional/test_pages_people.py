"""People and Teams: figures that agree with the API, addresses that can be passed on, and nobody shown to whom they may not be."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from finora.accounts import OPERATOR, Role
from finora.people import Asked, sum_of
from finora.simulator import small
from finora.spend.query import SpendQuery
from finora.values.money import nano_from_usd, usd_display, usd_short
from finora.values.period import Period
from finora.web.address.links import Links
from finora.web.people.address import read_address, write_address
from support.pages import Page, Visitor, add_user, visited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VIC = "priya.natarajan@lumenworks.test"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data"), timezone="Europe/Berlin") as visitor:
        (connection,) = visitor.workspace.connections.all()
        visitor.workspace.subscriptions.create(OPERATOR, cursor_seats(connection.id))
        yield visitor


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Visitor]:
    """A Finora of a test's own, to be changed."""
    with visited(small(), tmp_path) as visitor:
        yield visitor


def cursor_seats(connection: str) -> Json:
    return {
        "name": "Cursor",
        "sku": "cursor-business",
        "seats": 40,
        "price_per_seat": "40.00",
        "billing_cycle": "monthly",
        "start_date": "2026-01-01",
        "connection": connection,
    }


def answer(visitor: Visitor, address: str) -> Json:
    response = visitor.http.get(address)
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


def filled_in(visitor: Visitor, page: Page, **fields: str) -> Page:
    """Return what comes of filling in and sending the page's own form that has these fields."""
    own = [each for each in page.forms if each.action.startswith(("/people", "/teams"))]
    form = next(each for each in own if set(fields) <= each.names)
    if form.method == "get":
        return Page(visitor.http.get(form.action, params=form.fields | fields))
    return Page(visitor.http.post(form.action, data=form.fields | fields))


def spent(visitor: Visitor, period: str = "28d") -> int:
    query = SpendQuery(period=Period.relative(period), timezone="Europe/Berlin")
    return visitor.workspace.spend.answer(query).totals.values[0]


@pytest.mark.parametrize("period", ["7d", "28d", "mtd", "last_month", "all"])
def test_page_api_and_query_agree_to_the_nano(owner: Visitor, period: str) -> None:
    listed = answer(owner, f"/api/v1/people?period={period}&limit=1000")
    assert sum(nano_from_usd(each["spend"]) for each in listed["people"]) == spent(owner, period) > 0
    assert nano_from_usd(listed["totals"]["spend"]) == spent(owner, period)
    page = owner.open(f"/people?period={period}")
    assert usd_short(spent(owner, period)) in page.text
    for each in listed["people"][:5]:
        assert usd_display(nano_from_usd(each["spend"])) in page.text
        assert usd_display(nano_from_usd(each["true_total"])) in page.text


def test_seats_of_everybody_and_of_nobody_are_what_the_subscriptions_cost(owner: Visitor) -> None:
    figures = owner.workspace.directory.figures(Asked(period=Period("28d")))
    today = owner.workspace.subscriptions.today
    start = figures.span.start.astimezone(owner.workspace.settings.zone).date()
    paid = sum(owner.workspace.subscriptions.daily(start, today)) + sum(
        owner.workspace.subscriptions.daily(
            today, figures.span.end.astimezone(owner.workspace.settings.zone).date()
        )
    )
    assert sum_of(figures.lines)[0].seats == paid > 0
    assert "Seats that nobody holds" in owner.open("/people").text


def test_service_accounts_and_those_who_left_are_told_apart(owner: Visitor) -> None:
    listed = answer(owner, "/api/v1/people?period=all&limit=1000")["people"]
    kinds = {each["kind"] for each in listed}
    assert {"person", "service_account"} <= kinds
    bots = [each for each in listed if each["kind"] == "service_account"]
    page = owner.open("/people?period=all")
    assert "Service account" in page.text
    assert all(each["name"] in page.text for each in bots)
    removed = [each["person"] for each in listed if each["state"] == "removed"]
    assert removed
    only = answer(owner, "/api/v1/people?period=all&state=removed")
    assert sorted(each["person"] for each in only["people"]) == sorted(removed)
    nobody = [each["kind"] for each in listed if each["kind"] in {"unattributed", "unassigned"}]
    assert [each["kind"] for each in listed][-len(nobody) :] == nobody, "what is nobody comes last"


@pytest.mark.parametrize(
    "sort",
    ["name", "team", "spend", "change", "usage_value", "seats", "total", "events", "model", "last_active"],
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_sorts_the_page_as_it_does_the_api(owner: Visitor, sort: str, sign: str) -> None:
    listed = answer(owner, f"/api/v1/people?compare=previous&limit=1000&sort={sign}{sort}")["people"]
    shown = answer(owner, f"/people.json?sort={sign}{sort}&rows=all")["people"]
    assert shown == listed
    values = [
        each.get({"total": "true_total", "model": "favourite_model"}.get(sort, sort)) for each in listed
    ]
    if sort in {"spend", "usage_value", "total"}:
        found = [
            nano_from_usd(value)
            for each, value in zip(listed, values, strict=True)
            if each["kind"] == "person"
        ]
        assert found == sorted(found, reverse=sign == "-")


def test_search_finds_by_name_and_address_in_any_order(owner: Visitor) -> None:
    someone = answer(owner, "/api/v1/people?limit=1")["people"][0]
    first, last = someone["name"].split()[0], someone["name"].split()[-1]
    page = filled_in(owner, owner.open("/people"), q=f"{last.upper()} {first}")
    assert someone["person"] in page.text
    found = answer(owner, f"/people.json?q={someone['person']}")
    assert [each["person"] for each in found["people"]] == [someone["person"]]
    nobody = owner.open("/people?q=zzzzzz")
    assert "Nobody here" in nobody.text
    assert "/people" in nobody.links


def test_a_team_keeps_only_its_people(owner: Visitor) -> None:
    team = owner.workspace.teams.all()[0]
    listed = answer(owner, f"/people.json?team={team.key}&rows=all")["people"]
    assert {each["team"] for each in listed} == {team.key}
    assert {each["person"] for each in listed} == set(team.members)


def test_files_hold_exactly_what_is_shown(owner: Visitor) -> None:
    response = owner.http.get("/people.csv?sort=name&rows=all")
    assert "attachment" in response.headers["content-disposition"]
    table = list(csv.DictReader(io.StringIO(response.text)))
    shown = answer(owner, "/people.json?sort=name&rows=all")["people"]
    assert [row["person"] for row in table] == [each["person"] for each in shown]
    assert [row["spend"] for row in table] == [each["spend"] for each in shown]
    assert [row["previous_spend"] for row in table] == [each["previous"]["spend"] for each in shown]


@pytest.mark.parametrize(
    "address",
    [
        "/people?period=7d&compare=year&sort=-total",
        f"/people/{VIC}?period=mtd",
        "/teams?period=7d",
        "/teams/none",
    ],
)
def test_every_link_leads_to_a_page_that_understands_it(owner: Visitor, address: str) -> None:
    page = owner.open(address)
    assert page.status == 200
    for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
        response = owner.http.get(link)
        assert response.status_code == 200, link
        assert "was left out" not in response.text, link


def test_every_address_of_a_page_parses_back_to_itself(owner: Visitor) -> None:
    links = Links("Europe/Berlin")
    for link in owner.open("/people?period=7d&q=a&state=active&sort=name").links:
        parts = urlsplit(link)
        if parts.path == "/people":
            here, problems = read_address(links, "/people", parse_qsl(parts.query))
            assert problems == (), link
            assert write_address(links, here) == link


@pytest.mark.parametrize(
    "address",
    [
        "/people?period=x&sort=shoe&state=asleep&page=0&nonsense=1",
        "/teams?sort=state&page=x",
        f"/people/{VIC}?by=1",
    ],
)
def test_what_an_address_says_wrongly_is_told_on_a_page_that_works(owner: Visitor, address: str) -> None:
    page = owner.open(address)
    assert page.status == 200
    assert "left out" in page.text


def test_a_page_beyond_the_last_is_the_last(owner: Visitor) -> None:
    assert owner.open("/people?page=999").text.count("Favourite model") == 1


def test_a_persons_page_agrees_with_their_line_and_with_explore(owner: Visitor) -> None:
    line = answer(owner, f"/api/v1/people/{VIC}?period=28d")
    page = owner.open(f"/people/{VIC}?period=28d")
    for name in ("spend", "usage_value", "true_total", "seat_cost"):
        assert usd_short(nano_from_usd(line[name])) in page.text, name
    for title in ("Spend by model", "Models", "Event types", "Active hours", "Newest events"):
        assert title in page.text
    explore = next(link for link in page.links if link.startswith("/explore?f=is,person,"))
    assert usd_short(nano_from_usd(line["spend"])) in owner.open(explore).text
    assert f"/events?f=is,person,{VIC}" in page.links


def test_cells_of_the_active_hours_add_up_to_the_events(owner: Visitor) -> None:
    line = answer(owner, f"/api/v1/people/{VIC}?period=28d")
    cells = [link for link in owner.open(f"/people/{VIC}").links if "f=is,weekday," in link]
    assert cells
    total = sum(
        owner.workspace.spend.answer(
            Links("Europe/Berlin").read(parse_qsl(urlsplit(link).query)).view.query
        ).totals.values[0]
        for link in cells
    )
    assert total == line["events"]


@pytest.mark.parametrize("address", ["/people/nobody@acme.test", "/teams/nothing", "/api/v1/people/nobody"])
def test_who_is_not_known_is_not_found(owner: Visitor, address: str) -> None:
    assert owner.http.get(address).status_code == 404


def test_a_viewer_reaches_their_own_page_and_nobody_elses(owner: Visitor) -> None:
    add_user(owner.workspace, VIC, Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in(VIC)
    others = [each for each in answer(owner, "/api/v1/people?limit=1000")["people"] if each["person"] != VIC]
    own = answer(owner, f"/api/v1/people/{VIC}")
    for address in ("/people", f"/people/{VIC}", "/people?q=a&sort=name", "/people.csv", "/people.json"):
        response = viewer.http.get(address)
        assert response.status_code == 200
        assert all(f">{each['name']}<" not in response.text for each in others if each["kind"] == "person")
        assert all(each["person"] not in response.text for each in others), address
    assert usd_short(nano_from_usd(own["spend"])) in viewer.open("/people").text
    assert viewer.open(f"/people/{others[0]['person']}").status == 404
    assert viewer.http.get("/api/v1/people").json()["count"] == 1
    assert viewer.http.get(f"/api/v1/people/{others[0]['person']}").status_code == 404
    for address in ("/teams", "/teams/none", "/teams.csv", "/api/v1/teams"):
        assert viewer.http.get(address).status_code == 403, address


def test_before_anything_is_connected_the_page_says_what_brings_people(tmp_path: Path) -> None:
    with visited(small(), tmp_path, connected=False) as visitor:
        page = visitor.open("/people")
        assert "Nobody is known yet" in page.text
        assert "/settings/api-keys" in page.links
        assert "No teams yet" in visitor.open("/teams").text


def test_teams_agree_with_the_query_by_team(owner: Visitor) -> None:
    asked = SpendQuery(dimensions=("team",), timezone="Europe/Berlin", limit=100)
    wanted = {group.keys[0]: group.values[0] for group in owner.workspace.spend.answer(asked).groups}
    listed = answer(owner, "/api/v1/teams")["teams"]
    assert {each["team"]: nano_from_usd(each["spend"]) for each in listed if each["events"]} == wanted
    page = owner.open("/teams")
    for each in listed:
        assert each["name"] in page.text
        assert usd_display(nano_from_usd(each["true_total"])) in page.text


def test_a_team_is_made_filled_renamed_and_deleted_on_its_pages(changing: Visitor) -> None:
    page = changing.send("/teams", name="Growth crew")
    assert "The team Growth crew was made" in page.text
    path = page.path
    page = changing.send(f"{path}/people", people=f"{VIC}, someone.new@lumenworks.test")
    assert "2 people moved into Growth crew" in page.text
    assert VIC in page.text
    changing.workspace.schedule.request(changing.workspace.connections.all()[0].id)
    changing.workspace.schedule.run_due()
    assert answer(changing, f"/api/v1/people/{VIC}")["team_label"] == "Growth crew", (
        "a sync leaves them there"
    )
    spend = answer(changing, f"/api/v1/people/{VIC}?period=all")["spend"]
    by_team = answer(changing, "/api/v1/teams?period=all")["teams"]
    assert next(each["spend"] for each in by_team if each["name"] == "Growth crew") == spend
    assert "The team is now called Growers" in changing.send(f"{path}/rename", name="Growers").text
    refused = changing.send(f"{path}/rename", name="")
    assert refused.status == 422
    assert "Give the team a name" in refused.text
    assert changing.send(f"{path}/people", people="nobody").status == 422
    assert "The team was deleted" in changing.send(f"{path}/delete").text
    assert changing.open(path).status == 404


def test_a_person_is_moved_on_their_page_and_back(changing: Visitor) -> None:
    before = answer(changing, f"/api/v1/people/{VIC}")["team"]
    page = filled_in(changing, changing.open(f"/people/{VIC}"), team="no-team")
    assert "Their team is now: No team" in page.text
    filled_in(changing, page, team="as-provided")
    assert answer(changing, f"/api/v1/people/{VIC}")["team"] == before


def test_a_members_page_offers_no_form_that_changes_teams(changing: Visitor) -> None:
    add_user(changing.workspace, "mia@acme.test", Role.MEMBER)
    member = Visitor(changing.workspace)
    member.sign_in("mia@acme.test")
    team = changing.workspace.teams.all()[0].key

    def posts(page: Page) -> list[str]:
        return [each.action for each in page.forms if each.method == "post" and "/teams" in each.action]

    for address in ("/teams", f"/teams/{team}", f"/people/{VIC}"):
        assert posts(member.open(address)) == []
    assert member.send("/teams", name="x").status == 403
    assert member.send(f"/people/{VIC}", team="no-team").status == 403


def test_the_api_edits_teams(changing: Visitor) -> None:
    headers = {"x-csrf-token": changing.csrf}
    made = changing.http.post("/api/v1/teams", json={"name": "Growth"}, headers=headers)
    assert made.status_code == 201
    key = made.json()["team"]
    assert changing.http.post("/api/v1/teams", json={"name": "growth"}, headers=headers).status_code == 409
    moved = changing.http.post(f"/api/v1/teams/{key}/people", json={"people": [VIC]}, headers=headers)
    assert moved.json() == {"moved": 1}
    assert answer(changing, f"/api/v1/teams/{key}")["people"] == [VIC]
    put = changing.http.put(f"/api/v1/people/{VIC}/team", json={"team": "none"}, headers=headers)
    assert put.json()["team"] == "none"
    renamed = changing.http.patch(f"/api/v1/teams/{key}", json={"name": "Grow"}, headers=headers)
    assert renamed.json()["name"] == "Grow"
    assert changing.http.delete(f"/api/v1/teams/{key}", headers=headers).status_code == 204
    assert changing.http.get(f"/api/v1/teams/{key}").status_code == 404
