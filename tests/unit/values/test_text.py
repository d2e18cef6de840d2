"""Text of unknown origin in files: no spreadsheet runs it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finora.api.export import safe_in_spreadsheets
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


@given(
    st.text(
        st.one_of(
            st.sampled_from("=+-@\uff1d\uff20\u200b\x0b\x1c\x85\u3000 \t\ra'"), st.characters(codec="utf-8")
        ),
        max_size=5,
    )
)
def test_a_file_of_events_guards_the_same_texts_as_a_table(text: str) -> None:
    """Two engines read the one pattern; where they differed, a formula would slip into one of the files."""
    assert safe_in_spreadsheets(pa.array([text]))[0].as_py() == cell_text(text)
