"""A connection's page: agreement with the bill, revisions, events held aside, and what the key can do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from finora.accounts import OPERATOR, Role
from finora.providers.base import HeldEvent
from finora.simulator import Faults
from finora.values.money import nano_from_usd
from support.pages import Visitor, add_user, visited
from support.simulated import HOUR_MS, NOW, SPEND, Meddler, company, ms, pass_time, simulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from finora.simulator import Simulation


@pytest.fixture
def simulated() -> Simulation:
    return simulation(company(events=3_000), faults=Faults(revised_permille=1_000, revised_hours=40))


@pytest.fixture
def owner(tmp_path: Path, simulated: Simulation) -> Iterator[Visitor]:
    with visited(simulated, tmp_path) as visitor:
        yield visitor


def here(visitor: Visitor) -> str:
    return f"/settings/api-keys/{visitor.workspace.connections.all()[0].id}"


def hold(visitor: Visitor, fingerprint: str = "f1") -> None:
    connection = visitor.workspace.connections.all()[0]
    held = HeldEvent(
        fingerprint=fingerprint, ts=ms(NOW) - 86_400_000, reason="It costs $1,000,000.", raw='{"a":1}'
    )
    visitor.workspace.held.keep(connection.id, [held])
    visitor.workspace.notices.raise_(connection.id, "held", "1 events are held aside", "Look.")


def test_the_page_compares_with_the_providers_own_totals(owner: Visitor) -> None:
    page = owner.open(here(owner))
    assert "Agrees to the cent" in page.text or "Differs by" in page.text
    assert re.search(r"\d+ of \d+ (people|person) agree to the cent", page.text)
    assert "Cycle from" in page.text


def test_the_comparison_names_its_measure_its_totals_and_the_way_to_exactly_its_events(
    owner: Visitor,
) -> None:
    """Else a controller adds up whole days, and is off by the hours at the cycle's start."""
    (cycle, *_) = owner.workspace.reconciler.cycles(owner.workspace.connections.all()[0].id)
    page = owner.open(here(owner))
    assert "Provider's usage value" in page.text
    assert f"All {len(cycle.lines)} people" in page.text
    way = next(link for link in page.links if "metric=usage_value" in link and "f=is,connection," in link)
    found = owner.http.get(way.replace("/explore?", "/explore.json?")).json()
    assert nano_from_usd(found["totals"]["usage_value"]) == sum(line.usage_value for line in cycle.lines)


def test_everybody_is_listed_if_asked_for(owner: Visitor) -> None:
    people = owner.workspace.people.members_of(owner.workspace.connections.all()[0].id)
    page = owner.open(here(owner) + "?members=all")
    assert people[0].name in page.text


def test_what_the_provider_revised_is_shown_before_and_after(owner: Visitor, simulated: Simulation) -> None:
    pass_time(simulated, hours=23)
    owner.workspace.schedule.run_due()
    connection = owner.workspace.connections.all()[0]
    revisions = owner.workspace.store.revisions(connection.number)
    assert revisions, "the simulation revises figures"
    page = owner.open(here(owner))
    assert "revised" in page.text
    assert "Nothing was revised" not in page.text


def test_what_the_key_can_do_and_what_the_syncs_did(owner: Visitor) -> None:
    page = owner.open(here(owner))
    for words in (
        "Usage events",
        "Members",
        "Billing groups",
        "Answers",
        "Completed",
        "Requests",
        "Read back to",
    ):
        assert words in page.text, words


def test_an_event_held_aside_is_shown_with_its_record_and_counts_only_if_accepted(owner: Visitor) -> None:
    hold(owner)
    page = owner.open(here(owner))
    assert "It costs $1,000,000." in page.text
    held = owner.workspace.held.open(owner.workspace.connections.all()[0].id)[0]
    action = f"{here(owner)}/held/{held.id}"
    after = owner.send(action, accept="true")
    assert "The event was accepted" in after.text
    run = owner.workspace.runs.latest(held.connection_id)
    assert run is not None
    assert run.state == "pending"
    assert run.start is not None
    assert run.end is not None
    assert held.ts is not None
    assert run.start <= held.ts < run.end, "the time around it is read once more"
    assert owner.workspace.held.accepted(held.connection_id) == {"f1"}
    assert "held aside" not in owner.open("/").text


def test_a_rejected_event_stays_out(owner: Visitor) -> None:
    hold(owner)
    held = owner.workspace.held.open(owner.workspace.connections.all()[0].id)[0]
    assert "was rejected" in owner.send(f"{here(owner)}/held/{held.id}", accept="false").text
    assert not owner.workspace.held.accepted(held.connection_id)
    assert owner.send(f"{here(owner)}/held/{held.id}", accept="true").status == 404, "it was decided already"


def test_a_notice_is_on_every_page_until_someone_dismisses_it(owner: Visitor) -> None:
    connection = owner.workspace.connections.all()[0]
    owner.workspace.notices.raise_(connection.id, "retained", "Fewer events than before", "All are kept.")
    for address in ("/", "/explore", "/events", "/settings/account"):
        assert "Fewer events than before" in owner.open(address).text, address
    (notice,) = owner.workspace.notices.open()
    owner.send(f"{here(owner)}/notices/{notice.id}/dismiss")
    assert "Fewer events than before" not in owner.open("/").text


def test_pausing_renaming_and_resuming(owner: Visitor) -> None:
    page = owner.open(here(owner))
    assert "is paused" in owner.fill_in(page, f"{here(owner)}/pause").text
    assert "when resumed" in owner.open(here(owner)).text
    assert "is refreshed again" in owner.fill_in(owner.open(here(owner)), f"{here(owner)}/pause").text
    renamed = owner.fill_in(owner.open(here(owner)), f"{here(owner)}/name", name="Lumen EU")
    assert "now called Lumen EU" in renamed.text
    acts = [entry.act for entry in owner.workspace.accounts.audit_entries(OPERATOR)]
    assert {"connection.paused", "connection.resumed", "connection.renamed"} <= set(acts)


def test_members_look_and_do_not_decide(owner: Visitor) -> None:
    hold(owner)
    add_user(owner.workspace, "member@acme.test", Role.MEMBER)
    member = Visitor(owner.workspace)
    member.sign_in("member@acme.test")
    page = member.open(here(owner))
    assert "It costs $1,000,000." in page.text
    assert not [form for form in page.forms if form.action.startswith(here(owner))]
    held = owner.workspace.held.open(owner.workspace.connections.all()[0].id)[0]
    assert member.send(f"{here(owner)}/held/{held.id}", accept="true").status == 403
    assert member.send(f"{here(owner)}/notices/x/dismiss").status == 403


def test_a_connection_that_is_none_is_not_found(owner: Visitor) -> None:
    page = owner.open("/settings/api-keys/nothing")
    assert page.status == 404
    assert "no such connection" in page.text


def test_a_difference_is_split_by_cause_with_the_events_behind_it(tmp_path: Path) -> None:
    simulated = simulation(company(34, seats=4, days=40, events=2_000))
    meddler = Meddler(simulated)

    def nine_hours_early(_body: dict[str, Any], answer: dict[str, Any]) -> None:
        answer["subscriptionCycleStart"] -= 9 * HOUR_MS
        answer["teamMemberSpend"][0]["overallSpendCents"] += 5

    meddler.rewrites[SPEND] = nine_hours_early
    with visited(simulated, tmp_path, transport=meddler) as visitor:
        page = visitor.open(here(visitor))
        (cycle,) = visitor.workspace.reconciler.cycles(visitor.workspace.connections.all()[0].id)
        assert {part.cause.value for part in cycle.parts} == {"cycle_boundary", "unknown"}
        for words in ("Cycle boundary", "Unknown", "Differs by", "nothing that Finora knows explains it"):
            assert words in page.text, words
        events = re.findall(r'href="(/events/[0-9-]+)"', page.source)
        assert events
        assert visitor.open(events[0]).status == 200
        assert page.source.count('class="cause-bar"') == 1 + sum(bool(line.parts) for line in cycle.lines)
