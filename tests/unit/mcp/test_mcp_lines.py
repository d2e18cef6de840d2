"""What assistants read: exact, on one line each, and nothing that could pass for more."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.mcp import lines
from finora.mcp.pages import numbers, page_of
from finora.mcp.tool import InvalidArguments
from finora.values.money import usd_text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_no_name_makes_a_line_or_a_cell_of_its_own(rows: list[list[str]]) -> None:
    table = lines.table(("A", "B"), rows)
    assert len(table.split("\n")) == len(rows) + 1
    assert all(line.count("|") == 1 for line in table.split("\n"))


@given(st.integers(-(10**18), 10**18))
def test_a_total_is_said_whole_to_the_nano(nano: int) -> None:
    said = lines.exactly("usd", usd_text(nano))
    exact = (
        said.split("exactly ")[1].removesuffix(" USD)")
        if "exactly" in said
        else said.replace("$", "").replace(",", "")
    )
    assert Decimal(exact) * 10**9 == nano


@given(st.lists(st.integers()), st.integers(1, 20))
def test_pages_are_the_list_in_its_order(items: list[int], limit: int) -> None:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page, cursor = page_of(items, cursor, limit)
        assert len(page) <= limit
        seen += page
    assert seen == items


@given(st.text().filter(bool))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        found = numbers(text, 2)
    except InvalidArguments:
        return
    assert ".".join(str(each) for each in found) == ".".join(
        part.lstrip("0") or "0" for part in text.split(".")
    )


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-10-01 to 2026-10-31 (UTC)"),
        ("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "2026-10-01 (UTC)"),
        ("2026-10-01T10:00:00Z", "2026-10-01T11:30:00Z", "2026-10-01T10:00 to before 2026-10-01T11:30 (UTC)"),
    ],
)
def test_a_period_is_said_with_both_of_its_days(start: str, end: str, words: str) -> None:
    assert lines.days(start, end, ZoneInfo("UTC")) == words


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [("1.5", "1", "+50.0%"), ("0", "0", "unchanged"), (5, 0, "new"), ("1", "2", "-50.0%")],
)
def test_a_change_from_nothing_has_no_per_cent(now: object, before: object, words: str) -> None:
    assert lines.change(now, before) == words
