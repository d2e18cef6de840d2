"""`finora notices`: what people should know about the data, such as events that a provider no longer returns."""

from __future__ import annotations

from typing import Annotated

import typer

from finora.cli.connections import AsJson, chosen_connections
from finora.cli.reach import reach
from finora.errors import BadRequest


def notices(
    names: Annotated[
        list[str] | None, typer.Argument(help="Connections by name or id; all of them without.")
    ] = None,
    *,
    dismiss: Annotated[str, typer.Option(help="Take the notice of this id off the pages.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Show dismissed ones as well.")] = False,
    json: AsJson = False,
) -> None:
    """Show what Finora has to tell about the data: what a provider forgot, took back, or could not be read.

    [dim]Examples:[/dim]

      finora notices

      finora notices --dismiss 4f1c…
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = [
            {"connection": connection["name"], "connection_id": connection["id"], **notice}
            for connection in chosen_connections(api, names)
            for notice in api.get(f"/api/v1/connections/{connection['id']}/notices")
            if everything or dismiss or notice["dismissed_at"] is None
        ]
        if dismiss:
            chosen = next((each for each in found if each["id"] == dismiss), None)
            if chosen is None:
                raise BadRequest("There is no notice of this id; “finora notices” lists them.")
            api.send("POST", f"/api/v1/connections/{chosen['connection_id']}/notices/{dismiss}/dismiss")
            typer.echo(f"Dismissed: {chosen['title']}.")
            return
    if json:
        show.as_json(found)
    elif not found:
        typer.echo("Nothing to tell.")
    for each in () if json else found:
        typer.echo(
            f"{each['raised_at'][:16]}  {each['connection']}: {each['title']}. {each['text']}  [{each['id']}]"
        )
