"""The values of `-f`: keys and labels are taken, what is neither is refused; $0.00 once answered any misspelt name."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from finora.accounts import OPERATOR, Role, Scope
from finora.cli.filter_values import NoSuchValue, SeveralValues, with_keys
from finora.cli.reach import Reach
from finora.simulator import small
from finora.spend.query import Filter, Operator
from finora.spend.url import filter_from_text, filter_text
from support.running import CAST, Who, running
from support.simulated import company, simulation
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(small(), tmp_path_factory.mktemp("filters") / "data") as served:
        served.connect("Acme")
        yield served


@pytest.fixture(scope="module")
def terminal(finora: Running, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal that reaches the served Finora by its address."""
    folder = tmp_path_factory.mktemp("terminal")
    token = finora.workspace.accounts.issue_token(
        OPERATOR, name="terminal", scopes={Scope.ADMIN}, user_id=_id_of(finora)
    ).token
    return Terminal(folder / "data").having(URL=finora.url, TOKEN=token)


def _id_of(finora: Running) -> str:
    owner = CAST[Role.OWNER][0]
    return next(each.id for each in finora.workspace.accounts.users() if each.email == owner)


def read(finora: Running, text: str, who: Who = Who.MEMBER) -> tuple[str, ...]:
    """Return the keys that a filter's values stand for."""
    (found,) = with_keys(Reach(finora.as_(who)), [filter_from_text(text)])
    return found.values


def values_of(finora: Running, dimension: str) -> dict[str, str]:
    """Return the label of each key."""
    rows = finora.ask(metrics=["events"], dimensions=[dimension], period="all", limit=1000)["rows"]
    return {row[dimension]: row[f"{dimension}_label"] for row in rows}


def total(terminal: Terminal, *filters: str) -> int:
    words = [word for each in filters for word in ("-f", each)]
    answer = json.loads(terminal.well("query", "-m", "events", "--period", "all", "--json", *words))
    events: int = answer["totals"]["events"]
    return events


@pytest.mark.parametrize("dimension", ["team", "person", "model", "vendor", "family", "kind", "connection"])
def test_a_label_and_a_key_ask_for_the_same_whatever_their_case(finora: Running, dimension: str) -> None:
    for key, label in values_of(finora, dimension).items():
        assert read(finora, filter_text(Filter(Operator.IS, dimension, (key,)))) == (key,)
        for called in (label, label.upper()):
            (meant,) = read(finora, filter_text(Filter(Operator.IS_NOT, dimension, (called,))))
            assert meant.lower() == key.lower()


def test_a_team_is_asked_for_by_the_name_that_tables_show(finora: Running, terminal: Terminal) -> None:
    key, label = next(each for each in values_of(finora, "team").items() if each[0].startswith("group_"))
    assert total(terminal, f"is,team,{label.lower()}") == total(terminal, f"is,team,{key}") > 0
    exported = terminal.well("export", "-f", f"is,team,{label}")
    assert len(list(csv.DictReader(io.StringIO(exported)))) == total(terminal, f"is,team,{key}")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("is,team,platfrom", "Platform"),
        ("is,person,nobody here", "There are: "),
        ("is_not,model,nosuch", "There are: "),
        ("is,weekday,munday", "Monday"),
        ("is,billing,on-demand", "On demand (on_demand)"),
        ("is,conversation,nosuch", "There are: "),
    ],
)
def test_what_is_neither_key_nor_label_is_refused_with_what_there_is(
    terminal: Terminal, text: str, near: str
) -> None:
    for command in (("query",), ("export",)):
        refused = terminal(*command, "-f", text)
        assert (refused.code, refused.out) == (1, "")
        assert "There is no such value" in refused.err
        assert near in refused.err


@pytest.mark.parametrize(
    "text",
    [
        "is,person,unattributed",
        "is,team,none",
        "is,event_type,unknown",
        "is,event_type,tab",
        "is,service_account,none",
        "is,weekday,sunday",
        "is,hour,03",
        "is,max_mode,yes",
        "is,provider,subscription",
        "contains,model,nosuch",
    ],
)
def test_what_may_be_asked_for_before_it_occurs_is_left_as_it_stands(finora: Running, text: str) -> None:
    assert read(finora, text) == filter_from_text(text).values


def test_labels_of_what_has_codes_are_taken(finora: Running) -> None:
    assert read(finora, "is,weekday,Monday,tuesday") == ("Monday", "tuesday")
    assert read(finora, "is,billing,Own key") == ("byok",)
    assert read(finora, "is,headless,in the editor") == ("no",)


@pytest.mark.parametrize("dimension", ["conversation", "cloud_agent", "automation"])
def test_ids_of_single_runs_go_on_working(finora: Running, dimension: str) -> None:
    ids = [each for each in values_of(finora, dimension) if each != "none"][:3]
    if dimension == "conversation":
        assert ids
    for each in ids:
        assert read(finora, f"is,{dimension},{each}") == (each,)


def test_who_may_see_their_own_only_learns_of_nobody_else(finora: Running) -> None:
    own = CAST[Role.VIEWER][0]
    others = {each: label for each, label in values_of(finora, "person").items() if each != own}
    assert read(finora, f"is,person,{own}", Who.VIEWER) == (own,)
    for key, label in others.items():
        with pytest.raises(NoSuchValue) as by_key:
            read(finora, f"is,person,{key}", Who.VIEWER)
        with pytest.raises(NoSuchValue) as by_label:
            read(finora, f"is,person,{label}x", Who.VIEWER)
        told = f"{by_key.value} {by_label.value}".replace(key, "", 1).replace(f"{label}x", "", 1)
        assert not [each for pair in others.items() for each in pair if each in told and each != "none"]


def test_people_teams_and_connections_without_events_are_no_errors(finora: Running) -> None:
    made = finora.admin.post("/api/v1/teams", json={"name": "Brand new"}).json()
    try:
        assert read(finora, "is,team,brand new") == (made["team"],)
        assert read(finora, f"is,team,{made['team']}") == (made["team"],)
    finally:
        finora.admin.delete(f"/api/v1/teams/{made['team']}")


def test_two_of_one_name_have_to_be_told_apart(tmp_path: Path) -> None:
    usual = company(7)
    first, second, *others = usual.people
    namesakes = (replace(first, name="Alex Kim"), replace(second, name="Alex Kim"), *others)
    named_alike = simulation(replace(usual, people=namesakes))
    with running(named_alike, tmp_path / "data") as served:
        served.connect("Acme")
        with pytest.raises(SeveralValues) as told:
            read(served, "is,person,alex kim")
        assert f"Alex Kim ({first.email})" in told.value.message
        assert f"Alex Kim ({second.email})" in told.value.message
        assert read(served, f"is,person,{first.email}") == (first.email,)


def test_the_api_itself_answers_an_unknown_key_with_nothing(finora: Running) -> None:
    """Scripts rely on it: of what is not there, there is nothing."""
    answer = finora.member.post(
        "/api/v1/query",
        json={"metrics": ["events"], "filters": [["is", "model", ["nosuch"]]], "period": "all"},
    )
    assert (answer.status_code, answer.json()["totals"]["events"]) == (200, 0)


def test_where_nothing_was_read_yet_nothing_is_misspelt(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    with terminal.serving():
        assert total(terminal, "is,model,auto", "is,team,Platform") == 0
