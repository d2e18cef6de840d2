"""`POST /api/v1/query`: every figure is the simulated company's own to the nano, and every member of the body does what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from finora.spend.catalog import DIMENSIONS, METRICS
from finora.values.money import usd_text

if TYPE_CHECKING:
    from support.running import Running

Json = dict[str, Any]
DAY = timedelta(days=1)


def usd(nano: int) -> str:
    """Return an amount as the API has to write it: all digits, at least two places, no rounding."""
    dollars, rest = divmod(nano, 10**9)
    places = f"{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{dollars}.{places}"


def refused(finora: Running, body: Json) -> Json:
    answer = finora.member.post("/api/v1/query", json=body)
    assert answer.status_code == 400, answer.text
    found: Json = answer.json()
    assert found["code"] == "invalid_query"
    return found


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def test_every_person_s_figures_are_the_truth_to_the_nano(acme: Running) -> None:
    answer = acme.ask(
        metrics=["spend", "usage_value", "events"], dimensions=["person"], period="all", limit=100
    )
    truth = acme.simulated.truth.by_person()
    found = {row["person"]: (row["spend"], row["usage_value"], row["events"]) for row in answer["rows"]}
    assert found == {
        who: (usd(each.spend_nano), usd(each.value_nano), each.events) for who, each in truth.items()
    }
    total = acme.simulated.truth.total()
    assert answer["totals"] == {
        "spend": usd(total.spend_nano),
        "usage_value": usd(total.value_nano),
        "events": total.events,
    }
    assert answer["other"] is None


def test_money_is_text_with_every_digit_and_counts_are_numbers(acme: Running) -> None:
    totals = acme.ask(metrics=["spend", "tokens", "people"], period="all")["totals"]
    assert isinstance(totals["spend"], str)
    assert isinstance(totals["tokens"], int)
    assert totals["people"] == 9
    assert usd_text(0) == "0.00"


def test_every_model_s_figures_are_the_truth(acme: Running) -> None:
    rows = acme.ask(metrics=["usage_value"], dimensions=["model"], period="all", limit=1000)["rows"]
    truth = acme.simulated.truth.by_model()
    assert {row["model"]: row["usage_value"] for row in rows} == {
        model: usd(each.value_nano) for model, each in truth.items()
    }


def test_every_day_s_figures_are_the_truth_with_empty_days_at_zero(acme: Running) -> None:
    rows = acme.ask(metrics=["usage_value", "events"], interval="day", period="all")["rows"]
    truth = acme.simulated.truth.by_day()
    assert len({row["bucket"] for row in rows}) == len(rows) == 61
    for row in rows:
        each = truth.get(row["bucket"][:10])
        assert row["bucket"].endswith("T00:00:00Z")
        expected = (usd(each.value_nano), each.events) if each else ("0.00", 0)
        assert (row["usage_value"], row["events"]) == expected


def test_keys_are_stable_and_labels_are_for_people(acme: Running) -> None:
    rows = acme.ask(dimensions=["person"], period="all")["rows"]
    labels = {row["person"]: row["person_label"] for row in rows}
    assert labels["tomas.kovar@lumenworks.test"] == "Tomáš Kovář"
    assert all(person == person.lower() for person in labels)
    vendors = acme.ask(dimensions=["vendor"], period="all")["rows"]
    assert all(row["vendor"] and row["vendor_label"] for row in vendors)


def test_two_dimensions_and_buckets_add_up_to_the_total(acme: Running) -> None:
    answer = acme.ask(
        metrics=["usage_value"], dimensions=["person", "vendor"], interval="week", period="all", limit=1000
    )
    assert sum(Decimal(row["usage_value"]) for row in answer["rows"]) == Decimal(
        answer["totals"]["usage_value"]
    )
    assert {datetime.fromisoformat(row["bucket"]).weekday() for row in answer["rows"]} == {0}
    assert answer["rows"][0].keys() == {
        "person",
        "person_label",
        "vendor",
        "vendor_label",
        "bucket",
        "usage_value",
    }


def test_what_the_limit_leaves_out_is_summed_up_as_other(acme: Running) -> None:
    whole = acme.ask(metrics=["usage_value", "events"], dimensions=["person"], period="all", limit=100)
    cut = acme.ask(metrics=["usage_value", "events"], dimensions=["person"], period="all", limit=3)
    assert cut["rows"] == whole["rows"][:3]
    assert cut["totals"] == whole["totals"]
    left = whole["rows"][3:]
    assert cut["other"]["groups"] == len(left)
    assert cut["other"]["events"] == sum(row["events"] for row in left)
    assert Decimal(cut["other"]["usage_value"]) == sum(Decimal(row["usage_value"]) for row in left)
    assert cut["meta"]["groups"] == len(whole["rows"])


def test_an_offset_turns_the_page(acme: Running) -> None:
    whole = acme.ask(dimensions=["person"], period="all", limit=100)["rows"]
    assert acme.ask(dimensions=["person"], period="all", limit=2, offset=2)["rows"] == whole[2:4]


@pytest.mark.parametrize(("direction", "sign"), [("asc", 1), ("desc", -1)])
def test_rows_are_ordered_as_asked(acme: Running, direction: str, sign: int) -> None:
    rows = acme.ask(
        metrics=["spend", "events"],
        dimensions=["person"],
        order_by=[["events", direction]],
        period="all",
    )["rows"]
    events = [sign * row["events"] for row in rows]
    assert events == sorted(events)


def test_the_contract_s_own_example_is_answered(acme: Running) -> None:
    answer = acme.ask(
        metrics=["spend", "usage_value", "events", "people", "tokens"],
        dimensions=["person"],
        filters=[["is", "event_type", ["chat"]]],
        period="7d",
        interval="day",
        timezone="UTC",
        compare="previous",
        order_by=[["spend", "desc"]],
        limit=50,
    )
    assert answer.keys() == {"rows", "totals", "other", "meta"}
    assert answer["totals"].keys() == {"spend", "usage_value", "events", "people", "tokens", "previous"}
    assert answer["meta"]["data_through"] == "2026-11-20T14:59:50Z"


def test_the_period_used_is_told_half_open_and_absolute(acme: Running) -> None:
    meta = acme.ask(period="7d")["meta"]
    start, end = (datetime.fromisoformat(meta["period"][name]) for name in ("start", "end"))
    assert end - start == 7 * DAY
    assert start.astimezone(UTC) < datetime(2026, 11, 20, 15, tzinfo=UTC) <= end
    again = acme.ask(period=meta["period"])
    assert again["meta"]["period"] == meta["period"]
    assert again["totals"] == acme.ask(period="7d")["totals"]


def test_a_fixed_period_contains_its_start_and_not_its_end(acme: Running) -> None:
    happened = acme.simulated.truth
    instant = int(happened.events.ts[happened.happened()[100]])
    start = datetime.fromtimestamp(instant / 1000, UTC)
    texts = [(start + timedelta(milliseconds=each)).isoformat(timespec="milliseconds") for each in (-1, 0, 1)]
    at = len(happened.happened(instant, instant + 1))
    assert at >= 1

    def events(first: str, last: str) -> int:
        found: int = acme.ask(metrics=["events"], period={"start": first, "end": last})["totals"]["events"]
        return found

    assert events(texts[1], texts[2]) == at
    assert events(texts[0], texts[1]) == len(happened.happened(instant - 1, instant))


def test_dates_mean_their_midnight_in_the_zone_asked_for(acme: Running) -> None:
    period = {"start": "2026-11-10", "end": "2026-11-11"}
    answer = acme.ask(metrics=["events"], period=period, timezone="Asia/Tokyo")
    assert answer["meta"]["period"] == {"start": "2026-11-09T15:00:00Z", "end": "2026-11-10T15:00:00Z"}
    rows = acme.simulated.truth.happened(ms("2026-11-09T15:00:00+00:00"), ms("2026-11-10T15:00:00+00:00"))
    assert answer["totals"]["events"] == len(rows)


def test_days_begin_where_the_zone_says(acme: Running) -> None:
    rows = acme.ask(
        metrics=["events"],
        interval="day",
        timezone="America/New_York",
        period={"start": "2026-10-30", "end": "2026-11-04"},
    )["rows"]
    # The clocks go back on 1 November, so that day has 25 hours.
    starts = [f"2026-10-{day}T04:00:00Z" for day in (30, 31)]
    starts += ["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "2026-11-03T05:00:00Z"]
    assert [row["bucket"] for row in rows] == starts


def test_a_comparison_stands_beside_each_figure(acme: Running) -> None:
    span = {"start": "2026-11-01", "end": "2026-11-08"}
    answer = acme.ask(metrics=["usage_value"], dimensions=["person"], period=span, compare="previous")
    before = acme.ask(
        metrics=["usage_value"], dimensions=["person"], period={"start": "2026-10-25", "end": "2026-11-01"}
    )
    assert answer["meta"]["compared"] == before["meta"]["period"]
    earlier = {row["person"]: row["usage_value"] for row in before["rows"]}
    for row in answer["rows"]:
        assert row["previous"]["usage_value"] == earlier.get(row["person"], "0.00")
    assert answer["totals"]["previous"] == before["totals"]


@pytest.mark.parametrize("operator", ["is", "is_not"])
def test_filters_that_are_opposites_share_out_the_whole(acme: Running, operator: str) -> None:
    rest = {"is": "is_not", "is_not": "is"}[operator]
    value = ["agent", "chat"]
    found = [
        acme.ask(metrics=["events"], filters=[[each, "event_type", value]], period="all")["totals"]["events"]
        for each in (operator, rest)
    ]
    assert sum(found) == acme.simulated.truth.total().events
    assert all(found)


def test_filters_combine_and_contain(acme: Running) -> None:
    rows = acme.ask(
        metrics=["events"],
        dimensions=["person"],
        filters=[["contains", "person", ["SVC-"]], ["is_not", "person", ["svc-triage@lumenworks.test"]]],
        period="all",
    )["rows"]
    assert {row["person"] for row in rows} == {
        "svc-nightly@lumenworks.test",
        "svc-release@lumenworks.test",
    }


def test_every_metric_and_every_dimension_can_be_asked_for(acme: Running) -> None:
    everything = acme.ask(metrics=list(METRICS), period="28d")["totals"]
    assert everything.keys() == METRICS.keys()
    for name in DIMENSIONS:
        answer = acme.ask(metrics=["events"], dimensions=[name], period="28d", limit=10_000)
        assert answer["rows"][0].keys() == {name, f"{name}_label", "events"}
        assert sum(row["events"] for row in answer["rows"]) == answer["totals"]["events"]


def test_the_answer_says_the_question_it_answered(acme: Running) -> None:
    answer = acme.ask(dimensions=["person"], period="7d", limit=2)
    assert acme.ask(**answer["meta"]["query"])["rows"] == answer["rows"]


def test_nothing_asked_is_the_spend_of_four_weeks(acme: Running) -> None:
    answer = acme.ask()
    assert answer["rows"] == [answer["totals"]]
    assert answer["totals"].keys() == {"spend"}


def test_a_finora_without_data_answers_with_nothing(fresh: Running) -> None:
    answer = fresh.ask(metrics=["spend", "events"], dimensions=["person"], period="all")
    assert (answer["rows"], answer["totals"]) == ([], {"spend": "0.00", "events": 0})
    assert answer["meta"]["data_through"] is None
    assert fresh.ask(interval="day", period="7d")["rows"][0]["spend"] == "0.00"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"metrics": ["profit"]}, "profit"),
        ({"metrics": []}, "spend"),
        ({"metrics": ["spend", "spend"]}, "twice"),
        ({"dimensions": ["colour"]}, "colour"),
        ({"dimensions": ["person", "model", "team", "vendor"]}, "3"),
        ({"filters": [["is", "colour", ["red"]]]}, "colour"),
        ({"filters": [["like", "model", ["x"]]]}, "like"),
        ({"filters": [["is", "model", []]]}, "model"),
        ({"filters": [["is", "model"]]}, "filters"),
        ({"period": "fortnight"}, "fortnight"),
        ({"period": ""}, "period"),
        ({"period": {"start": "2026-11-03", "end": "2026-11-01"}}, "period"),
        ({"period": {"start": "soon", "end": "later"}}, "soon"),
        ({"interval": "decade"}, "decade"),
        ({"compare": "next"}, "next"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"order_by": [["events", "desc"]]}, "events"),
        ({"order_by": [["spend", "up"]]}, "order_by"),
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"offset": -1}, "offset"),
    ],
)
def test_what_cannot_be_asked_is_named(acme: Running, body: Json, named: str) -> None:
    assert named in refused(acme, body)["detail"]


def test_an_answer_nobody_could_read_is_refused_instead_of_computed(acme: Running) -> None:
    body = {"interval": "hour", "period": {"start": "2024-01-01", "end": "2026-01-01"}}
    assert "buckets" in refused(acme, body)["detail"]
