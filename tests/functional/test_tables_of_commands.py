"""What commands print as tables can be copied and piped on, however narrow the window is."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from finora.cli import show

if TYPE_CHECKING:
    import pytest

ID = "4f0c1e6b8a7d4c2f9b3e5d6a7c8b9e0f"
ROW = {"id": ID, "name": "a name of many words " * 6, "cost": "$1,234,567.89"}
COLUMNS = (("id", "Id"), ("name", "Name"), ("cost", "Spend"))


class Screen(io.StringIO):
    """A terminal of 80 columns."""

    def isatty(self) -> bool:
        """Say that somebody reads along."""
        return True


def test_a_row_is_one_line_where_no_terminal_reads_along(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show.as_table([ROW], COLUMNS)
    _heading, line = capsys.readouterr().out.splitlines()
    assert ID in line
    assert str(ROW["name"]).strip() in line


def test_ids_and_figures_stay_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    show.as_table([ROW], COLUMNS, frozenset({"cost"}))
    assert ID in screen.getvalue()
    assert "$1,234,567.89" in screen.getvalue()
    assert len(screen.getvalue().splitlines()) > 2
