"""The audit log by pages over the API, and whole as a file from every face, filtered as the page is."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from finora.accounts import OPERATOR, Role
from support.pages import OWNER, Page, Visitor, add_user, visited
from support.simulated import simulation
from support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running import Running

AUDIT, FILE = "/api/v1/audit", "/api/v1/audit/export"
FORMULA = '=HYPERLINK("//evil.example","x")'


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Visitor]:
    with visited(simulation(), tmp_path, connected=False) as visitor:
        yield visitor


def test_the_page_gives_what_it_shows_as_files(owner: Visitor) -> None:
    for number in range(150):
        owner.workspace.accounts.record(OPERATOR, "team.created", f"Team {number}")
    owner.workspace.accounts.record(OPERATOR, "team.deleted", FORMULA)
    page = owner.open("/settings/audit?act=team.created")
    links = [each for each in page.links if each.startswith("/settings/audit.")]
    assert links == ["/settings/audit.csv?act=team.created", "/settings/audit.json?act=team.created"]
    as_csv, as_json = (owner.http.get(link) for link in links)
    assert as_csv.headers["content-disposition"].startswith('attachment; filename="finora-audit-2026-11-20')
    subjects = [f"Team {number}" for number in reversed(range(150))]
    assert [row["subject"] for row in csv.DictReader(io.StringIO(as_csv.text))] == subjects
    assert [each["subject"] for each in as_json.json()] == subjects
    everything = owner.http.get("/settings/audit.csv").text
    (formula,) = (row for row in csv.DictReader(io.StringIO(everything)) if "HYPERLINK" in row["subject"])
    assert formula["subject"] == f"'{FORMULA}"
    assert "Audit log exported" in owner.open("/settings/audit").text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_no_file_for_those_who_do_not_see_the_page(owner: Visitor, role: Role) -> None:
    add_user(owner.workspace, "bo@acme.test", role)
    bo = Visitor(owner.workspace)
    bo.sign_in("bo@acme.test")
    for form in ("csv", "json"):
        answer = bo.http.get(f"/settings/audit.{form}")
        assert answer.status_code == 403
        assert OWNER not in Page(answer).text


def test_a_program_pages_through_it(acme: Running) -> None:
    seen: list[int] = []
    before = ""
    while True:
        answer = acme.admin.get(f"{AUDIT}?limit=3&act=user.created{before}").json()
        seen += [each["id"] for each in answer["entries"]]
        if answer["next_before"] is None:
            break
        before = f"&before={answer['next_before']}"
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 4
    assert acme.admin.get(f"{AUDIT}?by=adam@acme.test&act=connection.created").json()["entries"]
    assert acme.admin.get(f"{AUDIT}?by=mia@acme.test&act=connection.created").json()["entries"] == []
    assert acme.admin.get(f"{AUDIT}?limit=0").status_code == 422
    assert acme.admin.get(f"{FILE}?format=xml").status_code == 422


def test_a_file_of_it_comes_over_the_api(acme: Running) -> None:
    rows = list(csv.DictReader(io.StringIO(acme.admin.get(f"{FILE}?act=user.created").text)))
    assert {row["act"] for row in rows} == {"user.created"}
    entries = acme.admin.get(f"{FILE}?format=json&act=user.created").json()
    assert [str(each["id"]) for each in entries] == [row["id"] for row in rows]


def test_a_terminal_shows_it_and_writes_it_to_a_file(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.well(
        "users", "create", "--email", "ana@acme.test", "--role", "owner", "--password-stdin",
        given="correct horse 7 battery\n",
    )  # fmt: skip
    assert "user.created" in terminal.well("audit")
    (entry,) = json.loads(terminal.well("audit", "--act", "user.created", "--json"))
    assert (entry["actor"], entry["subject"]) == ("operator", "ana@acme.test")
    assert json.loads(terminal.well("audit", "--by", "ana@acme.test", "--json")) == []
    file = tmp_path / "audit.csv"
    terminal.well("audit", "--output", str(file))
    assert [row["act"] for row in csv.DictReader(io.StringIO(file.read_text()))][-1] == "user.created"
    assert json.loads(terminal.well("audit", "--format", "json"))[-1]["subject"] == "ana@acme.test"
    assert terminal("audit", "--format", "xml").code == 1
