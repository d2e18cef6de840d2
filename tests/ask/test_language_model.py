"""The optional language model: it proposes, the catalogue decides, and it sees neither data nor keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from finora.ask import LanguageModel
from finora.ask.draft import Intent

if TYPE_CHECKING:
    from collections.abc import Callable

    from finora.ask.stretch import Calendar

KEY = "sk-nobody-gave-this-out"


def model(answer: Callable[[httpx.Request], httpx.Response]) -> LanguageModel:
    return LanguageModel("https://llm.acme.test/v1", "small", KEY, transport=httpx.MockTransport(answer))


def saying(content: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(200, json={"choices": [{"message": {"content": content}}]})


def test_a_proposal_that_the_catalogue_knows_becomes_a_query_with_fixed_dates(calendar: Calendar) -> None:
    body = {"metrics": ["tokens"], "dimensions": ["model"], "period": "last_month"}
    told = model(saying(f"```json\n{json.dumps(body)}\n```"))
    query = told.propose("whatever", calendar)
    assert query is not None
    assert (query.metrics, query.dimensions, query.timezone) == (("tokens",), ("model",), "Europe/Berlin")
    assert query.period.start is not None
    found = told.understood(query, calendar)
    assert found.intent is Intent.RANK
    assert found.sureness <= 0.5


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        "SELECT * FROM events",
        '{"metrics": ["profit"]}',
        '{"dimensions": ["salary"]}',
        '{"metrics": ["spend"], "sql": "DROP TABLE events"}',
        '{"filters": [["is", "person"]]}',
        '{"period": "someday"}',
        "",
    ],
)
def test_what_the_catalogue_does_not_know_is_thrown_away(calendar: Calendar, content: str) -> None:
    assert model(saying(content)).propose("whatever", calendar) is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: httpx.Response(500),
        lambda _request: httpx.Response(200, text="no JSON"),
        lambda _request: httpx.Response(200, json={"error": "busy"}),
        lambda _request: httpx.Response(401, json={}),
    ],
)
def test_a_model_that_fails_costs_its_help_and_nothing_else(
    calendar: Calendar, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    assert model(answer).propose("whatever", calendar) is None


def test_a_model_that_cannot_be_reached_costs_its_help_and_nothing_else(calendar: Calendar) -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)

    assert model(unreachable).propose("whatever", calendar) is None


def test_it_is_told_the_question_and_the_catalogue_and_nothing_of_the_data(calendar: Calendar) -> None:
    heard: list[httpx.Request] = []

    def listen(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(500)

    told = model(listen)
    told.propose("how much did we spend on flights", calendar)
    (request,) = heard
    assert str(request.url) == "https://llm.acme.test/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    text = request.content.decode()
    assert "flights" in text
    assert "usage_value" in text
    assert "@" not in text
    assert KEY not in text
    assert KEY not in repr(told)
