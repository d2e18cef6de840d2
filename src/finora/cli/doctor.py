"""`finora doctor`: finds trouble ahead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.demo_folder import DEMO_MARK
from finora.cli.listening import listen
from finora.cli.operator import answering
from finora.errors import FinoraError
from finora.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.checks import Finding
    from finora.settings import Settings

_MARKS = {"well": ("✓", "green"), "odd": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check settings, data directory, databases, port, clock and provider, and say what to do.

    Ends with exit code 1 if anything is wrong.

    [dim]Example:[/dim] finora doctor
    """
    from finora.checks import Verdict  # noqa: PLC0415 - slow to import
    from finora.cli import show  # noqa: PLC0415 - as above

    findings = list(_findings())
    if json:
        show.as_json([{"name": each.name, "verdict": each.verdict, "text": each.text} for each in findings])
    else:
        for each in findings:
            mark, colour = _MARKS[each.verdict]
            typer.secho(f"{mark} {each.name}: ", fg=colour, nl=False)
            typer.echo(each.text)
    if any(each.verdict is Verdict.WRONG for each in findings):
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    from finora.checks import Finding, Verdict, run_checks  # noqa: PLC0415 - slow to import
    from finora.values.clock import SystemClock  # noqa: PLC0415 - as above
    from finora.web import is_built  # noqa: PLC0415 - as above
    from finora.workspace import unfit  # noqa: PLC0415 - as above

    try:
        settings = load_settings()
    except FinoraError as problem:
        yield Finding("Settings", Verdict.WRONG, problem.message)
        return
    if not any(unfit(settings)):
        yield Finding("Settings", Verdict.WELL, "All can be read.")
    try:
        serving = answering(settings.data_dir) is not None
    except FinoraError as problem:
        yield Finding("Operator's file", Verdict.WRONG, problem.message)
        serving = False
    # A demo asks its own simulator, whatever the settings name. Of a folder that may not be read nothing is known.
    simulated = os.access(settings.data_dir / DEMO_MARK, os.F_OK)
    yield from run_checks(settings, SystemClock(), serving=serving, provider=not simulated)
    if not serving:
        yield _port(settings)
    built = is_built()
    text = "It is built." if built else "It was not built with this installation. Run: make install"
    yield Finding("Front end", Verdict.WELL if built else Verdict.WRONG, text)


def _port(settings: Settings) -> Finding:
    from finora.checks import Finding, Verdict  # noqa: PLC0415 - as above

    try:
        listen(settings.host, settings.port).close()
    except FinoraError as problem:
        return Finding("Port", Verdict.WRONG, problem.message)
    return Finding("Port", Verdict.WELL, f"Port {settings.port} is free.")
