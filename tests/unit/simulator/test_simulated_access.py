"""Keys, scopes, rate limits, unknown routes and writes of the simulated API: sections 2 to 4."""

import base64
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from finora.simulator import Behaviour, Company, ManualClock, RunningClock, Simulation, TeamKeys, small
from finora.simulator.clock import DAY_MS, MINUTE_MS
from finora.simulator.in_process import EVENTS_PATH, Reader

TEAM_ROUTES = (
    ("GET", "/teams/members"),
    ("GET", "/teams/groups"),
    ("GET", "/teams/audit-logs"),
    ("GET", "/teams/directory-groups"),
    ("POST", "/teams/spend"),
    ("POST", "/teams/daily-usage-data"),
    ("POST", EVENTS_PATH),
)


def status(simulation: Simulation, key: str, method: str, path: str) -> tuple[int, str]:
    response = Reader(simulation, key).http.request(method, path, json={} if method == "POST" else None)
    return response.status_code, response.json().get("message", "")


@pytest.mark.parametrize(("method", "path"), TEAM_ROUTES)
def test_only_team_keys_open_team_routes(cast: Simulation, method: str, path: str) -> None:
    keys = cast.keys[0]
    for bad in (keys.personal, keys.organization, keys.revoked, "crsr_" + "0" * 64, ""):
        assert status(cast, bad, method, path) == (401, "Invalid Team API Key")
    for good in (keys.admin, keys.spare):
        assert status(cast, good, method, path)[0] in (200, 400)
    refused, message = status(cast, keys.wrong_scope, method, path)
    assert refused == 401
    assert "missing required scope" in message


def test_usage_scope_reads_usage_and_members_but_not_the_audit_log(cast: Simulation) -> None:
    key = cast.keys[0].usage_only
    assert status(cast, key, "GET", "/teams/members")[0] == 200
    assert status(cast, key, "POST", EVENTS_PATH)[0] == 200
    assert status(cast, key, "GET", "/teams/audit-logs")[0] == 401


@pytest.mark.parametrize("credentials", [":{key}", "{key}:secret", "{key}", "", ":"])
def test_basic_without_the_key_as_user_and_no_password_is_refused(cast: Simulation, credentials: str) -> None:
    encoded = base64.b64encode(credentials.format(key=cast.key).encode()).decode()
    assert_refused(cast, {"Authorization": f"Basic {encoded}"})


def test_anything_but_basic_is_refused(cast: Simulation) -> None:
    for header in ({}, {"Authorization": f"Bearer {cast.key}"}, {"Authorization": "Basic ***"}):
        assert_refused(cast, header)


def assert_refused(simulation: Simulation, headers: dict[str, str]) -> None:
    http = Reader(simulation).http
    http.auth = httpx.Auth()
    response = http.get("/teams/members", headers=headers)
    assert response.status_code == 401
    assert response.json() == {"code": "error", "message": "Invalid Team API Key"}


def test_keys_look_like_cursors_and_differ(cast: Simulation) -> None:
    keys = [getattr(cast.keys[0], name) for name in TeamKeys.__dataclass_fields__]
    assert len(set(keys)) == len(keys)
    assert all(key.startswith(("crsr_", "key_")) and len(key.partition("_")[2]) == 64 for key in keys)


def test_scope_refusal_can_be_a_403() -> None:
    simulation = small(behaviour=Behaviour(scope_status=403))
    assert status(simulation, simulation.keys[0].wrong_scope, "GET", "/teams/members")[0] == 403


def test_two_teams_are_told_apart_by_their_keys(cast: Simulation) -> None:
    first = cast.teams[0].company
    end = datetime.fromtimestamp(first.end_ms / 1_000, UTC)
    second = Company.generate(77, seats=3, start=end - timedelta(days=40), end=end, events=500)
    both = Simulation(first, second, clock=ManualClock(first.end_ms), behaviour=Behaviour(0, 0))
    emails = [
        {m["email"] for m in Reader(both, keys.admin).get("/teams/members")["teamMembers"]}
        for keys in both.keys
    ]
    assert emails[0].isdisjoint(emails[1])
    assert both.truth_of(1).total().events == 500


def test_sixty_event_requests_a_minute_and_twenty_of_the_others() -> None:
    clock = ManualClock(small().clock.now_ms() // MINUTE_MS * MINUTE_MS)
    simulation = small(clock=clock, behaviour=Behaviour())
    reader = Reader(simulation)
    for path, allowed in ((EVENTS_PATH, 60), ("/teams/spend", 20)):
        codes = [reader.http.post(path, json={}).status_code for _ in range(allowed + 2)]
        assert codes == [200] * allowed + [429] * 2
    refused = reader.http.post("/teams/spend", json={})
    assert refused.headers["retry-after"] == "60"
    assert refused.json() == {"code": "error", "message": "Rate limit exceeded"}
    spare = Reader(simulation, simulation.keys[0].spare)
    assert spare.http.post("/teams/spend", json={}).status_code == 429
    assert reader.http.get("/teams/members").status_code == 200
    clock.advance(MINUTE_MS - 1)
    assert reader.http.post("/teams/spend", json={}).status_code == 429
    clock.advance(1)
    assert reader.http.post("/teams/spend", json={}).status_code == 200
    assert simulation.requests["/teams/spend", 429] == 5


def test_a_fast_clock_asks_for_a_shorter_wait() -> None:
    clock = RunningClock(small().clock.now_ms(), speed=20)
    reader = Reader(small(clock=clock, behaviour=Behaviour(events_per_minute=1)))
    codes = [reader.http.post(EVENTS_PATH, json={}) for _ in range(3)]
    assert codes[-1].headers["retry-after"] == "3"


def test_unknown_routes_and_writes_are_refused(cast: Simulation) -> None:
    http = Reader(cast).http
    unknown = http.get("/teams/nonsense")
    assert (unknown.status_code, unknown.json()) == (
        404,
        {"error": "Not Found", "message": "Resource not found"},
    )
    for method, path in (
        ("POST", "/teams/user-spend-limit"), ("POST", "/teams/user-spend-limits"), ("POST", "/teams/remove-member"),
        ("POST", "/teams/groups"), ("DELETE", "/teams/groups/group_1"), ("PATCH", "/teams/directory-groups/x"),
        ("GET", EVENTS_PATH),
    ):  # fmt: skip
        assert http.request(method, path).status_code == 405, path
    assert http.post(EVENTS_PATH, content=b"{").status_code == 400
    assert http.get("/teams/groups/group_nonsense").status_code == 404


def test_smaller_plans_have_no_groups_and_no_audit_log() -> None:
    simulation = small(behaviour=Behaviour(0, 0, plan="teams"))
    for path in ("/teams/groups", "/teams/audit-logs"):
        assert status(simulation, simulation.key, "GET", path) == (403, "Enterprise access required")


def test_a_live_company_goes_on_producing_and_nothing_of_the_future_shows() -> None:
    simulation = small()
    clock = simulation.clock
    reader, start = Reader(simulation), clock.now_ms()
    counts = []
    for _ in range(4):
        page = reader.page(start, start + 20 * DAY_MS)
        counts.append(page["totalUsageEventsCount"])
        assert all(int(event["timestamp"]) <= clock.now_ms() for event in page["usageEvents"])
        clock.advance(4 * DAY_MS)
    assert counts[0] <= 1
    assert counts == sorted(set(counts))


def test_clocks_run_jump_and_stand_still() -> None:
    wall = [100.0]
    running = RunningClock(1_000, speed=60, monotonic=lambda: wall[0])
    assert running.now_ms() == 1_000
    wall[0] += 2
    assert running.now_ms() == 1_000 + 120_000
    running.advance(5)
    assert running.now_ms() == 121_005
    still = ManualClock(7)
    still.advance(3)
    assert still.now_ms() == 10
    still.set(4)
    assert still.now_ms() == 4
    with pytest.raises(ValueError, match="ManualClock"):
        RunningClock(0, speed=0)


def test_organization_keys_open_organization_routes_only(cast: Simulation) -> None:
    organization = Reader(cast, cast.keys[0].organization)
    path = "/organizations/filtered-usage-events"
    assert status(cast, cast.key, "POST", path) == (401, "Invalid Organization API Key")
    assert status(cast, cast.keys[0].organization, "POST", path) == (400, "organizationId is required")
    other = organization.http.post(path, json={"organizationId": "org_other"})
    assert (other.status_code, other.json()["message"]) == (403, "Not authorized")
    page = organization.post(path, organizationId=cast.organization_id)
    assert len(page["usageEvents"]) == 10
    assert all(e["teamId"] == cast.team_id(0) and "conversationId" not in e for e in page["usageEvents"])
    pool = organization.post("/organizations/pooled-usage", organizationId=cast.organization_id)
    assert round(pool["pool"]["usedCents"] * 10_000_000) == cast.truth.total().value_nano
    people = organization.get("/organizations/members", organizationId=cast.organization_id)
    assert people["pagination"]["totalCount"] == len(people["members"]) == 5  # Noa has left
