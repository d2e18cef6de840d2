"""`finora backup` and `finora restore`: all of Finora in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finora.cli.reach import reach
from finora.settings import load_settings

File = Annotated[Path, typer.Argument(help="The backup's file.", dir_okay=False)]


def backup(
    file: File,
    *,
    with_key: Annotated[
        bool,
        typer.Option(
            "--with-key", help="Put the master key in; whoever has the file can then use the providers' keys."
        ),
    ] = False,
) -> None:
    """Write ledger and events to one file, consistently, while Finora runs or not.

    [dim]Example:[/dim] finora backup finora-2026-11-22.backup
    """
    with reach() as api:
        made = api.send("POST", "/api/v1/backup", {"file": str(file.absolute()), "with_key": with_key})
    typer.echo(f"{file}: {made['events']:,} events, {made['bytes']:,} bytes.")
    if with_key:
        typer.secho("It holds the master key: keep it where you keep passwords.", fg="yellow", err=True)
    else:
        typer.secho(
            "The master key is not in it. Keep secret.key (or FINORA_SECRET_KEY) elsewhere: without it, the providers' keys "
            "have to be entered anew.",
            fg="yellow",
            err=True,
        )


def restore(file: File) -> None:
    """Put a backup into an empty data directory, once its hashes and totals have proved right.

    [dim]Example:[/dim] FINORA_DATA_DIR=/var/lib/finora finora restore finora-2026-11-22.backup
    """
    from finora.storage.backup import restore_backup  # noqa: PLC0415 - slow to import

    settings = load_settings()
    manifest = restore_backup(file, settings.data_dir)
    typer.echo(
        f"{settings.data_dir}: {manifest.events:,} events as of {manifest.made_at:%Y-%m-%d %H:%M} UTC."
    )
    if not (manifest.has_key or settings.secret_key or (settings.data_dir / "secret.key").exists()):
        typer.secho(
            f"The master key was not in the backup. Put it at {settings.data_dir / 'secret.key'} (mode 600), or set "
            "FINORA_SECRET_KEY, before you start Finora.",
            fg="yellow",
            err=True,
        )
