"""`finora sessions`: where people are signed in, and how that ends."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer

from finora.cli.accounts import AsJson
from finora.cli.reach import reach

sessions = typer.Typer(help="Browsers in which people are signed in.", no_args_is_help=True)

_COLUMNS = (
    ("id", "Id"),
    ("email", "Who"),
    ("address", "Address"),
    ("created_at", "Since"),
    ("seen_at", "Last seen"),
    ("user_agent", "Browser"),
)


@sessions.command("list")
def list_sessions(
    *,
    email: Annotated[str | None, typer.Option(help="Whose; on the machine itself everybody's.")] = None,
    json: AsJson = False,
) -> None:
    """List open sessions, last seen first.

    [dim]Example:[/dim] finora sessions list --email ana@acme.com --json
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = api.get("/api/v1/sessions", {"email": email} if email else None)
    if json:
        show.as_json(found)
    else:
        show.as_table(found, _COLUMNS)


@sessions.command("revoke")
def revoke_session(
    session_id: Annotated[str, typer.Argument(help="Its id, from “finora sessions list”.")],
) -> None:
    """End a session, with immediate effect.

    [dim]Example:[/dim] finora sessions revoke 4f0c1e6b8a7d4c2f9b3e5d6a7c8b9e0f
    """
    with reach() as api:
        api.send("DELETE", f"/api/v1/sessions/{quote(session_id, safe='')}")
    typer.echo("The session was ended.")


@sessions.command("revoke-others")
def revoke_other_sessions(
    *,
    email: Annotated[str | None, typer.Option(help="Whose; your own elsewhere.")] = None,
    json: AsJson = False,
) -> None:
    """End all sessions of a user: a lost laptop, a colleague who left.

    [dim]Example:[/dim] finora sessions revoke-others --email ana@acme.com
    """
    with reach() as api:
        ended = api.send("DELETE", f"/api/v1/sessions{f'?email={quote(email)}' if email else ''}")
    if json:
        from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

        show.as_json(ended)
    else:
        typer.echo(f"{ended['ended']} sessions were ended.")
