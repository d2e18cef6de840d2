"""The audit log as a file: whole, in order, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.accounts import OPERATOR, Accounts, AuditRecord, Principal, Role
from finora.accounts.audit_file import FORMATS, written
from finora.accounts.errors import NotPermitted

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def entry(number: int, **fields: object) -> AuditRecord:
    known = {
        "id": number,
        "at": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "actor_id": None,
        "actor": "ada@example.com",
        "act": "team.created",
        "subject": "",
        "details": {},
        "address": "192.0.2.7",
    }
    return AuditRecord(**known | fields)  # type: ignore[arg-type]


def whole(pages: list[list[AuditRecord]], form: str) -> str:
    return b"".join(written(pages, form)).decode()


@given(st.lists(st.builds(lambda subject, note: (subject, note), TEXT, TEXT), max_size=5))
def test_no_cell_is_a_formula_and_nothing_is_lost(texts: list[tuple[str, str]]) -> None:
    """Names of teams and of whoever failed to sign in come from outside, and people open the file in a spreadsheet."""
    page = [
        entry(number, subject=subject, actor=subject, details={"note": note})
        for number, (subject, note) in enumerate(texts)
    ]
    rows = list(csv.DictReader(io.StringIO(whole([page] if page else [], "csv"), newline="")))
    for row, (subject, note) in zip(rows, texts, strict=True):
        assert row["subject"].removeprefix("'") == subject.removeprefix("'")
        assert not row["subject"].startswith(STARTERS)
        assert not row["actor"].startswith(STARTERS)
        assert json.loads(row["details"]) == {"note": note}
    told = json.loads(whole([page], "json")) if page else json.loads(whole([], "json"))
    assert [(each["subject"], each["details"]["note"]) for each in told] == texts


@pytest.mark.parametrize("form", FORMATS)
def test_pages_are_joined_without_a_seam(form: str) -> None:
    pages = [[entry(5), entry(4)], [entry(3)], [entry(2), entry(1)]]
    text = whole(pages, form)
    found = json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))
    assert [int(each["id"]) for each in found] == [5, 4, 3, 2, 1]
    assert found[0]["at"] == "2026-11-22T12:00:00Z"


def test_half_a_character_in_the_details_breaks_no_file() -> None:
    """JSON can spell half of a pair; whoever sent one must not keep the log from being read for ever."""
    page = [entry(1, details={"name": "\ud800"})]
    assert json.loads(whole([page], "json"))[0]["details"] == {"name": "\ud800"}
    assert "\\ud800" in whole([page], "csv")


def test_all_is_taken_away_in_order_and_that_is_an_act(accounts: Accounts) -> None:
    for number in range(2345):
        accounts.record(OPERATOR, "team.created", f"Team {number}")
    accounts.record(OPERATOR, "team.deleted", "Team 0")
    pages = list(accounts.all_audit_entries(OPERATOR, act="team.created", by="operator", address="192.0.2.9"))
    assert [each.subject for page in pages for each in page] == [
        f"Team {number}" for number in reversed(range(2345))
    ]
    (told,) = accounts.audit_entries(OPERATOR, act="audit_log.exported")
    assert (told.details, told.address) == ({"act": "team.created", "by": "operator"}, "192.0.2.9")


def test_acts_are_found_by_address_as_by_id(accounts: Accounts, company: Callable[..., Principal]) -> None:
    ada = company(Role.ADMIN, "ada")
    by_id = accounts.audit_entries(OPERATOR, by=ada.user_id)
    assert by_id
    assert accounts.audit_entries(OPERATOR, by="ada@example.com") == by_id
    assert accounts.audit_entries(OPERATOR, by="eve@example.com") == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_who_may_read_it_takes_it_away(
    accounts: Accounts, company: Callable[..., Principal], role: Role
) -> None:
    with pytest.raises(NotPermitted):
        accounts.all_audit_entries(company(role))
    assert accounts.audit_entries(OPERATOR, act="audit_log.exported") == []
