"""`finora simulate`: run the simulated API in the foreground."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn

from finora.simulator.behaviour import Behaviour
from finora.simulator.faults import Faults
from finora.simulator.scenario import UNLIMITED, live
from finora.simulator.simulation import Simulation
from finora.simulator.threaded import address, configure, listen

simulate = typer.Typer(help="Imitate a provider, to try Finora without an account.", no_args_is_help=True)

EXAMPLES = """
A Cursor Admin API with a synthetic company behind it.

Examples:

  finora simulate cursor

  finora simulate cursor --seats 200 --months 6 --events 1000000

  finora simulate cursor --fault late_permille=100 --fault revised_permille=200

  finora simulate cursor --fault all --speed 60

The faults and what they do are listed by --list-faults.
"""

WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@simulate.callback()
def providers() -> None:
    """Imitate a provider, to try Finora without an account."""


@simulate.command(help=EXAMPLES)
def cursor(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any that is free.")] = 8787,
    seats: Annotated[int, typer.Option(min=1, help="People with a seat.")] = 60,
    months: Annotated[int, typer.Option(min=1, help="How far back usage goes.")] = 12,
    events: Annotated[int, typer.Option(min=0, help="Events in that time.")] = 500_000,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal companies.")] = 2026,
    speed: Annotated[float, typer.Option(help="Simulated seconds in a real one.")] = 1.0,
    fault: Annotated[list[str] | None, typer.Option(help="A fault as name=value, or all.")] = None,
    rate_limits: Annotated[bool, typer.Option(help="Keep Cursor's limits of 60 and 20 a minute.")] = True,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Explain the faults and leave.")] = False,
) -> None:
    """Serve until interrupted."""
    if list_faults:
        typer.echo(Faults.__doc__)
        return
    simulation = live(
        now=datetime.now(UTC),
        seats=seats,
        months=months,
        events=events,
        seed=seed,
        speed=speed,
        faults=read_faults(fault or [], seed),
        behaviour=Behaviour() if rate_limits else UNLIMITED,
    )
    try:
        listener = listen(host, port)
    except OSError as error:
        raise typer.BadParameter(
            f"{host}, port {port} cannot be used: {error.strerror}. Choose another with --port."
        ) from error
    typer.echo(introduction(simulation, address(listener)))
    uvicorn.Server(configure(simulation)).run(sockets=[listener])


def introduction(simulation: Simulation, base_url: str) -> str:
    """What to do with a simulation that listens at `base_url`."""
    keys, company = simulation.keys[0], simulation.teams[0].company
    return "\n".join(
        [
            f"A simulated Cursor with {len(company.people)} people listens at {base_url}",
            "",
            f"Admin API key   {keys.admin}",
            f"Second key      {keys.spare}",
            f"Personal key    {keys.personal}  (refused)",
            f"Wrong scope     {keys.wrong_scope}  (refused)",
            f"Revoked key     {keys.revoked}  (refused)",
            "",
            "In another terminal:",
            f"  FINORA_CURSOR_BASE_URL={base_url} finora serve",
            "",
        ]
    )


def read_faults(texts: list[str], seed: int) -> Faults:
    """Faults from `name=value` texts; `all` stands for every fault one recovers from.

    Raises:
        typer.BadParameter: a name or value that does not exist.
    """
    kinds = {field.name: type(field.default) for field in fields(Faults)}
    chosen: dict[str, int | bool] = {"seed": seed}
    for text in texts:
        if text == "all":
            everything = Faults.all_recoverable(seed)
            chosen |= {name: getattr(everything, name) for name in kinds}
            continue
        name, _, value = text.partition("=")
        if name not in kinds:
            raise typer.BadParameter(f"There is no fault {name!r}. See finora simulate cursor --list-faults.")
        chosen[name] = _value(name, value, kinds[name])
    try:
        return Faults(**chosen)  # type: ignore[arg-type]  # the kinds are the fields' own
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _value(name: str, text: str, kind: type) -> int | bool:
    if kind is bool and text.lower() in WORDS:
        return WORDS[text.lower()]
    if kind is int and text.isdigit():
        return int(text)
    wanted = "true or false" if kind is bool else "a whole number"
    raise typer.BadParameter(f"Fault {name} takes {wanted}, not {text!r}.")
