"""`finora vault`: the master key of stored credentials."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from finora.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.settings import Settings
    from finora.storage.ledger import Ledger

vault = typer.Typer(help="The master key that stored credentials are encrypted with.", no_args_is_help=True)

_FORGOTTEN = "forgotten"


@vault.command("rotate")
def rotate() -> None:
    """Change the master key. Stop the server first; credentials and history stay as they are.

    [dim]Example:[/dim] finora vault rotate
    """
    from finora.values.clock import SystemClock  # noqa: PLC0415 - slow to import; `finora --help` does without
    from finora.vault import KEY_FILE, KeyIsSetting, open_vault, rotate_key_file  # noqa: PLC0415 - as above

    settings = load_settings()
    if settings.secret_key:
        raise KeyIsSetting(
            "FINORA_SECRET_KEY holds the master key, so only you can change it. Make a new one with “openssl rand -base64 32”, "
            "set FINORA_SECRET_KEY=<new>,<former> and start Finora; then take the former one away."
        )
    with _ledger(settings) as ledger:
        opened = open_vault(settings, ledger, SystemClock())
        rotate_key_file(opened, settings.data_dir / KEY_FILE)
    typer.echo(
        f"The master key was changed. Back up {settings.data_dir / KEY_FILE} anew; the former one opens nothing."
    )


@vault.command("forget")
def forget(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether this is meant.")] = False
) -> None:
    """Give up credentials whose master key is lost; connections and history stay, and wait for their keys.

    [dim]Example:[/dim] finora vault forget
    """
    from finora.providers.registry import all_providers  # noqa: PLC0415 - as above
    from finora.values.clock import SystemClock  # noqa: PLC0415 - as above
    from finora.vault import Secret, forget_credentials  # noqa: PLC0415 - as above

    settings = load_settings()
    if not yes:
        typer.confirm("Stored provider keys are given up for good. Is the master key lost?", abort=True)
    names = {each.name for provider in all_providers().values() for each in provider.credential_fields}
    placeholder = Secret(json.dumps(dict.fromkeys(sorted(names), _FORGOTTEN)))
    with _ledger(settings) as ledger:
        count = forget_credentials(settings, ledger, SystemClock(), placeholder)
    typer.echo(f"{count} stored credentials were given up. Enter each key again: Settings, API Keys, Update.")


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger while no server does.

    Raises:
        DataDirInUse: One does.
    """
    from finora.storage import data_dir  # noqa: PLC0415 - as above
    from finora.storage.ledger import open_ledger  # noqa: PLC0415 - as above

    data_dir.prepare(settings.data_dir)
    with data_dir.held(settings.data_dir), open_ledger(settings.ledger_url) as ledger:
        yield ledger
