"""`python -m bench`: measure, print, and write down. Names of parts (`python -m bench pages`) measure only those."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from importlib import import_module

from bench import circumstances

_PARTS = {
    "ingest": "decoding, normalising and storing received pages, beside dlt and SQLite",
    "scale": "each question at 1, 10 and 100 million events",
    "serving": "fifty people who browse ten million events at once",
    "server": "a real server, from nothing to a million events on its pages",
    "pages": "clicks in a real Chromium on a million events",
    "ask": "questions in plain English over a million events",
    "clickhouse": "28 days of a large company in ClickHouse, embedded",
}
"""Modules, each imported only when it is measured: they need what only `make bench` installs."""
_MORE = """environment:
  BENCH_DATA    a folder in which simulated years are kept from one run to the next (scale, serving)
  BENCH_EVENTS  sizes to measure instead of 1, 10 and 100 million, such as 1000000,10000000 (scale)
  BENCH_WEEKS   how many weeks to measure instead of 4 (clickhouse)

Figures are printed, and written into docs/performance.md in the place of the part's former ones."""


def main(words: list[str]) -> None:
    """Measure the parts that are named, or everything."""
    for name in _chosen(words):
        _measure(name)


def _chosen(words: list[str]) -> list[str]:
    """Return the parts to measure, in the order of all; `--help` and unknown names end the program."""
    parts = "\n".join(f"  {name:<12}{what}" for name, what in _PARTS.items())
    parser = ArgumentParser(
        prog="python -m bench",
        description=f"Measure Finora's speed and size; everything without names.\n\nparts:\n{parts}",
        epilog=_MORE,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="*", help="a part to measure")
    named: list[str] = parser.parse_args(words).part
    if unknown := set(named) - set(_PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}. There are: {', '.join(_PARTS)}.")
    return [name for name in _PARTS if name in named or not named]


def _measure(name: str) -> None:
    try:
        measure = import_module(f"bench.{name}").measure
    except ModuleNotFoundError as problem:
        sys.exit(
            f"{name} needs {problem.name}, which is not installed. `make bench` installs all there is to measure with."
        )
    from bench import report, table  # noqa: PLC0415 - Rich is slow to import, and `--help` needs neither

    began = circumstances.begin()
    lines = measure()
    told = began.told()
    table.show(lines)
    print(told)
    report.write(name, lines, told)


main(sys.argv[1:])
