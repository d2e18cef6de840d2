"""`docs/performance.md`: what was measured last, part by part, with how busy the machine was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.table import Measured

PLACE = Path(__file__).parent.parent / "docs" / "performance.md"
_HEAD = """# Performance

Written by `make bench`; `python -m bench <part>` measures one part and leaves the others as they were. Each line is the median of its
runs, with the least and the greatest beside it; "noisy" says that they differ by more than half, so that the figure says little. Times
are of one machine and one day; ratios are taken within one run. Nothing here is asserted in a test.
"""
_SECTION = re.compile(r"^## ([a-z]+)$", re.MULTILINE)


def write(part: str, lines: Sequence[Measured], circumstances: str) -> None:
    """Put a part's figures in the place of those it had."""
    sections = _sections(PLACE.read_text("utf-8")) if PLACE.exists() else {}
    rows = [" | ".join(("", line.name.strip(), *line.told, "")).strip() for line in lines]
    head = ["| | median | least to greatest | limit | |", "| --- | ---: | ---: | ---: | --- |"]
    sections[part] = "\n".join((circumstances, "", *head, *rows))
    told = "\n\n".join(f"## {name}\n\n{text}" for name, text in sections.items())
    PLACE.write_text(f"{_HEAD}\n{told}\n", "utf-8")


def _sections(text: str) -> dict[str, str]:
    parts = _SECTION.split(text)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
