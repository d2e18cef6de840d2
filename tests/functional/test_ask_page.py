"""The page that answers a question, and the box on every page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest

from finora.accounts import Role
from finora.simulator import small
from finora.web.address.links import Links
from support.pages import Visitor, add_user, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS = (
    "Which engineer spent the most this week?",
    "How much went to Claude vs. GPT-5 in chat events?",
    "how much did Priya spend on opus this month",
    "daily spend this month",
    "why did spend change last month",
    "which model grew the most last week?",
    "who shrank the most last week",
    "spend by team and model",
    "who spent more than $10 in october",
    "which day was the most expensive",
    "at what hour do we spend the most? by hour of day",
    "show me the events of Mara",
    "most expensive event last month",
    "events with the most tokens",
    "average cost per event",
    "what do our subscriptions cost",
    "how much did we spend on flights",
    "spend last year",
)


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visited(small(), tmp_path_factory.mktemp("asked"), timezone="Europe/Berlin") as visitor:
        yield visitor


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_a_page_whose_links_lead_somewhere(owner: Visitor, question: str) -> None:
    page = owner.open(f"/ask?q={quote_plus(question)}")
    assert page.status == 200
    links = Links("Europe/Berlin")
    for link in sorted({link.split("#")[0] for link in page.links if link.startswith("/")}):
        assert owner.http.get(link).status_code == 200, link
        parts = urlsplit(link)
        if parts.path in {"/explore", "/events"}:
            parameters = parse_qsl(parts.query, keep_blank_values=True)
            assert links.read(parameters, frozenset({"filter", "order"})).problems == (), link


def test_the_answer_stands_there_with_how_it_was_understood_its_chart_and_its_table(owner: Visitor) -> None:
    page = owner.open("/ask?q=Which+engineer+spent+the+most+this+week%3F")
    assert "spent the most this week" in page.text
    assert "This week (16 to 20 Nov 2026)" in page.text
    (chart,) = page.charts
    assert json.loads(chart)["series"]
    assert any(link.startswith("/explore?") and "by=person" in link for link in page.links)


def test_what_grew_the_most_stands_first_with_its_change(owner: Visitor) -> None:
    page = owner.open("/ask?q=which+model+grew+the+most+last+week%3F")
    assert "Before Change" in page.text
    first = page.text.split("In figures")[1].split("Before Change")[1]
    assert " ".join(first.split()).startswith("gpt-5.5-high")
    assert any(link.startswith("/explore?") and "sort=-change" in link for link in page.links)


def test_a_question_without_a_script_is_a_form_that_leads_to_its_answer(owner: Visitor) -> None:
    for beginning in ("/", "/explore", "/events", "/settings/account"):
        page = owner.fill_in(owner.open(beginning), "/ask", q="How much did we spend in October?")
        assert "in October 2026" in page.text, beginning


def test_a_further_question_continues_the_answer_that_is_shown(owner: Visitor) -> None:
    first = owner.open("/ask?q=How+much+did+Mara+spend+this+month")
    then = owner.fill_in(first, "/ask", q="and last month?")
    assert "last month (1 to 31 Oct 2026), for Mara Okafor" in then.text


def test_what_is_not_understood_is_told_with_questions_that_are(owner: Visitor) -> None:
    page = owner.open("/ask?q=spend+on+flights")
    assert "“flights”" in page.text
    suggested = [link for link in page.links if link.startswith("/ask?q=")]
    assert suggested
    for link in suggested:
        assert "You could ask" not in owner.open(link).text, link


def test_nothing_asked_offers_questions(owner: Visitor) -> None:
    assert [link for link in owner.open("/ask").links if link.startswith("/ask?q=")]


def test_what_is_asked_is_text_and_never_markup(owner: Visitor) -> None:
    page = owner.open("/ask?q=" + quote_plus('spend "><script>alert(1)</script>'))
    assert "<script>alert" not in page.source


def test_a_broken_address_before_is_no_error(owner: Visitor) -> None:
    assert owner.open("/ask?q=and+last+month&after=by=%26nonsense=1&after=x").status == 200


def test_a_viewer_is_answered_about_their_own_usage_and_offered_nobody_s_name(owner: Visitor) -> None:
    add_user(owner.workspace, "lee.wang@lumenworks.test", Role.VIEWER)
    viewer = Visitor(owner.workspace)
    viewer.sign_in("lee.wang@lumenworks.test")
    for question in (
        "who spent the most this month",
        "spend by person",
        "how much did m spend",
        "list events",
        "",
    ):
        text = viewer.open(f"/ask?q={quote_plus(question)}").source
        for other in ("Okafor", "okafor", "Natarajan", "Tomáš"):
            assert other not in text, question


def test_the_most_expensive_event_leads_to_it_and_to_the_events_sorted_by_cost(owner: Visitor) -> None:
    page = owner.open("/ask?q=which+event+cost+the+most+last+month%3F")
    assert "The most expensive event last month" in page.text
    (to_events,) = {link for link in page.links if link.startswith("/events?")}
    assert ("order", "-cost") in parse_qsl(urlsplit(to_events).query)
    sorted_so = owner.open(to_events)
    first = next(link for link in page.links if link.startswith("/events/"))
    opened = next(link for link in sorted_so.links if "event=" in link)
    assert first == f"/events/{dict(parse_qsl(urlsplit(opened).query))['event']}"


def test_amounts_of_subscriptions_are_money_on_the_right_with_a_total(owner: Visitor) -> None:
    page = owner.open("/ask?q=how+much+did+we+spend+in+total+including+subscriptions+in+october")
    cells = re.findall(r'<td class="numeric[^"]*"[^>]*>(.*?)</td>', page.source, re.DOTALL)
    spent, flat, together = (re.sub(r"<[^>]+>", "", each).strip() for each in cells)
    assert (flat, together) == ("$0.00", spent)
    assert re.fullmatch(r"\$[\d,]+\.\d\d", spent)
    assert "Total" in page.text.split("In figures")[1]


def test_days_have_a_total_below_them(owner: Visitor) -> None:
    page = owner.open("/ask?q=daily+spend+this+month")
    assert '<tr id="ask-table-totals">' in page.source
