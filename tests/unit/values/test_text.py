"""Text of unknown origin in files: no spreadsheet runs it."""

from __future__ import annotations

import pytest

from finora.values.text import cell_text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        " =1",
        "\t=1",
        "\n=1",
        "\uff1dHYPERLINK(1)",
        "\ufeff=1",
        "\u200b=1",
        "\xa0=1",
        "\rx",
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_kept_as_text(text: str) -> None:
    assert cell_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana", "a=1", "gpt-5", "1-2", "München"])
def test_other_text_is_left_alone(text: str) -> None:
    assert cell_text(text) == text
