"""`finora users`: who there is, and what they are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from finora.cli.asking import ask_for_secret
from finora.cli.reach import reach

users = typer.Typer(help="Users and their roles.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@users.command("create")
def create_user(
    *,
    email: Annotated[str, typer.Option(help="The user's e-mail address.")],
    role: Annotated[str, typer.Option(help="owner, admin, member or viewer.")] = "member",
    name: Annotated[str, typer.Option(help="The user's name.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Create a user.

    [dim]Example:[/dim] finora users create --email ana@acme.com --role owner --password-stdin < password.txt
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = ask_for_secret("Password", option="--password-stdin", twice=True)
    with reach() as api:
        account = api.send(
            "POST", "/api/v1/users", {"email": email, "role": role, "name": name, "password": password}
        )
    if json:
        from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

        show.as_json(account)
    else:
        typer.echo(f"{account['email']} is {account['role']}.")


@users.command("list")
def list_users(*, json: AsJson = False) -> None:
    """List the users.

    [dim]Example:[/dim] finora users list --json
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = api.get("/api/v1/users")
    if json:
        show.as_json(found)
    else:
        show.as_table(
            found, (("email", "E-mail"), ("name", "Name"), ("role", "Role"), ("disabled", "Disabled"))
        )


@users.command("link")
def make_link(
    *,
    email: Annotated[str, typer.Option(help="The user's e-mail address.")],
    json: AsJson = False,
) -> None:
    """Make a link with which a user chooses a new password, once and within half an hour.

    [dim]Example:[/dim] finora users link --email ana@acme.com
    """
    with reach() as api:
        found = api.send("POST", "/api/v1/users/links", {"email": email})
    if json:
        from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

        show.as_json(found)
    elif found["url"]:
        typer.echo(found["url"])
        typer.echo(f"Give this link to {found['email']}. It works once, within half an hour.", err=True)
    else:
        typer.echo(f"A link was mailed to {found['email']}.")
