"""`finora doctor`: finds trouble ahead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.demo_folder import DEMO_FOLDER, DEMO_MARK, asking_demo, running_demo
from finora.cli.listening import address, listen
from finora.cli.operator import answering
from finora.errors import FinoraError
from finora.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finora.checks import Finding
    from finora.settings import Settings

_MARKS = {"well": ("✓", "green"), "odd": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check settings, data directory, disk, databases, port, front end, provider and clock, and say what to do.

    Beside a running server the databases are left to that. The clock is compared with that of the provider's answer; of a demo no provider is asked.

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
        server = answering(settings.data_dir)
    except FinoraError as problem:
        yield Finding("Operator's file", Verdict.WRONG, problem.message)
        server = None
    # A demo asks its own simulator, whatever the settings name. Of a folder that may not be read nothing is known.
    simulated = os.access(settings.data_dir / DEMO_MARK, os.F_OK)
    yield from run_checks(settings, SystemClock(), serving=server is not None, provider=not simulated)
    if server is None:
        yield _port(settings)
    else:
        yield Finding("Port", Verdict.WELL, f"The running server listens at {server.url}.")
    built = is_built()
    text = "It is built." if built else "It was not built with this installation. Run: make install"
    yield Finding("Front end", Verdict.WELL if built else Verdict.WRONG, text)


def _port(settings: Settings) -> Finding:
    from finora.checks import Finding, Verdict  # noqa: PLC0415 - as above

    try:
        listen(settings.host, settings.port).close()
    except FinoraError as problem:
        demo = running_demo()
        if demo and demo.url == address(settings.host, settings.port):
            return Finding("Port", Verdict.ODD, _held_by_demo(settings.port))
        return Finding("Port", Verdict.WRONG, problem.message)
    return Finding("Port", Verdict.WELL, f"Port {settings.port} is free.")


def _held_by_demo(port: int) -> str:
    return (
        f"Finora's demo, which runs in {DEMO_FOLDER}, listens on port {port}. End it before “finora serve”, or choose another "
        f"port with FINORA_PORT. To look at the demo itself: {asking_demo('doctor')}"
    )
