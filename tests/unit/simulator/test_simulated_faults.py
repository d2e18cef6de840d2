"""Each fault of section 13: seen when it is on, absent when it is off, the same for the same seed."""

import json
from collections import Counter
from dataclasses import fields
from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finora.simulator import Behaviour, Faults, Simulation, serve_in_thread, small
from finora.simulator.clock import DAY_MS, HOUR_MS
from finora.simulator.in_process import EVENTS_PATH, Json, Reader, nano


def befallen(**on: int) -> Faults:
    return Faults(**on)  # type: ignore[arg-type]  # switches are given as 0 and 1


def hours_on(simulation: Simulation, hours: float) -> Simulation:
    simulation.clock.advance(int(hours * HOUR_MS))
    return simulation


def identity(event: Json) -> str:
    return json.dumps(
        {k: v for k, v in event.items() if k not in ("chargedCents", "cursorTokenFee")}, default=str
    )


def events_by_identity(simulation: Simulation) -> dict[str, Json]:
    return {identity(event): event for event in Reader(simulation).everything()}


def test_late_events_appear_inside_windows_already_read_and_none_stays_away() -> None:
    simulation = small(faults=Faults(seed=3, late_permille=300, late_hours=48))
    now = simulation.clock.now_ms()
    reader = Reader(simulation)
    before = reader.window(now - DAY_MS, now)
    hours_on(simulation, 48)
    after = reader.window(now - DAY_MS, now)
    assert len(after) > len(before)
    assert {identity(e) for e in before} < {identity(e) for e in after}
    assert len(after) == len(simulation.truth.happened(now - DAY_MS, now + 1))


def test_charges_are_revised_in_both_directions_and_then_stay() -> None:
    simulation = small(faults=Faults(seed=4, revised_permille=500, revised_hours=24))
    first = events_by_identity(simulation)
    second = events_by_identity(hours_on(simulation, 24))
    changed = [(first[k], second[k]) for k in first if first[k]["chargedCents"] != second[k]["chargedCents"]]
    gained = [(a, b) for a, b in changed if a["chargedCents"] < b["chargedCents"]]
    assert gained
    assert len(changed) > len(gained)
    for before, after in gained:
        assert "cursorTokenFee" not in before
        assert before["chargedCents"] + after["cursorTokenFee"] == after["chargedCents"]
    third = events_by_identity(hours_on(simulation, 240))
    assert all(
        third[k] == event
        for k, event in second.items()
        if int(event["timestamp"]) < simulation.clock.now_ms() - 11 * DAY_MS
    )


def test_drift_lands_an_event_between_two_pages() -> None:
    simulation = small(faults=Faults(seed=1, drift_events=40))
    reader, now = Reader(simulation), simulation.clock.now_ms()
    span = (now - 25 * DAY_MS, now)
    totals = [reader.page(*span, page=page)["totalUsageEventsCount"] for page in (1, 2, 3, 4)]
    assert totals == [totals[0], totals[0] + 1, totals[0] + 2, totals[0] + 3]


def test_drift_comes_to_an_end() -> None:
    simulation = small(faults=Faults(seed=1, drift_events=3))
    reader, now = Reader(simulation), simulation.clock.now_ms()
    for _ in range(5):
        for window in (0, 30):
            reader.page(now - (window + 30) * DAY_MS, now - window * DAY_MS, page=2)
    seen = simulation.truth
    assert len(seen.visible()) == len(seen.happened())


def test_twins_are_two_calls_and_cost_twice() -> None:
    simulation = small(faults=Faults(seed=1, twin_permille=100))
    served = Reader(simulation).everything()
    rows = Counter(json.dumps(event, default=str) for event in served)
    assert max(rows.values()) == 2
    same_moment = Counter((e["timestamp"], e["userEmail"]) for e in served)
    models = {
        key: {e["model"] for e in served if (e["timestamp"], e["userEmail"]) == key}
        for key, n in same_moment.items()
        if n > 1
    }
    assert any(len(names) == 2 for names in models.values())
    assert sum(nano(e["chargedCents"]) for e in served) == simulation.truth.total().value_nano


def test_without_twins_no_two_events_are_the_same(wire: list[Json]) -> None:
    assert max(Counter(json.dumps(event, default=str) for event in wire).values()) == 1


@pytest.mark.parametrize("flagged", [False, True])
def test_vanished_people_leave_events_without_an_address(flagged: bool) -> None:  # noqa: FBT001 - a parameter
    simulation = small()
    person = simulation.teams[0].company.people[2]
    simulation = small(faults=Faults(vanished_flagged=flagged))
    before = Reader(simulation).everything()
    simulation.remove_member(person.email)
    after = Reader(simulation).everything()
    assert [e for e in before if "userEmail" not in e] == []
    lost = [b for a, b in zip(before, after, strict=True) if a["userEmail"] == person.email]
    assert lost
    assert all("userEmail" not in event for event in lost)
    assert sum("userEmail" not in event for event in after) == len(lost)
    row = [m for m in Reader(simulation).get("/teams/members")["teamMembers"] if m["email"] == person.email]
    assert [m["isRemoved"] for m in row] == ([True] if flagged else [])
    spenders = [r["email"] for r in Reader(simulation).post("/teams/spend")["teamMemberSpend"]]
    assert (person.email in spenders) == flagged
    assert simulation.truth.by_person()[person.email].events == len(lost)


def test_people_vanish_by_themselves_where_the_fault_says_so() -> None:
    simulation = small(faults=Faults(vanishing_people=2))
    hours_on(simulation, 24 * 31)
    served = Reader(simulation).everything()
    owners = {e["userEmail"] for e in served if "userEmail" in e}
    assert len(set(simulation.truth.by_person()) - owners) == 2


def test_retention_forgets_without_an_error() -> None:
    simulation = small(faults=Faults(retention_days=7))
    now = simulation.clock.now_ms()
    served = Reader(simulation).everything()
    assert min(int(e["timestamp"]) for e in served) >= now - 7 * DAY_MS
    truth = simulation.truth
    assert len(served) + len(truth.forgotten()) == len(truth.happened())
    old = Reader(simulation).page(now - 20 * DAY_MS, now - 10 * DAY_MS)
    assert (old["totalUsageEventsCount"], old["usageEvents"]) == (0, [])


def test_what_a_reader_can_know_is_what_was_served_while_it_was_there() -> None:
    simulation = small(faults=Faults(seed=9, retention_days=3, late_permille=200, revised_permille=200))
    truth = simulation.truth
    known: dict[str, Json] = {}
    sightings = []
    for _ in range(6):
        sightings.append(truth.sighting())
        known |= events_by_identity(simulation)
        hours_on(simulation, 36)
    best = truth.known(sightings)
    assert sum(a.events for a in best.values()) == len(known)
    assert sum(a.value_nano for a in best.values()) == sum(nano(e["chargedCents"]) for e in known.values())


UNHEARD = {
    "unknown_kind_permille": lambda events: any(e["kind"] == "Prepaid Credits" for e in events),
    "unknown_model_permille": lambda events: any(e["model"] == "borealis-7-preview" for e in events),
    "extra_field_permille": lambda events: any("hostingType" in e for e in events),
    "free_bugbot": lambda events: all(e.get("isFreeBugbot") is False for e in events),
    "number_strings": lambda events: all(isinstance(e["chargedCents"], str) for e in events),
    "null_fields": lambda events: any(e.get("conversationId", "") is None for e in events),
    "mixed_case_emails": lambda events: any(e["userEmail"] != e["userEmail"].lower() for e in events),
    "float_noise": lambda events: any(len(str(e["chargedCents"])) > 14 for e in events),
}  # fmt: skip


@pytest.mark.parametrize("name", UNHEARD)
def test_odd_data_is_there_only_when_asked_for(name: str, wire: list[Json]) -> None:
    simulation = small(faults=befallen(**{name: 50 if name.endswith("permille") else 1}))
    served = Reader(simulation).everything()
    assert UNHEARD[name](served)
    assert not UNHEARD[name](wire)
    total = sum(nano(event["chargedCents"] or 0) for event in served)
    assert total == simulation.truth.total().value_nano


def test_numeric_ids_replace_the_encoded_ones() -> None:
    for numeric in (False, True):
        reader = Reader(small(faults=Faults(numeric_ids=numeric)))
        ids = [m["id"] for m in reader.get("/teams/members")["teamMembers"]]
        spenders = [m["userId"] for m in reader.post("/teams/spend")["teamMemberSpend"]]
        assert all(isinstance(i, int if numeric else str) for i in (*ids, *spenders))
        assert set(ids) & set(spenders)


def answers(faults: Faults, requests: int = 30, path: str = EVENTS_PATH) -> list[httpx.Response]:
    reader = Reader(small(faults=faults))
    return [reader.http.post(path, json={"page": 1}) for _ in range(requests)]


@pytest.mark.parametrize(
    ("name", "status"), [("rate_limited_permille", 429), ("error_permille", 500), ("gateway_permille", 502)]
)
def test_transient_errors_come_and_let_a_retry_through(name: str, status: int) -> None:
    statuses = [r.status_code for r in answers(befallen(seed=2, **{name: 400}))]
    assert set(statuses) == {200, status}
    assert statuses == [r.status_code for r in answers(befallen(seed=2, **{name: 400}))]
    longest = max(len(run) for run in "".join("x" if s != 200 else "." for s in statuses).split("."))
    assert longest <= 4
    assert {r.status_code for r in answers(Faults(seed=2))} == {200}


def test_transient_errors_end_after_the_agreed_number() -> None:
    statuses = Counter(r.status_code for r in answers(Faults(seed=2, error_permille=1_000, at_most=5), 40))
    assert statuses == {500: 5, 200: 35}


def test_bodies_of_errors_have_the_documented_shapes() -> None:
    on = {"seed": 2, "in_a_row": 1}
    limited = next(r for r in answers(befallen(**on, rate_limited_permille=500)) if r.status_code == 429)
    assert limited.json() == {"code": "error", "message": "Rate limit exceeded"}
    assert limited.headers["retry-after"] == "60"
    hasty = Reader(small(faults=befallen(rate_limited_permille=1_000), behaviour=Behaviour(retry_after_s=2)))
    assert hasty.http.post(EVENTS_PATH, json={}).headers["retry-after"] == "2"
    silent = next(
        r
        for r in answers(befallen(**on, rate_limited_permille=500, retry_after_missing=True))
        if r.status_code == 429
    )
    assert "retry-after" not in silent.headers
    dated = next(
        r
        for r in answers(befallen(**on, rate_limited_permille=500, retry_after_date=True))
        if r.status_code == 429
    )
    assert dated.headers["retry-after"].endswith(" GMT")
    broken = next(r for r in answers(befallen(**on, gateway_permille=500)) if r.status_code == 502)
    assert broken.headers["content-type"].startswith("text/html")
    assert broken.text.startswith("<html>")


def pages(faults: Faults) -> list[Json]:
    return [json.loads(response.text) for response in answers(faults)]


def test_pages_lie_only_when_asked_to() -> None:
    honest = pages(Faults(seed=5))
    assert all(page == honest[0] for page in honest)
    total = honest[0]["totalUsageEventsCount"]
    empty = [p for p in pages(Faults(seed=5, empty_page_permille=300)) if not p["usageEvents"]]
    assert empty
    assert all(p["pagination"]["hasNextPage"] for p in empty)
    totals = {p["totalUsageEventsCount"] for p in pages(Faults(seed=5, wrong_total_permille=300))}
    assert totals == {total, total + 1}


def test_a_last_page_can_claim_another() -> None:
    reader = Reader(small(faults=Faults(seed=5, endless_permille=1_000, in_a_row=1)))
    now = reader.simulation.clock.now_ms()
    claims = [reader.page(now, now)["pagination"]["hasNextPage"] for _ in range(6)]
    assert claims == [True, False] * 3


def test_outage_answers_with_nothing_for_a_while() -> None:
    totals = [page["totalUsageEventsCount"] for page in pages(Faults(outage_after=3, outage_requests=2))]
    assert totals[0] > 0
    assert [total == 0 for total in totals] == [False] * 3 + [True] * 2 + [False] * 25


def test_key_stops_working_in_the_middle() -> None:
    assert [r.status_code for r in answers(Faults(revoked_at=3), 5)] == [200, 200, 401, 401, 401]
    last = answers(Faults(unscoped_at=2), 2)[1]
    assert (last.status_code, "required scope" in last.json()["message"]) == (401, True)


def test_deleting_a_group_moves_its_history_to_unassigned() -> None:
    simulation = small()
    reader = Reader(simulation)
    before = reader.get("/teams/groups")
    victim = max(before["groups"], key=lambda group: group["spendCents"])
    assert victim["spendCents"] > 0
    simulation.delete_group(victim["name"])
    after = reader.get("/teams/groups")
    assert victim["name"] not in [group["name"] for group in after["groups"]]
    assert nano(after["unassignedGroup"]["spendCents"]) == nano(
        victim["spendCents"] + before["unassignedGroup"]["spendCents"]
    )
    gone = len(Reader(small(faults=Faults(deleted_groups=2))).get("/teams/groups")["groups"])
    assert gone == len(before["groups"]) - 2


def test_dropped_and_cut_connections_are_real() -> None:
    simulation = small(faults=Faults(seed=1, dropped_permille=300, truncated_permille=300))
    seen: Counter[str] = Counter()
    with (
        serve_in_thread(simulation) as served,
        httpx.Client(base_url=served.base_url, auth=(simulation.key, "")) as http,
    ):
        for _ in range(30):
            try:
                response = http.post(EVENTS_PATH, json={})
                json.loads(response.content)
                seen["whole"] += 1
            except (httpx.ReadError, httpx.WriteError):
                seen["reset"] += 1
            except httpx.RemoteProtocolError as error:
                seen["cut" if "complete message body" in str(error) else "reset"] += 1
            except json.JSONDecodeError:
                seen["half a JSON"] += 1
    assert set(seen) == {"whole", "reset", "cut", "half a JSON"}


def test_slow_answers_outlast_an_impatient_client() -> None:
    simulation = small(faults=Faults(slow_permille=1_000, slow_ms=200, at_most=1))
    with (
        serve_in_thread(simulation) as served,
        httpx.Client(base_url=served.base_url, timeout=0.05, auth=(simulation.key, "")) as http,
    ):
        with pytest.raises(httpx.ReadTimeout):
            http.post(EVENTS_PATH, json={})
        assert http.post(EVENTS_PATH, json={}, timeout=5).status_code == 200


def patient_window(http: httpx.Client, first: int, last: int) -> list[Json]:
    """The window as a careful client reads it: retrying, and again until the rows add up."""
    for _ in range(60):
        events: list[Json] = []
        totals = set()
        page, pages = 0, 1
        while page < pages:
            try:
                response = http.post(
                    EVENTS_PATH,
                    json={"startDate": first, "endDate": last, "page": page + 1, "pageSize": 1_000},
                )
                if response.status_code != 200:
                    continue
                body = json.loads(response.content, parse_float=Decimal)
            except (httpx.TransportError, ConnectionResetError, json.JSONDecodeError):
                continue
            page, pages = page + 1, body["pagination"]["numPages"]
            events += body["usageEvents"]
            totals.add(body["totalUsageEventsCount"])
        if totals == {len(events)}:
            return events
    raise AssertionError("The window never became consistent.")


@given(seed=st.integers(0, 10_000))
@settings(max_examples=12)
def test_a_patient_client_arrives_at_the_truth_after_any_recoverable_mix(seed: int) -> None:
    faults = Faults.random(seed)
    simulation = small(faults=faults)
    http = Reader(simulation).http
    now = simulation.clock.now_ms()
    spans = [(now - (days + 30) * DAY_MS + 1, now - days * DAY_MS) for days in (0, 30)]
    for span in spans:
        patient_window(http, *span)
    simulation.settle()
    served = [event for span in spans for event in patient_window(http, *span)]
    truth = simulation.truth
    assert (
        sum(nano(event["chargedCents"] or 0) for event in served)
        == truth.total(truth.happened(0, now + 1)).value_nano
    )


def test_settling_leaves_what_does_not_pass() -> None:
    faults = Faults(
        seed=1,
        retention_days=5,
        extra_field_permille=100,
        late_permille=500,
        error_permille=900,
        revoked_at=2,
    )
    simulation = small(faults=faults)
    start = simulation.clock.now_ms()
    simulation.settle()
    assert simulation.clock.now_ms() > start
    served = Reader(simulation).everything()
    truth = simulation.truth
    assert len(served) == len(truth.happened()) - len(truth.forgotten()) > 0
    assert any("hostingType" in event for event in served)


def test_equal_faults_befall_equally_and_another_seed_differently() -> None:
    def told(seed: int) -> list[Json]:
        return Reader(
            small(faults=Faults(seed=seed, late_permille=200, revised_permille=200, twin_permille=20))
        ).everything()

    assert told(1) == told(1)
    assert told(1) != told(2)


@given(seed=st.integers(0, 2**32))
def test_any_mix_of_faults_is_a_valid_value(seed: int) -> None:
    faults = Faults.random(seed)
    calm = faults.calmed()
    assert all(
        getattr(calm, f.name) == 0
        for f in fields(calm)
        if f.name.startswith(("late_p", "error", "dropped", "revised_p"))
    )
    assert calm.calmed() == calm


def test_impossible_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="per mille"):
        Faults(late_permille=1_001)
    with pytest.raises(ValueError, match="negative"):
        Faults(retention_days=-1)
