"""The events' part of `finora migrate`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from finora.cli.moving_bar import bar
from finora.errors import BadRequest, FinoraError
from finora.storage.events import DuckDBEventStore, parse_events_address
from finora.values.money import usd_text
from finora.workspace import unfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.settings import Settings
    from finora.storage.events.moving import Moved

NEXT = (
    "Set FINORA_EVENTS_URL to that address, start Finora, and look at finora doctor. The file {path} is as it was; delete it "
    "once you have seen that all is well."
)


def refuse_unfit(settings: Settings, url: str, said_by: str) -> None:
    """Go on only if there are events, and the address, which was said by an option or a setting, can be one of ClickHouse."""
    if not settings.events_path.exists():
        raise BadRequest(f"There are no events to move: {settings.events_path} does not exist.")
    with _address_said_by(said_by):
        for problem in unfit(replace(settings, events_url=url)):
            raise problem


def moved(settings: Settings, url: str, said_by: str, *, shown: bool) -> Moved:
    """Move all events; the data directory must be held."""
    from finora.storage.events.clickhouse.store import ClickHouseEventStore  # noqa: PLC0415 - only if it is installed
    from finora.storage.events.moving import move  # noqa: PLC0415 - as above

    address = parse_events_address(url, settings.data_dir)
    with bar("Moving events", shown=shown) as tell:
        source = DuckDBEventStore(settings.events_path, settings.timezone)
        try:
            with _address_said_by(said_by):
                target = ClickHouseEventStore(address, settings.timezone, for_move=True)
            try:
                return move(source, target, tell)
            finally:
                target.close()
        finally:
            source.close()


def summary(moved: Moved) -> str:
    """Return what was moved, in a sentence."""
    again = sum(each.was_over for each in moved.months)
    return (
        f"{len(moved.months):,} months moved{f', {again:,} of them by a run before' if again else ''}: {moved.totals.events:,} "
        f"events. They add up: spend {usd_text(moved.totals.spend)} USD, usage value {usd_text(moved.totals.usage_value)} USD, "
        f"{moved.totals.tokens:,} tokens."
    )


def document(moved: Moved) -> dict[str, object]:
    """Return what was moved, as JSON has it."""
    return {
        "events": moved.totals.events,
        "spend": usd_text(moved.totals.spend),
        "usage_value": usd_text(moved.totals.usage_value),
        "tokens": moved.totals.tokens,
        "months": [
            {
                "connection": each.month.connection,
                "month": f"{each.month.first:%Y-%m}",
                "events": each.figures.events,
                "spend": usd_text(each.figures.spend),
                "usage_value": usd_text(each.figures.usage_value),
                "tokens": each.figures.tokens,
                "was_over": each.was_over,
            }
            for each in moved.months
        ],
        "records": moved.records,
    }


@contextmanager
def _address_said_by(name: str) -> Iterator[None]:
    """Let what is wrong with the address name what it came from, which for all other commands is the setting."""
    try:
        yield
    except FinoraError as problem:
        problem.message = problem.message.replace("FINORA_EVENTS_URL", name)
        raise
