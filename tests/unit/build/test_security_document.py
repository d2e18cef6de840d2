"""What docs/security.md claims is shown by tests that there are; who reviews Finora goes by it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| V\d+ [^|]*\|[^|]*\|([^|]*)\|$", TEXT, re.MULTILINE)


def test_every_chapter_has_a_line_with_what_shows_it() -> None:
    assert re.findall(r"^\| V(\d+) [a-z]", TEXT, re.IGNORECASE | re.MULTILINE)[:16] == [
        str(chapter) for chapter in range(1, 17)
    ]
    assert len(ROWS) == 16
    for row in ROWS:
        assert re.search(r"`(?:unit|functional|contract|browser)/", row), row


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`((?:unit|functional|contract|browser)/[\w/.]*)`", TEXT))
    assert len(named) > 30
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).exists()] == []
