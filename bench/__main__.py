"""`python -m bench`: measure and print."""

from __future__ import annotations

from bench import ingest, server, table


def main() -> None:
    """Measure everything."""
    table.show([*ingest.measure(), *server.measure()])


main()
