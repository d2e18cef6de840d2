"""Asking over REST: the contract, exact figures, roles, and refusals that say what was not understood."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from finora.simulator import small
from support.running import Running, Who, running

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(small(), tmp_path_factory.mktemp("asked") / "data") as found:
        found.connect("Acme")
        yield found


def asked(finora: Running, question: str, who: Who = Who.MEMBER, **more: object) -> Json:
    answer = finora.as_(who).post("/api/v1/ask", json={"question": question, **more})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_who_spent_the_most_is_answered_with_the_person_and_the_figure(finora: Running) -> None:
    answer = asked(finora, "Which engineer spent the most this week?")
    assert answer.keys() == {
        "question",
        "answer",
        "query",
        "result",
        "confidence",
        "understood",
        "suggestions",
    }
    first = answer["result"]["rows"][0]
    assert first["person_label"] in answer["answer"]
    assert f"${float(first['spend']):,.2f}" in answer["answer"]
    assert answer["query"]["period"] == {"start": "2026-11-16T00:00:00Z", "end": "2026-11-21T00:00:00Z"}
    assert answer["confidence"] == 1
    assert answer["suggestions"] == []


@pytest.mark.parametrize(
    "question",
    [
        "Which engineer spent the most this week?",
        "How much went to Claude vs. GPT-4 in chat events?",
        "daily spend this month",
        "why did spend change last month",
        "who spent more than $10 in october",
        "average cost per event",
        "average spend per person",
        "average spend per person last month",
    ],
)
def test_the_query_gives_the_very_result(finora: Running, question: str) -> None:
    answer = asked(finora, question)
    again = finora.ask(**answer["query"])
    assert again["rows"] == answer["result"]["rows"]
    assert again["totals"] == answer["result"]["totals"]


def test_claude_against_gpt_in_chats_adds_up_what_both_spent(finora: Running) -> None:
    answer = asked(finora, "How much went to Claude vs. GPT-5 in chat events?")
    chat = ["is", "event_type", ["chat"]]
    claude = finora.ask(filters=[["is", "vendor", ["anthropic"]], chat], period="30d")["totals"]["spend"]
    assert f"Claude ${float(claude):,.2f}" in answer["answer"]
    assert chat in answer["query"]["filters"]


def test_a_question_without_a_period_is_about_thirty_days_and_says_so(finora: Running) -> None:
    answer = asked(finora, "How much did we spend?")
    assert answer["query"]["period"] == {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z"}
    assert "last 30 days" in answer["answer"]
    assert "no period was named" in answer["answer"]


def test_what_is_not_understood_has_no_query_but_suggestions_that_work(finora: Running) -> None:
    answer = asked(finora, "How much did we spend on flights?")
    assert answer["query"] is None
    assert answer["result"] is None
    assert "flights" in answer["answer"]
    assert answer["confidence"] == 0
    assert answer["suggestions"]
    for each in answer["suggestions"]:
        assert asked(finora, each)["confidence"] > 0, each


def test_now_moves_what_last_month_is(finora: Running) -> None:
    answer = asked(finora, "spend last month", now="2026-10-15T12:00:00Z")
    assert answer["query"]["period"] == {"start": "2026-09-01T00:00:00Z", "end": "2026-10-01T00:00:00Z"}
    for now in ("soon", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert finora.member.post("/api/v1/ask", json={"question": "x", "now": now}).status_code == 400, now
    half = finora.member.post(
        "/api/v1/ask",
        content=b'{"question":"\\ud800 spend"}',
        headers={"content-type": "application/json"},
    )
    assert half.status_code in {400, 422}


def test_a_follow_up_keeps_what_it_does_not_change(finora: Running) -> None:
    first = asked(finora, "How much did Mara spend this month?")
    then = asked(finora, "and last month?", previous=first["query"])
    assert then["query"]["filters"] == first["query"]["filters"]
    assert then["query"]["period"] == {"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}


def test_viewers_are_told_of_their_own_usage_only_and_of_nobody_s_name(finora: Running) -> None:
    """Vic is Priya Natarajan's address."""
    for question in (
        "Who spent the most this month?",
        "How much did Mara Okafor spend?",
        "how much did mara.okafor@lumenworks.test spend",
        "spend by person",
        "mrra",
        "why did spend change this month",
        "which seats are idle",
    ):
        answer = finora.viewer.post("/api/v1/ask", json={"question": question})
        assert answer.status_code == 200
        for other in ("Okafor", "okafor", "Tomáš", "Zoë"):
            assert other in question or other not in answer.text, question
    suggested = finora.viewer.get("/api/v1/ask/suggestions", params={"q": "how much did m"}).text
    assert "Okafor" not in suggested


def test_my_spend_is_that_of_whoever_asks(finora: Running) -> None:
    answer = asked(finora, "How much did I spend this month?", Who.VIEWER)
    assert answer["query"]["filters"] == [["is", "person", ["priya.natarajan@lumenworks.test"]]]


def test_subscriptions_are_told_of_without_a_query(finora: Running) -> None:
    body = {
        "name": "Midjourney",
        "sku": "midjourney-pro",
        "seats": 3,
        "price_per_seat": "60",
        "billing_cycle": "monthly",
        "start_date": "2026-01-01",
        "renewal_date": "2026-12-01",
    }
    assert finora.member.post("/api/v1/subscriptions", json=body).status_code == 201
    answer = asked(finora, "What do we pay for Midjourney?")
    assert answer["query"] is None
    assert "$180.00 a month" in answer["answer"]
    assert answer["confidence"] > 0
    assert answer["result"]["rows"][0]["Subscription"] == "Midjourney"
    assert "1 December 2026" in asked(finora, "which subscriptions renew next?")["answer"]
    next_month = asked(finora, "which subscriptions renew next month?")["answer"]
    assert next_month.startswith("To renew next month: ")
    assert "1 December 2026" in next_month
    none = "No subscription that is entered has a renewal {}."
    assert asked(finora, "which subscriptions renew this month")["answer"] == none.format("this month")
    assert asked(finora, "renewals next week")["answer"] == none.format("next week")
    everything = asked(finora, "total cost including subscriptions last month")
    assert "$180.00 subscriptions" in everything["answer"]
    table = everything["result"]
    assert table["columns"] == [{"name": "Part", "unit": None}, {"name": "Amount", "unit": "usd"}]
    amounts = [Decimal(row["Amount"]) for row in table["rows"]]
    assert Decimal(table["totals"]["Amount"]) == sum(amounts)
    assert f"cost ${sum(amounts):,.2f} last month" in everything["answer"]
    assert answer["result"]["totals"] is None, "one row adds up to itself"
    refused = asked(finora, "What do our subscriptions cost?", Who.VIEWER)
    assert "180" not in refused["answer"]


def test_a_question_that_goes_on_and_on_is_refused(finora: Running) -> None:
    answer = finora.member.post("/api/v1/ask", json={"question": "spend " * 200})
    assert (answer.status_code, answer.json()["code"]) == (400, "question_too_long")


def test_the_box_is_offered_questions_that_go_on_as_one_began(finora: Running) -> None:
    found = finora.member.get("/api/v1/ask/suggestions", params={"q": "how much did mar"}).json()
    assert "How much did Mara Okafor spend this month?" in found
    assert finora.member.get("/api/v1/ask/suggestions").json()


def test_what_somebody_did_on_a_day_is_told_by_type_and_model_to_the_cent(finora: Running) -> None:
    answer = asked(finora, "what did Mara do on 18 November?")
    rows = answer["result"]["rows"]
    events = sum(int(row["events"]) for row in rows)
    assert events > 0
    assert answer["answer"].startswith(f"{events} events and $")
    for row in rows:
        assert f"{row['event_type_label']} {row['events']} event" in answer["answer"]
    by_model = asked(finora, "Mara's spend by model on 18 November")["result"]["rows"][0]
    assert f"Most of it on {by_model['model_label']} (${float(by_model['spend']):.2f})" in answer["answer"]
    nothing = asked(finora, "what did Lee do on 1 January?")["answer"]
    assert nothing.startswith("There were no events")


def test_the_automations_are_told_apart_without_saying_without_no_automation(finora: Running) -> None:
    answer = asked(finora, "spend by automation this month")
    assert answer["query"]["filters"] == [["is_not", "automation", ["none"]]]
    assert "No automation" not in answer["answer"]
    assert ", with an automation" in answer["answer"]
    assert "With an automation" in [each["text"] for each in answer["understood"]]
    without = asked(finora, "how much did people without a team spend this month?")
    assert ", without a team" in without["answer"]


@pytest.mark.parametrize(("verb", "sign"), [("grew", 1), ("shrank", -1)])
def test_what_moved_the_most_leads_with_what_moved_that_way_though_the_whole_fell(
    finora: Running, verb: str, sign: int
) -> None:
    answer = asked(finora, f"which model {verb} the most last week?")
    rows = answer["result"]["rows"]
    moved = [Decimal(row["spend"]) - Decimal(row["previous"]["spend"]) for row in rows]
    assert moved == sorted(moved, key=lambda each: -sign * each)
    assert sign * moved[0] > 0
    told = f"{'+' if sign > 0 else '-'}${abs(moved[0]):.2f}"
    assert answer["answer"].startswith(
        f"{rows[0]['model_label']} {verb} the most last week (9 to 15 Nov 2026): {told} ("
    )
    assert ". Spend fell by " in answer["answer"]
    others = {row["model_label"] for row, by in zip(rows, moved, strict=True) if sign * by <= 0}
    assert not any(f" {each} (" in answer["answer"].split(". Spend")[0] for each in others)
    assert finora.ask(**answer["query"])["rows"] == rows


def test_that_nothing_grew_is_said_plainly(finora: Running) -> None:
    answer = asked(finora, "which model grew the most on 1 January 2026?")["answer"]
    assert answer.startswith("No model grew on 1 January 2026. Spend did not change in all: $0.00")


def test_a_further_question_without_a_period_is_about_that_of_the_one_before(finora: Running) -> None:
    first = asked(finora, "How much did Mara spend last month?")
    then = asked(finora, "which model grew the most?", previous=first["query"])
    assert then["query"]["period"] == first["query"]["period"]
    assert "filters" not in then["query"]
    assert "no period was named" not in then["answer"]
    assert "last month (1 to 31 Oct 2026)" in then["answer"]
    month = asked(finora, "why did spend change this month?")
    spent = asked(finora, "spend this month")
    why = asked(finora, "why?", previous=spent["query"])
    assert why["answer"].split(".")[0] == month["answer"].split(".")[0]


@pytest.mark.parametrize(
    ("question", "order", "told"),
    [
        ("which event cost the most last month?", "-cost", "The most expensive event last month"),
        (
            "which event used the most tokens last month",
            "-tokens",
            "The event with the most tokens last month",
        ),
    ],
)
def test_the_foremost_event_is_the_first_of_the_events_sorted_so(
    finora: Running, question: str, order: str, told: str
) -> None:
    answer = asked(finora, question)
    listed = finora.member.get(
        "/api/v1/events",
        params={"from": "2026-10-01", "to": "2026-11-01", "order": order, "limit": "1"},
    ).json()
    (first,) = listed["events"]
    assert answer["answer"].startswith(f"{told} (1 to 31 Oct 2026): ")
    figure = f"${float(first['cost']):,.2f}" if order == "-cost" else f"{first['tokens']:,} tokens"
    assert f": {figure} ({first['person_label']}, " in answer["answer"]
    none = asked(finora, question.replace("last month", "on 1 January 2026"))["answer"]
    assert none.startswith("No event ")


def test_the_most_expensive_event_may_not_be_billed_and_all_are_told_by_their_price(finora: Running) -> None:
    answer = asked(finora, "most expensive event of Zoe last month")
    totals = answer["result"]["totals"]
    assert "not billed on top)" in answer["answer"]
    worth, spend = (float(totals[name]) for name in ("usage_value", "spend"))
    assert answer["answer"].endswith(f"together: ${worth:,.2f}, of which ${spend:,.2f} was billed on top.")
