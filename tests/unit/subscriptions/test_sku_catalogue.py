"""The catalogue offers known plans with a dated source, and takes the workspace's own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from finora.subscriptions import BillingCycle, Catalogue

if TYPE_CHECKING:
    from pathlib import Path

USD = 1_000_000_000
OWN = """
[[sku]]
id = "acme-gpt"
vendor = "Acme"
plan = "House GPT"
monthly = "5.50"
source = "our own contract"
checked = 2026-11-01
"""


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    return tmp_path / "skus.toml"


def test_the_plans_the_product_names_are_there_with_price_source_and_day(own_file: Path) -> None:
    skus = Catalogue(own_file).skus()
    assert {"cursor-business", "chatgpt-team", "copilot-business", "midjourney-pro"} <= set(skus)
    assert len(skus) >= 60
    assert skus["copilot-business"].list_price(BillingCycle.MONTHLY) == 19 * USD
    assert skus["chatgpt-team"].list_price(BillingCycle.ANNUAL) == 240 * USD
    for sku in skus.values():
        assert sku.source
        assert sku.checked is None or date(2026, 1, 1) <= sku.checked <= date(2026, 11, 22), sku.id
        assert sku.monthly is None or 0 < sku.monthly < 2000 * USD
        if sku.monthly and sku.annual:
            assert 6 * sku.monthly <= sku.annual <= 12 * sku.monthly, f"{sku.id}: paid by the year costs less"


def test_a_plan_that_nobody_checked_against_its_vendors_page_does_not_say_when(own_file: Path) -> None:
    """A date of no dated copy of the page would pass off a rumour as a price."""
    own_file.write_text(OWN.replace("checked = 2026-11-01", ""))
    skus = Catalogue(own_file).skus()
    assert skus["acme-gpt"].checked is None
    assert skus["midjourney-pro"].checked is None
    assert skus["cursor-business"].checked == date(2026, 10, 7)


def test_a_workspace_adds_plans_and_replaces_prices_while_finora_runs(own_file: Path) -> None:
    catalogue = Catalogue(own_file)
    own_file.write_text(OWN + OWN.replace("acme-gpt", "cursor-pro"))
    skus = catalogue.skus()
    assert (skus["acme-gpt"].monthly, skus["acme-gpt"].own) == (5_500_000_000, True)
    assert skus["acme-gpt"].label == "Acme House GPT"
    assert skus["cursor-pro"].vendor == "Acme"
    own_file.unlink()
    assert "acme-gpt" not in catalogue.skus()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not toml", "skus.toml in the data directory cannot be read"),
        (OWN.replace("5.50", "5.555"), "fraction of a cent"),
        (OWN.replace('id = "acme-gpt"', 'id = "Acme GPT"'), "small letters"),
        (OWN + OWN, "there twice"),
        (OWN.replace("2026-11-01", "some day"), "cannot be read"),
        (OWN.replace("checked = 2026-11-01", "checked = 'soon'"), "checked"),
        (OWN + "colour = 'red'", "colour"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_broken_file_is_told_and_leaves_the_other_plans(own_file: Path, text: str, words: str) -> None:
    own_file.write_text(text)
    catalogue = Catalogue(own_file)
    assert words in catalogue.problem()
    assert len(catalogue.skus()) >= 60
