"""The simulated events endpoint against section 5 of the reference, as a client would meet it."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import numpy as np
import pytest

from finora.simulator import UNLIMITED, Behaviour, Company, ManualClock, Simulation, small
from finora.simulator.clock import DAY_MS
from finora.simulator.in_process import EVENTS_PATH, Json, Reader, nano

FIELD_ORDER = (
    "timestamp", "userEmail", "serviceAccountId", "serviceAccountName", "cloudAgentId", "automationId",
    "conversationId", "model", "kind", "maxMode", "requestsCosts", "isTokenBasedCall", "isChargeable", "isHeadless",
    "tokenUsage", "chargedCents", "cursorTokenFee",
)  # fmt: skip
ALWAYS = {
    "timestamp",
    "userEmail",
    "model",
    "kind",
    "maxMode",
    "isTokenBasedCall",
    "isChargeable",
    "isHeadless",
}
TOKENS = ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens")


def tokens(event: Json) -> int:
    return sum(int(event["tokenUsage"].get(name, 0)) for name in TOKENS)


def test_served_events_are_exactly_those_that_happened_up_to_now(cast: Simulation, wire: list[Json]) -> None:
    happened = cast.truth.events.ts[cast.truth.happened()]
    assert len(wire) == len(happened) > 3_000
    assert [int(event["timestamp"]) for event in wire] == happened[::-1].tolist()


def test_charges_read_exactly_add_up_to_the_truth(cast: Simulation, wire: list[Json]) -> None:
    total = cast.truth.total()
    assert sum(nano(event["chargedCents"]) for event in wire) == total.value_nano
    assert sum(nano(event["chargedCents"]) for event in wire if event["isChargeable"]) == total.spend_nano
    by_person = Counter[str]()
    for event in wire:
        by_person[event["userEmail"].lower()] += nano(event["chargedCents"])
    assert by_person == {who: amount.value_nano for who, amount in cast.truth.by_person().items()}


def test_charge_is_list_cost_less_discount_plus_token_rate(wire: list[Json]) -> None:
    checked = Counter[str]()
    for event in wire:
        usage = event.get("tokenUsage")
        fee: Decimal | int = event.get("cursorTokenFee", 0)
        if fee:
            assert fee == Decimal("0.000025") * tokens(event)
        if usage and event["isTokenBasedCall"] and "Not Charged" not in event["kind"]:
            left = 100 - usage.get("discountPercentOff", 0)
            assert event["chargedCents"] == Decimal(usage["totalCents"]) * left / 100 + fee
            checked["discounted" if left < 100 else "plain"] += 1
    assert checked["plain"] > 1_000
    assert checked["discounted"] > 10


def test_a_call_costs_what_its_tokens_cost_at_list_price(wire: list[Json]) -> None:
    sonnet = [e for e in wire if e["model"] == "claude-sonnet-5-thinking-high" and e.get("tokenUsage")]
    assert sonnet
    for event in sonnet:
        usage = event["tokenUsage"]
        price = dict(zip(TOKENS, map(Decimal, ("2", "10", "2.5", "0.2")), strict=True))
        assert usage["totalCents"] == sum(usage.get(name, 0) * price[name] for name in TOKENS) / 10_000


def test_fields_come_in_the_order_of_the_sample_and_absent_ones_are_left_out(wire: list[Json]) -> None:
    for event in wire:
        assert list(event) == [name for name in FIELD_ORDER if name in event]
        assert set(event) >= ALWAYS
        assert None not in event.values()
        assert isinstance(event["timestamp"], str)
    present = Counter(name for event in wire for name in event)
    for name in set(FIELD_ORDER) - ALWAYS - {"requestsCosts", "chargedCents"}:
        assert 0 < present[name] < len(wire), name


def test_every_billing_kind_and_oddity_of_the_sample_occurs() -> None:
    start, end = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    company = Company.generate(3, seats=40, start=start, end=end, events=30_000)
    simulation = Simulation(company, clock=ManualClock(company.end_ms), behaviour=UNLIMITED)
    events = Reader(simulation).everything()
    kinds = Counter(event["kind"] for event in events)
    assert set(kinds) == {
        "Usage-based", "Included in Business", "Errored, Not Charged", "Aborted, Not Charged", "User API Key", "Free"
    }  # fmt: skip
    included = [e for e in events if e["kind"] == "Included in Business"]
    assert any(not e["isTokenBasedCall"] and e["chargedCents"] == 0 and "tokenUsage" in e for e in included)
    requests = [e for e in events if not e["isTokenBasedCall"] and "tokenUsage" not in e]
    assert {(e["requestsCosts"], e["chargedCents"]) for e in requests} == {(1, 4), (2, 8)}
    assert any(
        "inputTokens" in e.get("tokenUsage", {}) and "cacheWriteTokens" not in e["tokenUsage"] for e in events
    )
    assert any(e["maxMode"] for e in events)
    own_key = [e for e in events if e["kind"] == "User API Key"]
    assert all(
        e["chargedCents"] == e["cursorTokenFee"] and e["tokenUsage"]["totalCents"] == 0 for e in own_key
    )


@pytest.mark.parametrize("size", [1, 7, 100, 999, 1_000])
def test_pages_joined_are_the_whole_window(reader: Reader, cast: Simulation, size: int) -> None:
    now = cast.clock.now_ms()
    first = now - (2 if size < 100 else 20) * DAY_MS
    whole = reader.window(first, now)
    assert len(whole) > size
    assert reader.window(first, now, pageSize=size) == whole


def test_bounds_include_both_milliseconds(reader: Reader, wire: list[Json]) -> None:
    newest, older = int(wire[100]["timestamp"]), int(wire[150]["timestamp"])
    inside = reader.window(older, newest)
    assert [int(inside[0]["timestamp"]), int(inside[-1]["timestamp"])] == [newest, older]
    assert reader.window(older + 1, newest - 1) == [e for e in inside if older < int(e["timestamp"]) < newest]
    assert reader.window(newest, newest) == [e for e in inside if int(e["timestamp"]) == newest]


def test_pagination_says_where_one_is(reader: Reader, cast: Simulation) -> None:
    now = cast.clock.now_ms()
    answer = reader.page(now - 10 * DAY_MS, now)
    total = answer["totalUsageEventsCount"]
    assert answer["pagination"] == {
        "numPages": -(-total // 100), "currentPage": 1, "pageSize": 100, "hasNextPage": True, "hasPreviousPage": False
    }  # fmt: skip
    assert answer["period"] == {"startDate": now - 10 * DAY_MS, "endDate": now}
    past = reader.page(now - 10 * DAY_MS, now, page=10_000)
    assert past["usageEvents"] == []
    assert past["pagination"]["hasNextPage"] is False
    assert past["totalUsageEventsCount"] == total


def test_empty_request_means_the_last_thirty_days(reader: Reader, cast: Simulation) -> None:
    now = cast.clock.now_ms()
    assert reader.post(EVENTS_PATH)["period"] == {"startDate": now - 30 * DAY_MS, "endDate": now}


def refusal(simulation: Simulation, **body: object) -> httpx.Response:
    return Reader(simulation).http.post(EVENTS_PATH, json=body)


def test_unknown_choices_of_the_api_can_be_set_both_ways() -> None:
    long = {"startDate": 0, "endDate": 31 * DAY_MS}
    assert refusal(small(), **long).status_code == 400
    assert refusal(small(behaviour=Behaviour(long_ranges="allow")), **long).status_code == 200
    assert refusal(small(), pageSize=5_000).json()["pagination"]["pageSize"] == 1_000
    assert refusal(small(behaviour=Behaviour(large_pages="reject")), pageSize=5_000).status_code == 400
    assert refusal(small(behaviour=Behaviour(missing_dates="reject"))).status_code == 400
    assert refusal(small(), hostingType="MOON").status_code == 400
    assert refusal(small(), userId="user_x").json() == {"code": "error", "message": "userId must be a number"}


def test_filters_narrow_and_combine(reader: Reader, cast: Simulation) -> None:
    now = cast.clock.now_ms()
    span = (now - 29 * DAY_MS, now)
    events = reader.window(*span)
    company = cast.teams[0].company
    somebody = max(company.people, key=lambda person: sum(e["userEmail"] == person.email for e in events))
    robot = company.service_accounts[0]
    mine = [e for e in events if e["userEmail"] == somebody.email]
    cloud = [e for e in events if "cloudAgentId" in e]
    assert reader.window(*span, email=somebody.email.upper()) == mine != []
    assert reader.window(*span, userId=somebody.number) == mine
    assert reader.window(*span, cloudAgentId="*") == cloud != []
    one_run = cloud[0]["cloudAgentId"]
    assert reader.window(*span, cloudAgentId=one_run) == [e for e in cloud if e["cloudAgentId"] == one_run]
    automated = [e for e in events if "automationId" in e]
    assert reader.window(*span, automationId="*") == automated != []
    assert reader.window(*span, serviceAccountId=robot.account_id) == [
        e for e in events if e.get("serviceAccountId") == robot.account_id
    ]
    assert reader.window(*span, email=somebody.email, cloudAgentId="*") == [
        e for e in mine if "cloudAgentId" in e
    ]
    assert reader.window(*span, hostingType="CLOUD") == cloud
    assert reader.window(*span, hostingType="SELF_HOSTED") == []


def test_what_proves_an_event_type_is_on_the_event(cast: Simulation, wire: list[Json]) -> None:
    features = [("chat", "agent", "inline_edit", "bugbot", "cloud_agent", "automation", "background")[code]
                for code in cast.truth.events.feature[cast.truth.happened()][::-1].tolist()]  # fmt: skip
    assert set(features) == {
        "chat",
        "agent",
        "inline_edit",
        "bugbot",
        "cloud_agent",
        "automation",
        "background",
    }
    for feature, event in zip(features, wire, strict=True):
        assert ("automationId" in event) == (feature == "automation")
        assert ("cloudAgentId" in event) == (feature in ("automation", "cloud_agent"))
        assert event["isHeadless"] == (feature in ("automation", "cloud_agent", "background", "bugbot"))
        if feature in ("inline_edit", "bugbot"):
            assert "conversationId" not in event


def test_conversations_have_five_to_twenty_calls_of_one_person(cast: Simulation) -> None:
    events = cast.truth.events
    sizes = np.bincount(events.conversation[(events.conversation >= 0) & (events.feature == 1)])
    assert np.median(sizes[sizes > 0]) >= 5
    assert sizes.max() <= 20
