"""`finora ask` as a person types it, without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from finora.simulator import serve_in_thread
from support.running import PASSWORD
from support.terminal import Terminal, of_today

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    simulated = of_today()
    with serve_in_thread(simulated) as cursor:
        found = Terminal(tmp_path_factory.mktemp("asking") / "data").having(CURSOR_BASE_URL=cursor.base_url)
        user = ("users", "create", "--email", "ana@acme.test", "--role", "owner", "--password-stdin")
        found.well(*user, given=f"{PASSWORD}\n")
        found.well("connect", "cursor", "--name", "Acme", "--key-stdin", given=simulated.key)
        yield found


def test_the_sentence_how_it_was_understood_and_the_table_are_printed(terminal: Terminal) -> None:
    printed = terminal.well("ask", "who had the most events of all time?")
    assert "has the most events over all time" in printed
    assert "By: Person" in printed
    assert "Total" in printed


def test_json_is_the_api_s_own_answer_and_the_query_gives_its_figures(terminal: Terminal) -> None:
    answer = json.loads(terminal.well("ask", "top 3 models by events all time", "--json"))
    assert answer["query"]["limit"] == 3
    assert [row["events"] for row in answer["result"]["rows"]] == sorted(
        (row["events"] for row in answer["result"]["rows"]), reverse=True
    )


def test_further_questions_continue_the_one_before(terminal: Terminal) -> None:
    first, second = json.loads(
        terminal.well("ask", "how many events last month", "and this month?", "--json")
    )
    assert first["query"]["metrics"] == second["query"]["metrics"] == ["events"]
    assert first["query"]["period"] != second["query"]["period"]


def test_a_further_question_keeps_the_period_and_the_table_tells_the_change(terminal: Terminal) -> None:
    printed = terminal.well("ask", "How much did we spend last month?", "which model grew the most?")
    assert "no period was named" not in printed
    assert "Sorted by: change, largest first" in printed
    assert "  Change" in printed


def test_amounts_of_subscriptions_are_printed_as_money_with_a_total(terminal: Terminal) -> None:
    lines = terminal.well("ask", "total cost including subscriptions last month").splitlines()
    ends = [
        line.split()[-1] for line in lines if line.startswith(("Spend on events", "Subscriptions", "Total"))
    ]
    assert len(ends) == 3
    assert all(each.startswith("$") for each in ends)
    assert ends[0] == ends[2]
    rows = [line for line in lines if line.startswith(("Spend on events", "Subscriptions", "Total"))]
    assert len({len(line.rstrip()) for line in rows}) == 1, "amounts end at one place"


def test_what_is_not_understood_is_told_and_ends_with_an_error(terminal: Terminal) -> None:
    outcome = terminal("ask", "how much did we spend on flights")
    assert outcome.code == 1
    assert "“flights”" in outcome.said
    assert "You could ask" in outcome.said
