"""`python -m bench`: measure and print. Names of parts (`python -m bench pages`) measure only those."""

from __future__ import annotations

import sys

from bench import ask, ingest, pages, server, table

_PARTS = {"ingest": ingest.measure, "ask": ask.measure, "server": server.measure, "pages": pages.measure}


def main(names: list[str]) -> None:
    """Measure the parts that are named, or everything."""
    if unknown := set(names) - set(_PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(_PARTS)}.")
    table.show([line for name, measure in _PARTS.items() if not names or name in names for line in measure()])


main(sys.argv[1:])
