"""`finora timezone`: sums the events that several servers share by other days."""

from __future__ import annotations

from typing import Annotated

import typer

from finora.settings import load_settings


def timezone(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Sum all events by the days of FINORA_TIMEZONE, where several servers share them. Stop all of these first.

    A server by itself does so when it starts. One of several does not start with another zone than theirs, so that a slip in one
    changes no figure of the others.

    [dim]Example:[/dim] FINORA_TIMEZONE=Europe/Berlin finora timezone
    """
    from finora.workspace import open_workspace  # noqa: PLC0415 - slow to import; `finora --help` does without

    settings = load_settings()
    with open_workspace(settings, change_days=True) as workspace:
        place, events = workspace.store.place, workspace.store.count().events
    if json:
        from finora.cli import show  # noqa: PLC0415 - as above

        show.as_json({"place": place, "events": events, "timezone": settings.timezone})
        return
    typer.echo(
        f"All {events:,} events at {place} are summed by the days of {settings.timezone}. Start every server with "
        f"FINORA_TIMEZONE={settings.timezone}."
    )
