"""Members, daily usage, spend, groups and audit log of the simulated API: section 10."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from finora.simulator import UNLIMITED, Company, Faults, ManualClock, Simulation, small
from finora.simulator.clock import DAY_MS, HOUR_MS
from finora.simulator.events import FEATURES
from finora.simulator.in_process import Json, Reader, nano
from finora.simulator.routes.audit_logs import moment

COUNTERS = {"chat": ("chatRequests",), "agent": ("agentRequests", "composerRequests"), "inline_edit": ("cmdkUsages",), "bugbot": ("bugbotUsages",)}  # fmt: skip


@pytest.fixture(scope="module")
def firm() -> Simulation:
    """Thirty people over half a year, some of whom join and some of whom leave."""
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    company = Company.generate(11, seats=30, start=start, end=end, events=20_000)
    return Simulation(company, clock=ManualClock(company.end_ms), behaviour=UNLIMITED)


def test_daily_counters_are_the_true_event_types_by_person_and_day(firm: Simulation) -> None:
    reader, now = Reader(firm), firm.clock.now_ms()
    first = (now - 29 * DAY_MS) // DAY_MS * DAY_MS
    rows = reader.post("/teams/daily-usage-data", startDate=first, endDate=now - 1)["data"]
    counted = {
        (r["email"], r["day"], f): sum(r[name] for name in names)
        for r in rows
        for f, names in COUNTERS.items()
    }
    truth, company = firm.truth, firm.teams[0].company
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in truth.happened(first, now).tolist():
        actor, feature = int(truth.events.actor[row]), FEATURES[truth.events.feature[row]]
        if actor < len(company.people) and feature in COUNTERS:
            day = datetime.fromtimestamp(int(truth.events.ts[row]) / 1_000, UTC).date().isoformat()
            expected[company.emails[actor], day, feature] += 1
    assert expected == {key: count for key, count in counted.items() if count}
    assert set(COUNTERS) == {feature for _, _, feature in expected}


def test_daily_billing_counters_are_the_raw_events_of_each_kind(firm: Simulation) -> None:
    reader, now = Reader(firm), firm.clock.now_ms()
    events = reader.window(now - 5 * DAY_MS, now - 1)
    rows = reader.post(
        "/teams/daily-usage-data", startDate=now - 5 * DAY_MS, endDate=now - 1, page=1, pageSize=100
    )["data"]
    emails = {row["email"] for row in rows}
    kinds = Counter(event["kind"] for event in events if event["userEmail"] in emails)
    assert sum(row["usageBasedReqs"] for row in rows) == kinds["Usage-based"]
    assert (
        sum(row["subscriptionIncludedReqs"] for row in rows) == kinds["Included in Business"] + kinds["Free"]
    )
    assert sum(row["apiKeyReqs"] for row in rows) == kinds["User API Key"]


def test_active_users_only_unless_pages_are_asked_for(firm: Simulation) -> None:
    reader, now = Reader(firm), firm.clock.now_ms()
    span = {"startDate": now - 3 * DAY_MS, "endDate": now - 1}
    plain = reader.post("/teams/daily-usage-data", **span)
    assert "pagination" not in plain
    assert all(row["isActive"] for row in plain["data"])
    members = len(reader.get("/teams/members")["teamMembers"])
    pages = [reader.post("/teams/daily-usage-data", **span, page=page, pageSize=12) for page in (1, 2, 3)]
    assert [len(page["data"]) for page in pages] == [36, 36, 3 * (members - 24)]
    assert pages[2]["pagination"] == {"page": 3, "pageSize": 12, "totalUsers": members, "totalPages": 3, "hasNextPage": False, "hasPreviousPage": True}  # fmt: skip
    assert [r for page in pages for r in page["data"] if r["isActive"]] == plain["data"]
    too_long = reader.http.post("/teams/daily-usage-data", json={"startDate": 0, "endDate": 31 * DAY_MS})
    assert too_long.status_code == 400
    assert reader.http.post("/teams/daily-usage-data", json={}).status_code == 400


def test_billable_events_can_come_on_days_that_are_not_active(firm: Simulation) -> None:
    reader, now = Reader(firm), firm.clock.now_ms()
    rows: list[Json] = []
    for back in range(0, 150, 25):
        last = now - back * DAY_MS - 1
        rows += reader.post(
            "/teams/daily-usage-data", startDate=last - 25 * DAY_MS + 1, endDate=last, page=1, pageSize=99
        )["data"]
    assert any(not row["isActive"] and row["usageBasedReqs"] for row in rows)


@pytest.mark.parametrize(
    "faults", [Faults(), Faults(seed=3, late_permille=300, revised_permille=300, float_noise=True)]
)
def test_spend_adds_up_to_the_events_served_at_that_moment(faults: Faults) -> None:
    simulation = small(faults=faults)
    for _ in range(3):
        reader = Reader(simulation)
        spend = reader.post("/teams/spend")
        events = reader.window(spend["subscriptionCycleStart"], simulation.clock.now_ms())
        overall: dict[str, int] = defaultdict(int)
        on_demand: dict[str, int] = defaultdict(int)
        for event in events:
            overall[event["userEmail"]] += nano(event["chargedCents"])
            on_demand[event["userEmail"]] += nano(event["chargedCents"]) * event["isChargeable"]
        rows = {row["email"]: row for row in spend["teamMemberSpend"]}
        assert {who: nano(row["overallSpendCents"]) for who, row in rows.items() if row["overallSpendCents"]} == {who: amount for who, amount in overall.items() if amount}  # fmt: skip
        assert {who: nano(row["spendCents"]) for who, row in rows.items() if row["spendCents"]} == {who: amount for who, amount in on_demand.items() if amount}  # fmt: skip
        assert all(
            nano(r["includedSpendCents"]) == nano(r["overallSpendCents"]) - nano(r["spendCents"])
            for r in rows.values()
        )
        simulation.clock.advance(11 * DAY_MS + 5 * HOUR_MS)


def test_spend_has_pages_by_count_only_and_sorts(firm: Simulation) -> None:
    reader = Reader(firm)
    whole = reader.post("/teams/spend", pageSize=1_000)
    assert "pagination" not in whole
    assert "currentPage" not in whole
    parts = [reader.post("/teams/spend", pageSize=8, page=page) for page in range(1, 10)]
    assert parts[0]["totalPages"] == -(-whole["totalMembers"] // 8)
    assert [row for part in parts for row in part["teamMemberSpend"]] == whole["teamMemberSpend"]
    amounts = [row["spendCents"] for row in reader.post("/teams/spend", sortBy="amount")["teamMemberSpend"]]
    assert amounts == sorted(amounts, reverse=True)
    names = [
        r["name"] for r in reader.post("/teams/spend", sortBy="user", sortDirection="asc")["teamMemberSpend"]
    ]
    assert names == sorted(names)
    wanted = whole["teamMemberSpend"][0]
    found = reader.post("/teams/spend", searchTerm=wanted["email"].upper())["teamMemberSpend"]
    assert found == [wanted]
    assert reader.http.post("/teams/spend", json={"sortBy": "luck"}).status_code == 400


def test_members_come_and_go(firm: Simulation) -> None:
    people = firm.teams[0].company.people
    leavers = {p.email for p in people if p.left is not None}
    joiners = {p.email for p in people if p.joined_ms > firm.teams[0].company.start_ms}
    assert leavers
    assert joiners
    rows = Reader(firm).get("/teams/members")["teamMembers"]
    assert {row["email"] for row in rows if row["isRemoved"]} == leavers
    early = Simulation(
        firm.teams[0].company, clock=ManualClock(firm.teams[0].company.start_ms), behaviour=UNLIMITED
    )
    first = Reader(early).get("/teams/members")["teamMembers"]
    assert {row["email"] for row in rows} - {row["email"] for row in first} == joiners
    assert Counter(row["role"] for row in rows) == {"owner": 1, "free-owner": 1, "member": 28}


def test_group_spend_is_the_on_demand_spend_of_their_people(firm: Simulation) -> None:
    reader = Reader(firm)
    answer = reader.get("/teams/groups")
    spend = {r["email"]: nano(r["spendCents"]) for r in reader.post("/teams/spend")["teamMemberSpend"]}
    for group in answer["groups"]:
        people = [*group["currentMembers"], *group["formerMembers"]]
        assert nano(group["spendCents"]) == sum(spend.get(m["email"], 0) for m in people)
        assert nano(group["spendCents"]) == sum(nano(day["spendCents"]) for day in group["dailySpend"])
        assert group["memberCount"] == len(group["currentMembers"])
        assert reader.get(f"/teams/groups/{group['id']}")["group"] == group
    assert answer["unassignedGroup"]["id"] == "group_unassigned"
    past = reader.get("/teams/groups", billingCycle="2026-05-15")["billingCycle"]
    assert past["cycleStart"] <= "2026-05-15T23:59:59.999Z" < past["cycleEnd"]
    assert reader.http.get("/teams/groups?billingCycle=soon").status_code == 400


def test_directory_groups_hold_everyone_with_a_seat_once(firm: Simulation) -> None:
    reader = Reader(firm)
    page = reader.get("/teams/directory-groups", pageSize=4, page=2)
    assert (len(page["groups"]), page["pagination"]["totalPages"]) == (2, 2)
    groups = reader.get("/teams/directory-groups")["groups"]
    members = [
        m["email"]
        for g in groups
        for m in reader.get(f"/teams/directory-groups/{g['id']}/members")["members"]
    ]
    seats = [m["email"] for m in reader.get("/teams/members")["teamMembers"] if not m["isRemoved"]]
    assert sorted(members) == sorted(seats)
    assert reader.get(f"/teams/directory-groups/{groups[0]['id']}") == groups[0]


def test_audit_log_tells_who_was_removed(firm: Simulation) -> None:
    reader = Reader(firm)
    leaver = next(p for p in firm.teams[0].company.people if p.left_ms is not None)
    assert leaver.left_ms is not None
    log = reader.get(
        "/teams/audit-logs",
        startTime=leaver.left_ms - DAY_MS,
        endTime=leaver.left_ms + DAY_MS,
        eventTypes="remove_user",
    )
    assert {"email": leaver.email} in [event["event_data"] for event in log["events"]]
    assert {event["event_type"] for event in log["events"]} == {"remove_user"}
    assert log["pagination"]["totalCount"] == len(log["events"])
    assert reader.http.get("/teams/audit-logs?startTime=40d").status_code == 400
    assert reader.http.get("/teams/audit-logs?startTime=tomorrowish").status_code == 400
    assert reader.http.get("/teams/audit-logs?page=x").status_code == 400


def test_audit_times_are_read_in_every_documented_form() -> None:
    now = 1_790_000_123_456
    midnight = now // DAY_MS * DAY_MS
    assert moment("now", now) == now
    assert moment("today", now) == midnight
    assert moment("yesterday", now) == midnight - DAY_MS
    assert moment("7d", now) == now - 7 * DAY_MS
    assert moment("5h", now) == now - 5 * HOUR_MS
    assert moment("300s", now) == now - 300_000
    assert moment("1790000000", now) == moment("1790000000000", now) == 1_790_000_000_000
    assert moment("2026-09-21", now) == moment("2026-09-21T02:00:00+02:00", now) == 1_789_948_800_000
