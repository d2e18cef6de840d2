"""`finora migrate`: moves the events to ClickHouse."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from finora.errors import BadRequest, FinoraError
from finora.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finora.settings import Settings
    from finora.storage.events.moving import Moved

_NEXT = (
    "Set FINORA_EVENTS_URL to that address, start Finora, and look at finora doctor. The file {path} is as it was; delete it "
    "once you have seen that all is well."
)


def migrate(
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help="Where to: clickhouse://user:password@host:8123/database, clickhouses://… with TLS.",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Move all events from the data directory to ClickHouse, and prove it by their totals. Stop the server first.

    It can be broken off at any time and run again: months that are over and equal are not moved twice. Nothing is deleted here.
    About 25,000 events a second were moved on two cores (embedded ClickHouse, same disk).
    A password on the command line is seen by others on this machine; --to - reads the address from FINORA_EVENTS_URL.

    [dim]Examples:[/dim]

      finora migrate --to clickhouse://finora:secret@db.example:8123/finora

      FINORA_EVENTS_URL=clickhouses://finora:secret@db.example/finora finora migrate --to -
    """
    settings = load_settings()
    url = settings.events_url if to == "-" else to
    if not url:
        raise BadRequest("Say where to: --to clickhouse://user:password@host:8123/database")
    if not settings.events_path.exists():
        raise BadRequest(f"There are no events to move: {settings.events_path} does not exist.")
    try:
        with _bar(shown=not json) as tell:
            moved = _moved(settings, url, tell, said_by="FINORA_EVENTS_URL" if to == "-" else "--to")
    except KeyboardInterrupt:
        typer.echo("Broken off. Run the same command again: it goes on where it was.", err=True)
        raise
    if json:
        from finora.cli import show  # noqa: PLC0415 - slow to import

        show.as_json(_document(moved, settings))
        return
    again = sum(each.was_over for each in moved.months)
    typer.echo(
        f"{len(moved.months):,} months moved{f', {again:,} of them by a run before' if again else ''}: {moved.totals.events:,} "
        "events. They add up: spend "
        f"{_usd(moved.totals.spend)} USD, usage value {_usd(moved.totals.usage_value)} USD, {moved.totals.tokens:,} tokens."
    )
    typer.echo(_NEXT.format(path=settings.events_path))


def _moved(settings: Settings, url: str, tell: Callable[[int, int], None], *, said_by: str) -> Moved:
    from dataclasses import replace  # noqa: PLC0415 - as above

    from finora.storage import data_dir  # noqa: PLC0415 - as above
    from finora.storage.events import DuckDBEventStore, parse_events_address  # noqa: PLC0415 - as above
    from finora.workspace import unfit  # noqa: PLC0415 - as above

    with _address_said_by(said_by):
        for problem in unfit(replace(settings, events_url=url)):
            raise problem
    from finora.storage.events.clickhouse.store import ClickHouseEventStore  # noqa: PLC0415 - only if it is installed
    from finora.storage.events.moving import move  # noqa: PLC0415 - as above

    address = parse_events_address(url, settings.data_dir)
    with data_dir.held(settings.data_dir):
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


@contextmanager
def _address_said_by(name: str) -> Iterator[None]:
    """Let what is wrong with the address name what it came from, which for all other commands is the setting."""
    try:
        yield
    except FinoraError as problem:
        problem.message = problem.message.replace("FINORA_EVENTS_URL", name)
        raise


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield what shows how many events are over of how many."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above

    columns = (
        TextColumn("[bold]Moving events"),
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
    )
    bar = Progress(*columns, console=Console(stderr=True), disable=not shown)
    task = bar.add_task("", total=0)

    def tell(over: int, everything: int) -> None:
        bar.start()  # not before there is something to tell: what is refused was never under way
        bar.update(task, completed=over, total=everything)

    try:
        yield tell
    finally:
        bar.stop()


def _document(moved: Moved, settings: Settings) -> dict[str, object]:
    return {
        "events": moved.totals.events,
        "spend": _usd(moved.totals.spend),
        "usage_value": _usd(moved.totals.usage_value),
        "tokens": moved.totals.tokens,
        "months": [
            {
                "connection": each.month.connection,
                "month": f"{each.month.first:%Y-%m}",
                "events": each.figures.events,
                "spend": _usd(each.figures.spend),
                "usage_value": _usd(each.figures.usage_value),
                "tokens": each.figures.tokens,
                "was_over": each.was_over,
            }
            for each in moved.months
        ],
        "records": moved.records,
        "next": _NEXT.format(path=settings.events_path),
    }


def _usd(nano: int) -> str:
    from finora.values.money import usd_text  # noqa: PLC0415 - as above

    return usd_text(nano)
