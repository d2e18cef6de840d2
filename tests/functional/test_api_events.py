"""`GET /api/v1/events`: every event once, whatever arrives meanwhile."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from finora.simulator import Faults, small
from support.simulated import pass_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.running import Running

Json = dict[str, Any]
EVENTS = "/api/v1/events"


def pages(
    finora: Running,
    more: dict[str, str] | None = None,
    *,
    limit: int,
    between: Callable[[], None] = lambda: None,
) -> Iterator[Json]:
    """Yield all events page by page, with something happening between the pages."""
    cursor = None
    while True:
        parameters = (
            {"limit": str(limit), "period": "all"} | (more or {}) | ({"cursor": cursor} if cursor else {})
        )
        answer = finora.member.get(EVENTS, params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["events"]) <= limit
        yield from page["events"]
        cursor = page["next_cursor"]
        if cursor is None:
            return
        between()


def test_paging_returns_every_event_exactly_once_newest_first(acme: Running) -> None:
    found = list(pages(acme, limit=1000))
    total = acme.simulated.truth.total()
    assert len({event["id"] for event in found}) == len(found) == total.events
    times = [event["timestamp"] for event in found]
    assert times == sorted(times, reverse=True)
    cost = sum(Decimal(event["cost"]) for event in found)
    assert cost == Decimal(total.value_nano) / 10**9


def test_odd_page_sizes_lose_and_repeat_nothing(acme: Running) -> None:
    wanted = {"period": "7d"}
    whole = [event["id"] for event in pages(acme, wanted, limit=1000)]
    for limit in (7, 100, len(whole), len(whole) - 1):
        assert [event["id"] for event in pages(acme, wanted, limit=limit)] == whole


def test_events_that_arrive_while_one_reads_neither_repeat_nor_hide_others(
    serve: Callable[..., Running],
) -> None:
    finora = serve(small(faults=Faults(seed=5, twin_permille=30)))
    finora.connect()
    before = {event["id"] for event in pages(finora, limit=1000)}

    def more_happens() -> None:
        pass_time(finora.simulated, hours=9)
        finora.sync()

    seen = Counter(event["id"] for event in pages(finora, limit=900, between=more_happens))
    assert max(seen.values()) == 1
    assert before <= seen.keys()
    assert finora.simulated.truth.total().events > len(before)


def test_an_event_tells_all_that_is_known_of_it(acme: Running) -> None:
    event = acme.member.get(EVENTS, params={"period": "all", "limit": 1}).json()["events"][0]
    assert event.keys() >= {
        "id", "timestamp", "provider", "connection", "person", "person_label", "model", "vendor", "event_type",
        "event_type_basis", "kind", "billing", "chargeable", "cost", "fee", "list_cost", "discount", "tokens",
        "input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens", "requests", "max_mode",
        "headless", "conversation", "cloud_agent", "automation", "service_account", "extra",
    }  # fmt: skip
    assert event["provider"] == "cursor"
    assert event["timestamp"].endswith("Z")
    classes = ("input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens")
    assert event["tokens"] == sum(event[name] for name in classes)
    assert all(isinstance(event[name], str) for name in ("cost", "fee", "list_cost", "discount"))


def test_times_are_told_to_the_millisecond(acme: Running) -> None:
    events = acme.member.get(EVENTS, params={"period": "all", "limit": 1000}).json()["events"]
    assert any("." in event["timestamp"] for event in events)


def test_filters_of_an_address_choose_events(acme: Running) -> None:
    mara = "mara.okafor@lumenworks.test"
    found = list(pages(acme, {"f": f"is,person,{mara}"}, limit=1000))
    assert {event["person"] for event in found} == {mara}
    assert len(found) == acme.simulated.truth.by_person()[mara].events
    both: dict[str, str | list[str]] = {
        "f": [f"is,person,{mara}", "is,billing,on_demand,byok"],
        "period": "all",
        "limit": "1000",
    }
    charged = acme.member.get(EVENTS, params=both).json()["events"]
    assert {event["billing"] for event in charged} == {"on_demand", "byok"}
    spend = sum(Decimal(event["cost"]) for event in charged if event["chargeable"])
    assert spend == Decimal(acme.simulated.truth.by_person()[mara].spend_nano) / 10**9


def test_a_period_of_dates_chooses_events(acme: Running) -> None:
    found = list(pages(acme, {"from": "2026-11-10", "to": "2026-11-11", "period": "7d"}, limit=1000))
    assert {event["timestamp"][:10] for event in found} == {"2026-11-10"}
    assert len(found) == acme.simulated.truth.by_day()["2026-11-10"].events


def test_an_event_can_be_looked_up_by_its_id_for_good(serve: Callable[..., Running]) -> None:
    finora = serve(small(faults=Faults(seed=3, revised_permille=400, revised_hours=24)))
    finora.connect()
    first = {event["id"]: event["cost"] for event in pages(finora, {"period": "7d"}, limit=1000)}
    finora.simulated.settle()
    finora.sync()
    revised = 0
    for event in pages(finora, {"period": "14d"}, limit=1000):
        former = first.get(event["id"])
        if former is not None and former != event["cost"] and revised < 5:
            revised += 1
            told = finora.member.get(f"{EVENTS}/{event['id']}").json()
            assert told["cost"] == event["cost"]
            assert told["revisions"][-1]["cost"] == former
    assert revised == 5


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "MTIzLjQ"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"period": "fortnight"}, "fortnight"),
        ({"f": "is,colour,red"}, "colour"),
        ({"f": "model"}, "f="),
        ({"from": "2026-11-01"}, "together"),
        ({"person": "ana@acme.test"}, "person"),
    ],
)
def test_what_an_address_cannot_ask_is_refused_and_never_left_out_silently(
    acme: Running, parameters: dict[str, str], named: str
) -> None:
    answer = acme.member.get(EVENTS, params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query"), answer.text
    assert named in answer.json()["detail"]


def test_a_limit_that_is_no_number_is_refused(acme: Running) -> None:
    answer = acme.member.get(EVENTS, params={"limit": "many"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_without_data_there_are_no_events_and_no_next_page(fresh: Running) -> None:
    assert fresh.member.get(EVENTS, params={"period": "all"}).json() == {"events": [], "next_cursor": None}
