"""Connect, update and remove a key: what people read at each turn, and that no key is ever told again."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.accounts import OPERATOR, Role
from support.pages import Page, Visitor, add_user, visited
from support.simulated import NOW, company, pass_time, simulation, workspace_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from finora.simulator import Simulation

KEYS = "/settings/api-keys"


@pytest.fixture
def simulated() -> Simulation:
    return simulation(company(7), company(8, now=NOW))


@pytest.fixture
def owner(tmp_path: Path, simulated: Simulation) -> Iterator[Visitor]:
    with visited(simulated, tmp_path, connected=False) as visitor:
        yield visitor


def enter(visitor: Visitor, key: str, **fields: str) -> Page:
    page = visitor.fill_in(visitor.open(KEYS), KEYS, api_key=key, **{"name": "Lumenworks"} | fields)
    assert not key.strip() or key.strip() not in page.source, "the key must never come back"
    return page


def the_connection(visitor: Visitor) -> str:
    (connection,) = visitor.workspace.connections.all()
    return f"{KEYS}/{connection.id}"


def acts(visitor: Visitor) -> list[str]:
    return [entry.act for entry in visitor.workspace.accounts.audit_entries(OPERATOR)]


def test_a_pasted_key_is_connected_with_white_space_around_it_and_read_at_once(
    owner: Visitor, simulated: Simulation
) -> None:
    page = enter(owner, f" \t{simulated.key}\n")
    assert page.path == KEYS
    assert "Lumenworks is connected" in page.text
    assert f"Cursor · key …{simulated.key[-4:]}" in page.text
    assert "owner@acme.test" in page.text
    assert "Syncing" in page.text
    assert "connection.created" in acts(owner)
    owner.workspace.schedule.run_due()
    after = owner.open(KEYS)
    assert "Connected" in after.text
    assert f"Events {owner.workspace.store.count().events:,}" in after.text
    assert "is connected" not in after.text, "what was done is told once"


def test_white_space_inside_a_key_is_refused_before_anyone_is_asked(owner: Visitor) -> None:
    page = enter(owner, "crsr_abc def")
    assert page.status == 422
    assert "white space inside the key" in page.text
    assert not owner.workspace.connections.all()


def test_a_refused_key_gets_the_usual_causes_one_by_one_and_the_providers_own_words(owner: Visitor) -> None:
    page = enter(owner, "crsr_nonsense")
    assert page.status == 422
    assert "Nothing was stored" in page.text
    for words in ("401 Unauthorized", "revoked", "personal", "administrator", "plan", "Cursor says"):
        assert words in page.text, words
    assert not owner.workspace.connections.all()
    assert page.form(KEYS).fields["name"] == "Lumenworks", "what else was entered stays"


def _times_out(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("")


def _not_found(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("") from socket.gaierror()


def _insecure(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("") from ssl.SSLError()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_times_out, "did not answer in time"),
        (_not_found, "DNS"),
        (_insecure, "TLS"),
        (lambda _: httpx.Response(403, json={"message": "no"}), "403 Forbidden"),
        (lambda _: httpx.Response(429), "429 Too Many Requests"),
        (lambda _: httpx.Response(500), "fault of its own"),
    ],
)
def test_each_failure_has_its_own_words_and_stores_nothing(
    tmp_path: Path,
    simulated: Simulation,
    answer: Callable[[httpx.Request], httpx.Response],
    words: str,
) -> None:
    with workspace_for(simulated, tmp_path, transport=httpx.MockTransport(answer)) as workspace:
        add_user(workspace, "owner@acme.test", Role.OWNER)
        visitor = Visitor(workspace)
        visitor.sign_in()
        page = enter(visitor, "crsr_whatever")
        assert page.status >= 400
        assert words in page.text
        assert not workspace.connections.all()


def test_a_team_that_is_connected_already_is_connected_twice_only_if_confirmed(
    owner: Visitor, simulated: Simulation
) -> None:
    enter(owner, simulated.key)
    page = enter(owner, simulated.keys[0].spare)
    assert "count twice" in page.text
    assert "confirm" in page.form(KEYS).names
    owner.fill_in(page, KEYS, api_key=simulated.keys[0].spare, confirm="true")
    assert len(owner.workspace.connections.all()) == 2


def test_a_row_says_how_far_the_read_is_and_stops_asking_when_it_is_done(
    owner: Visitor, simulated: Simulation
) -> None:
    enter(owner, simulated.key)
    row = f"{the_connection(owner)}/row"
    assert 'hx-trigger="every 1s"' in owner.open(row).source
    owner.workspace.schedule.run_due()
    after = owner.open(row)
    assert "hx-trigger" not in after.source
    assert "Data through" in after.text


def test_a_new_key_takes_the_old_ones_place_and_the_old_one_is_to_be_revoked(
    owner: Visitor, simulated: Simulation
) -> None:
    enter(owner, simulated.key)
    update = f"{the_connection(owner)}/update"
    spare = simulated.keys[0].spare
    page = owner.fill_in(owner.open(update), update, api_key=f" {spare} ")
    assert "was replaced" in page.text
    assert "Revoke the old key" in page.text
    assert f"…{spare[-4:]}" in page.text
    assert "connection.key_rotated" in acts(owner)


def test_a_bad_new_key_leaves_the_old_one_in_use(owner: Visitor, simulated: Simulation) -> None:
    enter(owner, simulated.key)
    update = f"{the_connection(owner)}/update"
    page = owner.fill_in(owner.open(update), update, api_key="crsr_nonsense")
    assert page.status == 422
    assert "crsr_nonsense" not in page.source
    assert owner.workspace.connections.all()[0].key_last4 == simulated.key[-4:]


def test_another_teams_key_is_taken_only_if_that_is_meant(owner: Visitor, simulated: Simulation) -> None:
    enter(owner, simulated.key)
    update, other = f"{the_connection(owner)}/update", simulated.keys[1].admin
    page = owner.fill_in(owner.open(update), update, api_key=other)
    assert page.status == 409
    assert "confirm" in page.form(update).names
    assert owner.workspace.connections.all()[0].key_last4 == simulated.key[-4:]
    assert "was replaced" in owner.fill_in(page, update, api_key=other, confirm="true").text
    assert owner.workspace.connections.all()[0].key_last4 == other[-4:]


def test_removing_keeps_the_history_unless_asked_to_delete_it(owner: Visitor, simulated: Simulation) -> None:
    enter(owner, simulated.key)
    owner.workspace.schedule.run_due()
    events = owner.workspace.store.count().events
    remove = f"{the_connection(owner)}/remove"
    page = owner.fill_in(owner.open(remove), remove)
    assert "events read with it are kept" in page.text
    assert "Revoke" in page.text
    assert owner.workspace.store.count().events == events > 0
    assert not owner.workspace.connections.all()
    assert "connection.removed" in acts(owner)


def test_the_history_goes_as_well_if_asked_to(owner: Visitor, simulated: Simulation) -> None:
    enter(owner, simulated.key)
    owner.workspace.schedule.run_due()
    remove = f"{the_connection(owner)}/remove"
    page = owner.fill_in(owner.open(KEYS), remove, delete_history="true")
    assert "deleted for good" in page.text
    assert owner.workspace.store.count().events == 0


def test_a_key_that_stops_working_is_told_on_every_page_and_heals_when_updated(
    owner: Visitor, simulated: Simulation
) -> None:
    enter(owner, simulated.key)
    owner.workspace.schedule.run_due()
    update = f"{the_connection(owner)}/update"
    simulated.ring.revoke(simulated.key)
    pass_time(simulated, hours=2)
    owner.workspace.schedule.run_due()
    for address in (KEYS, "/settings/users", "/settings/account", "/", "/explore", "/events"):
        page = owner.open(address)
        assert "The key of Lumenworks stopped working" in page.text, address
        assert update in page.links
    assert "Failing" in owner.open(KEYS).text
    owner.fill_in(owner.open(update), update, api_key=simulated.keys[0].spare)
    owner.workspace.schedule.run_due()
    page = owner.open(KEYS)
    assert "stopped working" not in page.text
    assert "Failing" not in page.text


def test_members_see_the_connections_and_cannot_touch_them(owner: Visitor, simulated: Simulation) -> None:
    enter(owner, simulated.key)
    add_user(owner.workspace, "member@acme.test", Role.MEMBER)
    member = Visitor(owner.workspace)
    member.sign_in("member@acme.test")
    page = member.open(KEYS)
    assert "Lumenworks" in page.text
    assert not [form for form in page.forms if form.action.startswith(KEYS)]
    for action in ("", "/sync", "/update", "/remove", "/pause", "/name"):
        address = the_connection(owner) + action if action else KEYS
        assert member.send(address, api_key="x", provider="cursor").status == 403
    assert len(owner.workspace.connections.all()) == 1


def test_a_viewer_of_their_own_usage_does_not_see_connections(owner: Visitor) -> None:
    add_user(owner.workspace, "viewer@acme.test", Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in("viewer@acme.test")
    assert viewer.open(KEYS).status == 403
    assert viewer.open("/settings").path == "/settings/account"
