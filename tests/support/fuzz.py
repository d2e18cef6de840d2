"""Payload decoding under a coverage-guided fuzzer: `PYTHONPATH=tests python -m support.fuzz -max_total_time=300`.

Needs the package atheris, which is not among the development requirements: it exists for few systems. Arguments are libFuzzer's. What is
fuzzed is a page's bytes; whatever they are, decoding raises nothing but the declared errors, no row is unaccounted for, and no amount is
another than the one that was sent.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]
import msgspec

from support.cursor_pages import page, recorded

with atheris.instrument_imports():
    from finora.providers.cursor.normalise import normalise
    from finora.providers.cursor.payloads import decode_page

_HALF = Decimal("0.5")


def one(body: bytes) -> None:
    """Decode one page."""
    try:
        found = decode_page(body)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return
    normal = normalise(found)
    if normal.events.num_rows + len(normal.held) != found.rows:
        raise AssertionError("a row is unaccounted for")
    if not normal.held:
        _compare(body, normal.events["cost"].to_pylist())


def _compare(body: bytes, costs: list[int | None]) -> None:
    """Read the amounts once more, with exact decimals and the standard library."""
    try:
        events = json.loads(body, parse_float=Decimal, parse_int=Decimal)["usageEvents"]
    except (ValueError, KeyError, RecursionError, ArithmeticError):
        return  # the standard library is stricter about text, and knows no second name of the list
    if len(events) != len(costs):
        raise AssertionError("there are more or fewer events than were sent")
    for event, cost in zip(events, costs, strict=True):
        cents = event.get("chargedCents")
        if (
            isinstance(cents, Decimal)
            and cost is not None
            and abs(cents * 10_000_000 - cost) > _HALF + abs(cents) / 10**8
        ):
            raise AssertionError(f"{cents} cents were stored as {cost}")


def main() -> None:
    """Fuzz until the time is over or something fails; the seeds are recorded events."""
    atheris.Setup([*sys.argv, *_corpus()], one)
    atheris.Fuzz()


def _corpus() -> list[str]:
    from pathlib import Path
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="finora-fuzz-"))
    for number, line in enumerate(recorded()):
        (folder / f"{number}.json").write_bytes(page(line))
    (folder / "all.json").write_bytes(page(*recorded()[:5]))
    return [str(folder)]


if __name__ == "__main__":
    main()
