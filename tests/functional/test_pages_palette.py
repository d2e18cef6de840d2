"""The command palette finds what there is, leads there, and gives away nothing that a reader may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from finora.accounts import Role
from finora.simulator import small
from finora.spend.event_order import EventOrder
from finora.spend.listing import Listing
from finora.spend.query import SpendQuery
from finora.spend.store import Person
from finora.values.period import Period
from finora.web.address.links import Links
from support.pages import OWNER, Visitor, add_user, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEWER = "priya.natarajan@lumenworks.test"


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("data")) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def viewer(owner: Visitor) -> Visitor:
    add_user(owner.workspace, VIEWER, Role.VIEWER)
    visitor = Visitor(owner.workspace)
    visitor.sign_in(VIEWER)
    return visitor


def find(visitor: Visitor, typed: str, at: str = "") -> list[dict[str, Any]]:
    answer = visitor.http.get(
        "/palette", params={"q": typed, "at": at}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def amount(entry: dict[str, Any]) -> float:
    text = str(entry["hint"]).replace("$", "").replace(",", "").replace("<", "")
    return float(text.replace("k", "")) * (1000 if "k" in text else 1)


@pytest.mark.parametrize("kind", ["Person", "Model", "Team"])
def test_everything_that_spends_is_found_largest_first(owner: Visitor, kind: str) -> None:
    amounts = [amount(each) for each in find(owner, kind) if each["kind"] == kind and "hint" in each]
    assert amounts
    assert amounts == sorted(amounts, reverse=True)


def test_who_has_a_seat_and_spent_nothing_is_found_as_well(owner: Visitor) -> None:
    everybody = owner.workspace.directory.roster().values()
    for who in everybody:
        assert who.name in {each["label"] for each in find(owner, who.key)}, who.key


def test_a_person_s_entry_leads_to_their_figures(owner: Visitor) -> None:
    first = find(owner, "mara okafor")[0]
    assert (first["kind"], first["label"]) == ("Person", "Mara Okafor")
    assert "Mara Okafor" in owner.open(first["href"]).text


def test_an_event_is_found_by_its_id_whatever_the_period_by_who_may_see_it(
    owner: Visitor, viewer: Visitor
) -> None:
    spend = owner.workspace.spend
    oldest = EventOrder(descending=False)
    everything = SpendQuery(period=Period.relative("all"))
    (first,) = spend.events(everything, Listing(order=oldest), limit=1).events
    (own,) = spend.events(everything, Listing(order=oldest), limit=1, own=VIEWER).events
    assert first.person != VIEWER
    entry = find(owner, first.id)[0]
    assert (entry["kind"], entry["href"]) == ("Event", f"/events/{first.id}")
    assert first.person_label in owner.open(entry["href"]).text
    assert find(viewer, own.id)[0]["href"] == f"/events/{own.id}"
    assert find(viewer, first.id) == find(viewer, f"{first.number}-{first.ts}-999") == []

    reader = Visitor(owner.workspace)  # whose period is remembered
    reader.sign_in(OWNER)
    listed = reader.open(f"/events?period=all&find={first.id}")
    assert f"event={first.id}" in listed.source
    missed = "That event is not among these"
    assert missed in reader.open(f"/events?period=today&find={first.id}").text
    assert missed not in viewer.open(f"/events?period=today&find={first.id}").text
    assert missed in viewer.open(f"/events?period=today&find={own.id}").text


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("explore", "/explore"),
        ("audit", "/settings/audit"),
        ("new subscription", "/subscriptions/new"),
        ("connect cursor", "/settings/api-keys#connect"),
        ("shortcuts", "/shortcuts"),
    ],
)
def test_pages_settings_and_actions_are_found_by_name(owner: Visitor, typed: str, href: str) -> None:
    assert find(owner, typed)[0]["href"] == href


def test_the_period_changes_on_the_page_one_is_on(owner: Visitor) -> None:
    here = "/explore?period=7d&by=person&f=is,model,auto&metric=tokens"
    entry = find(owner, "last month", at=here)[0]
    assert entry["kind"] == "Period"
    wanted = Links("UTC").read(parse_qsl(urlsplit(entry["href"]).query)).view.query
    assert (wanted.period.key, wanted.dimensions, wanted.metrics) == ("last_month", ("person",), ("tokens",))
    assert wanted.filters[0].values == ("auto",)
    assert find(owner, "last month", at="/settings/audit")[0]["href"] == "/?period=last_month"
    for at, href in (
        (
            "/people?from=2026-10-01&to=2026-10-05&team=platform&page=2",
            "/people?period=last_month&team=platform",
        ),
        ("/?subscriptions=1", "/?period=last_month&subscriptions=1"),
        ("/people/ana%40acme.test?period=7d", "/people/ana%40acme.test?period=last_month"),
        ("/patterns", "/patterns?period=last_month"),
    ):
        assert find(owner, "last month", at=at)[0]["href"] == href
    assert find(owner, "last 28 days", at="/explore?period=7d&by=person")[0]["href"] == "/explore?by=person"


@pytest.mark.parametrize("typed", ["", "person", "okafor", "lee", "lumenworks", "model", "a", "e", "wang"])
def test_a_viewer_finds_nobody_but_themselves(viewer: Visitor, typed: str) -> None:
    people = {each["label"] for each in find(viewer, typed) if each["kind"] == "Person"}
    assert people <= {"Priya Natarajan"}
    page = viewer.http.get("/palette", params={"q": typed}).text
    assert "Okafor" not in page
    assert "Lee Wang" not in page


def test_a_viewer_is_offered_nothing_that_is_refused(viewer: Visitor) -> None:
    for typed in ("", "settings", "subscription", "connect", "users", "model"):
        for entry in find(viewer, typed):
            if entry.get("href"):
                assert viewer.http.get(entry["href"].split("#")[0]).status_code == 200, entry


def test_all_that_is_offered_leads_to_a_page(owner: Visitor) -> None:
    for typed in ("", "person", "model", "team", "period", "settings", "page", "action"):
        for entry in find(owner, typed):
            assert entry.get("href") or entry.get("act"), entry
            if entry.get("href"):
                assert owner.http.get(entry["href"].split("#")[0]).status_code == 200, entry


def test_it_is_a_plain_page_where_no_script_runs(owner: Visitor) -> None:
    page = owner.open("/palette?q=okafor")
    assert any("okafor" in link for link in page.links)
    assert "Nothing fits" in owner.open("/palette?q=xyzzy").text
    dark = next(form for form in owner.open("/palette?q=dark theme").forms if form.action == "/theme")
    assert dark.method == "post"


def test_a_hostile_search_is_only_text(owner: Visitor) -> None:
    page = owner.http.get("/palette", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_who_is_renamed_is_found_by_the_new_name_at_once(owner: Visitor) -> None:
    """The lists are remembered, but never longer than the data stays as it is."""
    assert find(owner, "zebulon") == []
    owner.workspace.store.name_people([Person(key="lee.wang@lumenworks.test", label="Zebulon Wang")])
    assert find(owner, "zebulon")[0]["label"] == "Zebulon Wang"


def test_single_keys_can_be_turned_off_and_on_again(owner: Visitor) -> None:
    """Who dictates would otherwise set off a shortcut with every word."""
    page = owner.send("/shortcuts", single_keys="off")
    assert 'data-single-keys="off"' in page.source
    page = owner.send("/shortcuts", single_keys="on")
    assert "data-single-keys" not in page.source
