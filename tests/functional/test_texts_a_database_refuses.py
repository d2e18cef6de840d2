"""Texts that a database refuses: told by field to whoever sent them, and never a reason for a sync to fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.postgresql import Databases, programs, server
from support.running import Who, running
from support.simulated import (
    EVENTS,
    GROUPS,
    MEMBERS,
    SPEND,
    Meddler,
    company,
    connect,
    simulation,
    workspace_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running

NUL, HALF = "a\x00b", "a\ud800b"
SUBSCRIPTION = {
    "sku": "chatgpt-team",
    "seats": 1,
    "price_per_seat": "1",
    "billing_cycle": "monthly",
    "start_date": "2026-11-01",
    "renewal_date": "2026-12-01",
}


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases | None]:
    """Return databases on a PostgreSQL; none where the machine has none."""
    if programs() is None:
        yield None
        return
    with server() as url, Databases(url) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def place(request: pytest.FixtureRequest, databases: Databases | None) -> dict[str, str]:
    """Return where the ledger is."""
    if request.param == "sqlite":
        return {}
    if databases is None:
        pytest.skip("PostgreSQL is not installed here")
    return {"database_url": databases.new()}


@pytest.fixture(scope="module")
def finora(place: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve a Finora on either database."""
    with running(
        simulation(company(1, seats=2, days=5, events=20)), tmp_path_factory.mktemp("texts"), **place
    ) as served:
        yield served


@pytest.mark.parametrize("text", [NUL, HALF, "n" * 5_000], ids=["nul", "half a character", "too long"])
@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("/api/v1/subscriptions", "name", SUBSCRIPTION),
        ("/api/v1/subscriptions", "sku", SUBSCRIPTION | {"name": "ok"}),
        ("/api/v1/teams", "name", {}),
        (
            "/api/v1/users",
            "name",
            {"email": "new@acme.test", "role": "member", "password": "correct horse 1"},
        ),
        ("/api/v1/users", "email", {"name": "n", "role": "member", "password": "correct horse 1"}),
        ("/api/v1/tokens", "name", {"scopes": ["read"]}),
    ],
)
def test_what_cannot_be_stored_is_refused_with_the_field_it_is_in(
    finora: Running, path: str, field: str, more: dict[str, Any], text: str
) -> None:
    answer = finora.as_(Who.OWNER).post(
        path, content=json.dumps(more | {field: text}), headers={"Content-Type": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert (
        any(each["field"] in {field, "label"} for each in told.get("errors", ())) or len(told["detail"]) > 20
    ), told


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/connections/a%00b",
        "/api/v1/syncs/a%00b",
        "/api/v1/subscriptions/a%00b",
        "/api/v1/people/a%00b",
        "/api/v1/teams/a%00b",
        "/api/v1/events?person=a%00b",
        "/api/v1/people?q=a%00b",
        "/settings/api-keys/a%00b",
        "/link/a%00b",
    ],
)
def test_what_cannot_be_there_is_not_found_and_no_fault(finora: Running, path: str) -> None:
    assert finora.as_(Who.OWNER).get(path).status_code < 500


def test_a_sync_goes_on_whatever_the_provider_calls_its_people(place: dict[str, str], tmp_path: Path) -> None:
    """Else one strange name at the provider would stop all spend from coming in."""
    simulated = simulation(company(1, seats=3, days=12, events=60))
    meddler = Meddler(simulated)

    def strange(_body: dict[str, Any], answer: dict[str, Any]) -> None:
        rows = answer.get("teamMembers") or answer.get("teamMemberSpend") or answer.get("groups") or []
        for row, name in zip(rows, ("a\x00b", "n" * 2_000, "plain"), strict=False):
            row["name"] = name
            row["role"] = name
        rows.append(
            {
                **rows[0],
                "id": "i" * 900,
                "userId": "u" * 900,
                "email": f"{'e' * 900}@acme.test",
                "name": "Long",
            }
        )
        if "totalMembers" in answer:
            answer["totalMembers"] = len(rows)

    def strangers(_body: dict[str, Any], answer: dict[str, Any]) -> None:
        for row, email in zip(
            answer["usageEvents"], (f"{'e' * 900}@acme.test", "a\x00b@acme.test"), strict=False
        ):
            row["userEmail"] = email

    meddler.rewrites |= dict.fromkeys((MEMBERS, SPEND, GROUPS), strange)
    meddler.rewrites[EVENTS] = strangers
    with workspace_for(simulated, tmp_path, transport=meddler, **place) as workspace:
        connection_id = connect(workspace, simulated)
        (run,) = workspace.schedule.run_due()
        assert run.state == "completed", run.error
        assert workspace.store.count().usage_value == simulated.truth.total().value_nano
        names = {person.name for person in workspace.people.members_of(connection_id)}
        assert "ab" in names
        assert "n" * 300 in names
        assert workspace.reconciler.cycles(connection_id)
