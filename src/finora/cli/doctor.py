"""`finora doctor`: finds trouble ahead."""

from __future__ import annotations

from typing import Annotated

import typer

from finora.cli.operator import running
from finora.errors import FinoraError
from finora.settings import load_settings

_MARKS = {"well": ("✓", "green"), "odd": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check settings, data directory, databases, port, clock and provider, and say what to do.

    Ends with exit code 1 if anything is wrong.

    [dim]Example:[/dim] finora doctor
    """
    from finora.checks import Finding, Verdict, run_checks  # noqa: PLC0415 - slow to import
    from finora.cli import show  # noqa: PLC0415 - as above
    from finora.values.clock import SystemClock  # noqa: PLC0415 - as above
    from finora.web import is_built  # noqa: PLC0415 - as above

    try:
        settings = load_settings()
    except FinoraError as problem:
        findings = [Finding("Settings", Verdict.WRONG, problem.message)]
    else:
        serving = settings.data_dir.is_dir() and running(settings.data_dir) is not None
        findings = [
            Finding("Settings", Verdict.WELL, "All can be read."),
            *run_checks(settings, SystemClock(), serving=serving),
        ]
        built = is_built()
        text = "It is built." if built else "It was not built with this installation. Run: make install"
        findings.append(Finding("Front end", Verdict.WELL if built else Verdict.WRONG, text))
    if json:
        show.as_json([{"name": each.name, "verdict": each.verdict, "text": each.text} for each in findings])
    else:
        for each in findings:
            mark, colour = _MARKS[each.verdict]
            typer.secho(f"{mark} {each.name}: ", fg=colour, nl=False)
            typer.echo(each.text)
    if any(each.verdict is Verdict.WRONG for each in findings):
        raise typer.Exit(1)
