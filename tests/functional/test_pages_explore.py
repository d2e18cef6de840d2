"""Explore: what a table tells is exact, and what cannot be compared says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finora.spend.query import SpendQuery
from finora.values.period import Period
from finora.web.figures.formats import figure
from support.pages import visited
from support.simulated import company, simulation

if TYPE_CHECKING:
    from pathlib import Path


def test_a_period_whose_forerunner_was_not_read_says_so_in_its_tiles(tmp_path: Path) -> None:
    """An empty place would look like no change."""
    with visited(simulation(), tmp_path, sync_horizon_days=10) as visitor:
        assert "the 7 days before not read" in visitor.open("/explore?period=7d").text
        assert "not read" not in visitor.open("/explore?period=7d&compare=none").text


def test_a_table_by_period_shows_whole_figures(tmp_path: Path) -> None:
    """A total of 12.9k beside weeks told to the last event cannot be added up."""
    busy = simulation(company(11, seats=6, days=60, events=12_000))
    with visited(busy, tmp_path) as visitor:
        query = SpendQuery(metrics=("events",), period=Period.relative("all"))
        shown = figure("events", visitor.workspace.spend.answer(query).totals.values[0])
        assert shown.text != shown.exact
        page = visitor.open("/explore?period=all&table=periods&metric=events")
        assert f">{shown.exact}</span>" in page.source.partition("<tfoot>")[2]
