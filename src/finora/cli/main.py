"""The commands put together, and errors told in plain words.

Commands import what they need when they run, so that `finora --help` answers at once.
"""

from __future__ import annotations

import sys
from json import dumps
from typing import Annotated

import typer

import finora
from finora.cli import (
    accounts,
    ask,
    audit,
    backup,
    connections,
    doctor,
    export,
    mcp,
    migrate,
    notices,
    query,
    reconcile,
    serve,
    sessions,
    subscriptions,
    timezone,
    tokens,
    vault,
)
from finora.errors import FinoraError

app = typer.Typer(
    name="finora",
    help="What your company spends on AI tools, to the event and to the cent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="[bold]finora simulate cursor[/bold] imitates a Cursor Admin API with a synthetic company, to try things on.",
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer's signature
    if wanted:
        typer.echo(f"finora {finora.__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What your company spends on AI tools, to the event and to the cent."""


app.command("serve")(serve.serve)
app.command("connect")(connections.connect)
app.command("connections")(connections.list_connections)
app.command("sync")(connections.sync)
app.command("notices")(notices.notices)
app.command("reconcile")(reconcile.reconcile)
app.command("rotate")(connections.rotate)
app.command("disconnect")(connections.disconnect)
app.command("ask")(ask.ask)
app.command("query")(query.query)
app.command("export")(export.export)
app.command("mcp")(mcp.mcp)
app.command("audit")(audit.audit)
app.command("doctor")(doctor.doctor)
app.command("migrate")(migrate.migrate)
app.command("timezone")(timezone.timezone)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(subscriptions.subscriptions, name="subscriptions")
app.add_typer(accounts.users, name="users")
app.add_typer(tokens.tokens, name="tokens")
app.add_typer(sessions.sessions, name="sessions")
app.add_typer(vault.vault, name="vault")


@app.command("demo")
def demo(
    *,
    seats: Annotated[int, typer.Option(min=2, max=2000, help="People in the simulated company.")] = 60,
    events: Annotated[int, typer.Option(min=100, max=5_000_000, help="Events in twelve months.")] = 500_000,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal companies.")] = 2026,
) -> None:
    """Try Finora with a simulated Cursor team: connects it, syncs it, and prints the address to open.

    [dim]Example:[/dim] finora demo --seats 200 --events 1000000
    """
    from finora.cli.demo import run_demo  # noqa: PLC0415 - only the demo may know the simulator

    run_demo(seats=seats, events=events, seed=seed)


def _tell(problem: FinoraError) -> None:
    if "--json" in sys.argv:
        typer.echo(dumps({"error": {"title": problem.title, "detail": problem.message}}), err=True)
        return
    typer.secho(f"{problem.title}: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(problem.message, err=True)


def main() -> None:
    """Run a command; a known error ends it with its message and exit code 1."""
    if len(sys.argv) > 1 and sys.argv[1] == "simulate":
        from finora.simulator.command import simulate  # noqa: PLC0415 - only demo and tests may know the simulator

        app.add_typer(simulate, name="simulate")
    try:
        app()
    except FinoraError as problem:
        _tell(problem)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
