"""`python -m bench`: measure, print, and write down. Names of parts (`python -m bench pages`) measure only those."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from bench import ask, clickhouse, ingest, pages, report, scale, server, serving, table

_PARTS = {
    "ingest": ingest.measure,
    "scale": scale.measure,
    "serving": serving.measure,
    "server": server.measure,
    "pages": pages.measure,
    "ask": ask.measure,
    "clickhouse": clickhouse.measure,
}


def main(names: list[str]) -> None:
    """Measure the parts that are named, or everything."""
    if unknown := set(names) - set(_PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(_PARTS)}.")
    for name, measure in _PARTS.items():
        if names and name not in names:
            continue
        before = os.getloadavg()[0]
        lines = measure()
        circumstances = (
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, "
            f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after."
        )
        table.show(lines)
        print(circumstances)
        report.write(name, lines, circumstances)


main(sys.argv[1:])
