"""`finora tokens`: API tokens, listed, issued and revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote

import typer

from finora.cli.accounts import AsJson
from finora.cli.reach import reach

tokens = typer.Typer(help="API tokens, for scripts and assistants.", no_args_is_help=True)

_COLUMNS = (
    ("id", "Id"),
    ("email", "Whose"),
    ("name", "Name"),
    ("last4", "Ends in"),
    ("scopes", "Scope"),
    ("created_at", "Issued"),
    ("used_at", "Last used"),
    ("expires_at", "Expires"),
)


@tokens.command("list")
def list_tokens(
    *,
    email: Annotated[str | None, typer.Option(help="Whose; on the machine itself everybody's.")] = None,
    json: AsJson = False,
) -> None:
    """List API tokens, newest first; the tokens themselves are kept nowhere.

    [dim]Example:[/dim] finora tokens list --email ana@acme.com
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = api.get("/api/v1/tokens", {"email": email} if email else None)
    if json:
        show.as_json(found)
    else:
        show.as_table([each | {"scopes": ", ".join(each["scopes"])} for each in found], _COLUMNS)


@tokens.command("create")
def create_token(
    *,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    email: Annotated[str | None, typer.Option(help="Whose rights it has; your own elsewhere.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="read, write or admin; admin if not said.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="For how long it is good; for ever if not said.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Issue an API token and print it, once.

    [dim]Example:[/dim] finora tokens create --email ana@acme.com --name dashboards --scope read --days 90
    """
    body: dict[str, object] = {"name": name, "scopes": scope or ["admin"]}
    if email is not None:
        body["email"] = email
    if days is not None:
        body["expires_at"] = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    with reach() as api:
        issued = api.send("POST", "/api/v1/tokens", body)
    if json:
        from finora.cli import show  # noqa: PLC0415 - as above

        show.as_json(issued)
    else:
        typer.echo(issued["token"])


@tokens.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="Its id, from “finora tokens list”.")],
) -> None:
    """Revoke an API token; it is of no use at once.

    [dim]Example:[/dim] finora tokens revoke 4f0c1e6b8a7d4c2f9b3e5d6a7c8b9e0f
    """
    with reach() as api:
        api.send("DELETE", f"/api/v1/tokens/{quote(token_id, safe='')}")
    typer.echo("The token was revoked.")
