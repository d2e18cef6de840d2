"""`python -m bench`: measure and print."""

from __future__ import annotations

from bench import ask, ingest, server, table


def main() -> None:
    """Measure everything."""
    table.show([*ingest.measure(), *ask.measure(), *server.measure()])


main()
