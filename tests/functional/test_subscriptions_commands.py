"""Subscriptions from a terminal: the same figures, plain words, and JSON where a script wants it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from typer.testing import CliRunner

from finora.accounts import OPERATOR
from finora.cli.main import app
from finora.cli.operator import Operator
from finora.cli.subscription_book import NoSuchPlan
from finora.errors import FinoraError
from finora.simulator import small
from finora.storage.private_file import replace_private
from support.running import OPERATOR_TOKEN, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.running import Running


@pytest.fixture(scope="module")
def finora(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(small(), tmp_path_factory.mktemp("terminal") / "data") as served:
        served.connect("Acme")
        announced = msgspec.json.encode(Operator(served.url, OPERATOR_TOKEN)).decode()
        replace_private(served.folder / "operator.json", announced)
        yield served


@pytest.fixture
def run(finora: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    monkeypatch.setenv("FINORA_DATA_DIR", str(finora.folder))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str, given: str | None = None) -> str:
        result = CliRunner().invoke(app, ["subscriptions", *words], input=given, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    yield command
    for each in finora.workspace.subscriptions.all():
        finora.workspace.subscriptions.delete(OPERATOR, each.id)


CURSOR = (
    "add",
    "Cursor",
    "--sku",
    "cursor-business",
    "--seats",
    "100",
    "--price",
    "38.50",
    "--start",
    "2026-01-01",
)


def test_a_subscription_is_added_changed_listed_and_summed_up(run: Callable[..., str]) -> None:
    assert "100 seats, 3850.00 USD a month from 2026-01-01" in run(*CURSOR, "--tag", "team:a")
    run("change", "Cursor", "--seats", "50", "--effective", "2026-10-01")
    listed = run("list", "--tag", "team:a")
    assert "cursor-business" in listed
    assert "1925.00" in listed
    period = ("--from", "2026-09-01", "--to", "2026-11-01")
    assert "5775.00" in run("summary", *period)
    assert json.loads(run("summary", *period, "--json"))["period_total"] == "5775.00"
    assert "3850.00" in run("trend", "--months", "6")


def test_a_change_that_was_a_mistake_is_taken_back(run: Callable[..., str]) -> None:
    run(*CURSOR)
    run("change", "Cursor", "--seats", "50", "--effective", "2026-12-01")
    assert "the change of 2026-12-01 is taken back" in run("withdraw", "Cursor", "2026-12-01")
    assert len(json.loads(run("list", "--json"))[0]["terms"]) == 1
    with pytest.raises(FinoraError, match="No change of seats or price"):
        run("withdraw", "Cursor", "2026-12-01")


def test_without_a_price_the_list_price_is_taken_and_said(run: Callable[..., str]) -> None:
    words = (
        "add",
        "GPT",
        "--sku",
        "chatgpt-team",
        "--seats",
        "2",
        "--cycle",
        "annual",
        "--renewal",
        "2027-01-01",
    )
    made: dict[str, Any] = json.loads(run(*words, "--json"))
    assert (made["price_per_seat"], made["monthly_cost"]) == ("240.00", "40.00")
    free = ("add", "Free", "--sku", _without_monthly_price(run), "--seats", "2")
    with pytest.raises(FinoraError, match="no monthly list price of"):
        run(*free)


def _without_monthly_price(run: Callable[..., str]) -> str:
    plans = json.loads(run("skus", "--json"))
    return next(str(each["id"]) for each in plans if each["monthly_price"] is None)


def test_a_plan_that_there_is_not_is_told_from_one_without_a_price(run: Callable[..., str]) -> None:
    with pytest.raises(NoSuchPlan, match=r"no plan “cursor-busines”. Nearest: cursor-business"):
        run("add", "Own", "--sku", "cursor-busines", "--seats", "2")
    with pytest.raises(NoSuchPlan, match=r"no plan “qqqq”. All of them: finora subscriptions skus"):
        run("add", "Own", "--sku", "qqqq", "--seats", "2")
    assert (
        json.loads(run("add", "Own", "--sku", "qqqq", "--seats", "2", "--price", "3", "--json"))["sku"]
        == "qqqq"
    )


def test_ending_is_a_change_and_deleting_can_be_undone(run: Callable[..., str]) -> None:
    run(*CURSOR)
    assert json.loads(run("change", "Cursor", "--end", "2026-09-30", "--json"))["state"] == "ended"
    assert json.loads(run("change", "Cursor", "--end", "none", "--json"))["end_date"] is None
    (listed,) = json.loads(run("list", "--json"))
    run("delete", "Cursor", "--yes")
    assert json.loads(run("list", "--json")) == []
    assert json.loads(run("restore", listed["id"], "--json")) == listed
    assert json.loads(run("delete", "Cursor", "--yes", "--json")) == {"id": listed["id"], "deleted": True}
    deleted = json.loads(run("list", "--deleted", "--json"))
    assert "is back" in run("restore", deleted[0]["id"])
    assert [each["name"] for each in json.loads(run("list", "--json"))] == ["Cursor"]


def test_seats_are_told_apart_and_given_by_hand(run: Callable[..., str]) -> None:
    run(*CURSOR, "--connection", "Acme")
    assert "100 seats bought" in run("seat-use", "Cursor")
    assert "Against the seat" in run("seat-use", "Cursor", "--all")
    assert "2 seats assigned by hand" in run("assign", "Cursor", "ana@acme.com", "bo@acme.com")
    assert "Seats that nobody held" in run("people", "--from", "2026-10-01", "--to", "2026-11-01")


def test_where_nobody_is_to_be_listed_that_is_said_instead_of_an_empty_table(
    finora: Running, run: Callable[..., str]
) -> None:
    run(*CURSOR, "--connection", "Acme", "--seat-rule", "by_hand")
    for options in ((), ("--all",)):
        printed = run("seat-use", "Cursor", *options)
        assert "No seat is held by anybody." in printed
        assert "E-mail" not in printed
    assert json.loads(run("seat-use", "Cursor", "--json"))["idle"] == []
    newest = finora.member.get("/api/v1/events", params={"period": "7d"}).json()["events"][0]
    run("assign", "Cursor", newest["person"])
    assert "Nobody who holds one is idle." in run("seat-use", "Cursor")
    assert newest["person"] in run("seat-use", "Cursor", "--all")


def test_a_file_goes_out_and_comes_in(run: Callable[..., str], tmp_path: Path) -> None:
    run(*CURSOR)
    file = tmp_path / "plans.csv"
    run("export", "-o", str(file))
    assert "0 would be added, 0 changed; 1 are as they were" in run("import", str(file), "--rehearse")
    edited = file.read_text().replace(",100,38.50,", ",90,38.50,")
    assert "0 were added, 1 changed" in run("import", "-", given=edited)
    assert json.loads(run("list", "--json"))[0]["seats"] == 90


def test_what_is_wrong_is_said_by_field(run: Callable[..., str], tmp_path: Path) -> None:
    with pytest.raises(FinoraError, match="seats: must lie between 1 and 100,000"):
        run("add", "Cursor", "--sku", "x", "--price", "1", "--seats", "0")
    with pytest.raises(FinoraError, match="There is no subscription Nothing"):
        run("change", "Nothing", "--seats", "1")
    with pytest.raises(FinoraError, match=r"missing\.csv cannot be read"):
        run("import", str(tmp_path / "missing.csv"))
    run(*CURSOR)
    run(*CURSOR)
    with pytest.raises(FinoraError, match="Several are called Cursor; give the id"):
        run("delete", "Cursor", "--yes")


def test_plans_are_found_by_words(run: Callable[..., str]) -> None:
    found = run("skus", "chatgpt", "business")
    assert "chatgpt-team" in found
    assert "midjourney" not in found
    assert run("renewals")
