"""A misspelled name in a template must be found, an optional member of a row must not be."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from jinja2 import UndefinedError

from finora.web.site.templating import make_environment


@dataclass(frozen=True)
class Row:
    name: str


@pytest.mark.parametrize("source", ["{{ nothing }}", "{{ row.nmae }}", "{% if row.nmae %}{% endif %}"])
def test_a_misspelled_name_is_an_error(source: str) -> None:
    template = make_environment(str).from_string(source)
    with pytest.raises(UndefinedError):
        template.render(row=Row("a"))


def test_a_member_that_a_mapping_lacks_is_empty() -> None:
    template = make_environment(str).from_string(
        "{% if cell.note %}x{% endif %}{{ cell.text }}{{ cell.note }}"
    )
    assert template.render(cell={"text": "y"}) == "y"


def test_what_people_typed_is_escaped() -> None:
    template = make_environment(str).from_string("{{ name }}")
    assert "<" not in template.render(name="<script>")
