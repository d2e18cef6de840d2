"""`docs/performance.md`: what was measured last, part by part, with the circumstances, and before it what has a limit."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.table import Measured

PLACE = Path(__file__).parent.parent / "docs" / "performance.md"
_HEAD = """# Performance

Written by `make bench`; `python -m bench <part>` measures one part and leaves the others as they were. Nothing here is asserted in a
test. Each section names the commit and the machine it was measured on; one that names no commit was measured before that was noted.

**The data.** Years are simulated (`bench/year.py`): 52 weeks of a company of 2,000 people in teams, who work with 40 models, at 1, 10
and 100 million events. Amounts, tokens and habits differ by person and model; no customer's data is in it. `ingest`, `server`,
`pages` and `ask` read a simulated provider with 200 people.

**The figures.** Each line is the median of its runs, with the least and the greatest beside it; "noisy" says that they differ by more
than half, so that the figure says little. "Kept" says that every run kept the limit; "kept, not by every run" that the median did and
the worst did not. "Median of all" and "p95 of all" are of all single runs of all questions of the part together, not of the questions'
medians, so that one run in twenty may take longer than the p95; each question has a line of its own, but of pairs of dimensions only
the slowest have. Times are of one machine and one day; ratios are taken within one run.

**Warm.** In `scale` and `clickhouse` the first run of each question is left out, as it reads the file; every other run asks
for a period that ends on another day, and of a service that remembers nothing, so that no answer is a remembered one. Files are in the
system's memory by then. `server`, `serving` and `pages` count every request from the first. What a question takes when the machine has
just started is not measured. 48 hours are replaced by a process that answered Explore's questions before, with one who asks on meanwhile; and
once more by the one that was asked everything else first, whose memory is full of other things.

**"The same over the events"** is what the totals of a question take when the roll-ups are left out: the same statements read the single
events, while Finora's side of the ratio is the whole answer. A small store has few events for each row of a roll-up, and reads events
about as fast: ratios near or below 1 at a million events are no fault, and have no limit.

**Again.** `make bench` measures everything, `.venv/bin/python -m bench --help` names the parts and what they heed. Set `BENCH_DATA` to a
folder with 5 GB to keep the simulated years from one run to the next; the largest takes about ten minutes to make on two cores. How
long each part took stands in its section. Let nothing else run meanwhile.
"""
_SECTION = re.compile(r"^## ([a-z]+)$", re.MULTILINE)
_COLUMNS = ("| | median | least to greatest | limit | |", "| --- | ---: | ---: | ---: | --- |")
_MANY = 5
"""So many lines of one kind with one limit are told as one in the summary."""


def write(part: str, lines: Sequence[Measured], circumstances: str, place: Path = PLACE) -> None:
    """Put a part's figures in the place of those it had."""
    sections = _sections(place.read_text("utf-8")) if place.exists() else {}
    rows = [" | ".join(("", line.name.strip(), *line.told, "")).strip() for line in lines]
    sections[part] = "\n".join((circumstances, "", *_COLUMNS, *rows))
    place.write_text(written(sections), "utf-8")


def written(sections: dict[str, str]) -> str:
    """Return the document of sections by name, with what has a limit before all of them."""
    told = "\n\n".join(f"## {name}\n\n{text}" for name, text in sections.items())
    return f"{_HEAD}\n{_summary(sections)}\n\n{told}\n"


def _summary(sections: dict[str, str]) -> str:
    rows = [row for name, text in sections.items() for row in _limited(name, text)]
    head = ("## What has a limit", "", f"| {_COLUMNS[0]}", f"| --- {_COLUMNS[1]}")
    return "\n".join((*head, *rows))


def _limited(part: str, section: str) -> Iterable[str]:
    """Yield a section's lines that have a limit; many of one kind are one line, from the least median to the greatest."""
    limited = [row for row in _rows(section) if row[3]]
    for (kind, limit), lines in groupby(limited, lambda row: (row[0].rpartition(": ")[0], row[3])):
        rows = list(lines)
        if not kind or len(rows) < _MANY:
            yield from (f"| {part} | {' | '.join(row)} |" for row in rows)
            continue
        medians = sorted((row[1] for row in rows), key=_amount)
        verdicts = [row[4].removesuffix(" (noisy)") for row in rows]
        told = "; ".join(f"{verdicts.count(each)} {each}" for each in dict.fromkeys(verdicts))
        spread = f"{medians[0]} to {medians[-1]}"
        yield f"| {part} | {kind}: {len(rows)} of them, medians | | {spread} | {limit} | {told} |"


def _rows(section: str) -> list[list[str]]:
    """Return the cells of a section's lines: name, median, spread, limit and verdict."""
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[len(_COLUMNS) :]]


def _amount(cell: str) -> float:
    return float(cell.split(maxsplit=1)[0].replace(",", ""))


def _sections(text: str) -> dict[str, str]:
    parts = _SECTION.split(text)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
