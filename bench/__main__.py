"""`python -m bench`: measure and print. Names of parts (`python -m bench pages`) measure only those."""

from __future__ import annotations

import os
import sys

from bench import ask, ingest, pages, server, table

_PARTS = {"ingest": ingest.measure, "ask": ask.measure, "server": server.measure, "pages": pages.measure}


def main(names: list[str]) -> None:
    """Measure the parts that are named, or everything."""
    if unknown := set(names) - set(_PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(_PARTS)}.")
    before = os.getloadavg()[0]
    table.show([line for name, measure in _PARTS.items() if not names or name in names for line in measure()])
    print(
        f"Load average {before:.1f} before and {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} processors."
    )


main(sys.argv[1:])
