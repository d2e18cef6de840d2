"""`finora migrate`: moves the events to ClickHouse, and the ledger to PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from finora.errors import BadRequest
from finora.settings import load_settings

if TYPE_CHECKING:
    from finora.settings import Settings

_FROM_SETTINGS = "-"


def migrate(
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            help="Where events go: clickhouse://user:password@host:8123/database, clickhouses://… with TLS.",
        ),
    ] = "",
    ledger_to: Annotated[
        str,
        typer.Option(
            "--ledger-to",
            metavar="URL",
            help="Where the ledger goes, an empty database: postgresql+psycopg://user:password@host/database.",
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Move all events to ClickHouse, the ledger to PostgreSQL, or both, and prove it. Stop the server first.

    Events can be broken off at any time and go on when it is run again: months that are over and equal are not moved twice. The
    ledger (users, sessions, tokens, connections with their credentials, subscriptions, teams, audit log) is moved whole or not at
    all. Nothing is deleted here. About 25,000 events a second were moved on two cores (embedded ClickHouse, same disk). The master key does not go along by itself; the end says how it does.
    A password on the command line is seen by others on this machine; --to - reads the address from FINORA_EVENTS_URL, --ledger-to -
    from FINORA_DATABASE_URL.

    [dim]Examples:[/dim]

      finora migrate --to clickhouse://finora:secret@db.example:8123/finora

      finora migrate --ledger-to postgresql+psycopg://finora@db.example/finora

      FINORA_EVENTS_URL=clickhouses://finora:secret@db.example/finora finora migrate --to - --ledger-to postgresql+psycopg://finora@db.example/finora
    """
    settings = load_settings()
    if not (to or ledger_to):
        raise BadRequest(
            "Say what to move where: --to clickhouse://user:password@host:8123/database for the events, "
            "--ledger-to postgresql+psycopg://user:password@host/database for the ledger, or both."
        )
    events_url = _address(to, settings.events_url, "--to clickhouse://user:password@host:8123/database")
    ledger_url = _address(
        ledger_to, settings.database_url, "--ledger-to postgresql+psycopg://user:password@host/database"
    )
    source = replace(settings, database_url="") if ledger_to == _FROM_SETTINGS else settings
    said_by = "FINORA_EVENTS_URL" if to == _FROM_SETTINGS else "--to"
    try:
        _move(source, events_url, ledger_url, said_by, as_json=json)
    except KeyboardInterrupt:
        typer.echo("Broken off. Run the same command again: events go on where they were.", err=True)
        raise


def _address(given: str, setting: str, wanted: str) -> str:
    """Return an address as it was given, or that of the setting."""
    url = setting if given == _FROM_SETTINGS else given
    if given and not url:
        raise BadRequest(f"Say where to: {wanted}")
    return url


def _move(settings: Settings, events_url: str, ledger_url: str, said_by: str, *, as_json: bool) -> None:
    """Move what there is an address for; the events first, for they go on where they were broken off."""
    from finora.cli import moving_events, moving_ledger, show  # noqa: PLC0415 - slow to import
    from finora.storage import data_dir  # noqa: PLC0415 - as above

    if events_url:
        moving_events.refuse_unfit(settings, events_url, said_by)
    if ledger_url:
        moving_ledger.refuse_unfit(settings, ledger_url)
    document, after = dict[str, object](), list[str]()
    with data_dir.held(settings.data_dir):
        if events_url:
            events = moving_events.moved(settings, events_url, said_by, shown=not as_json)
            document |= moving_events.document(events)
            typer.echo(moving_events.summary(events), err=as_json)
            after.append(moving_events.NEXT.format(path=settings.events_path))
        if ledger_url:
            ledger = moving_ledger.moved(settings, ledger_url, shown=not as_json)
            document["ledger"] = moving_ledger.document(ledger)
            typer.echo(moving_ledger.summary(ledger), err=as_json)
            after.append(moving_ledger.after(settings))
    if as_json:
        show.as_json(document | {"next": " ".join(after)})
        return
    for line in after:
        typer.echo(line)
