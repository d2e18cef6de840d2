"""`finora connect`, `connections`, `sync`, `rotate` and `disconnect`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finora.cli.asking import ask_for_secret
from finora.cli.reach import Reach, Refused, reach
from finora.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Confirm = Annotated[
    bool, typer.Option("--confirm", help="Go on where Finora would ask whether this is meant.")
]
KeyStdin = Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")]
Named = Annotated[str, typer.Argument(help="The connection's name or id.")]

_COLUMNS = (
    ("name", "Name"),
    ("provider", "Provider"),
    ("key", "Key"),
    ("state", "State"),
    ("data_through", "Data through"),
    ("next_sync_at", "Next refresh"),
    ("events", "Events"),
)


def connect(
    provider: Annotated[str, typer.Argument(help="The provider, for example cursor.")],
    *,
    name: Annotated[str, typer.Option(help="What to call the connection.")] = "",
    key_stdin: KeyStdin = False,
    wait: Annotated[bool, typer.Option(help="Follow the first sync until it is done.")] = True,
    confirm: Confirm = False,
    json: AsJson = False,
) -> None:
    """Connect a provider account: the key is checked live, kept encrypted, and the first sync starts.

    The key is asked for without showing it, or read from standard input; it is never an argument, which others could see.

    [dim]Examples:[/dim]

      finora connect cursor --name Acme

      finora connect cursor --key-stdin < key.txt
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    body = {
        "provider": provider,
        "name": name,
        "credentials": {"api_key": _key(key_stdin=key_stdin)},
        "confirm": confirm,
    }
    with reach() as api:
        connection = api.send("POST", "/api/v1/connections", body)
        if wait and connection["sync"]:
            show.watch_sync(api, connection["sync"], connection["name"])
            connection = api.get(f"/api/v1/connections/{connection['id']}")
    if json:
        show.as_json(connection)
    else:
        typer.echo(f"{connection['name']} is connected: {connection['events']:,} events.")


def list_connections(*, json: AsJson = False) -> None:
    """List the connected provider accounts.

    [dim]Example:[/dim] finora connections --json
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = api.get("/api/v1/connections")
    if json:
        show.as_json(found)
    elif not found:
        typer.echo("Nothing is connected yet. Connect a provider with: finora connect cursor")
    else:
        rows = [each | {"key": f"…{each['key_last4']}", "events": f"{each['events']:,}"} for each in found]
        show.as_table(rows, _COLUMNS, frozenset({"events"}))


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="Connections by name or id; all of them without.")
    ] = None,
    *,
    start: Annotated[str | None, typer.Option(help="Read again from this date or time on.")] = None,
    end: Annotated[str | None, typer.Option(help="Read again up to this date or time.")] = None,
    json: AsJson = False,
) -> None:
    """Sync now and follow it: one pass, for cron and the impatient.

    [dim]Examples:[/dim]

      finora sync

      finora sync Acme --start 2026-10-01 --end 2026-11-01
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    if (start is None) != (end is None):
        raise BadRequest("A sync needs both --start and --end, or neither.")
    body = {"start": start, "end": end} if start else None
    with reach() as api:
        chosen = chosen_connections(api, names)
        if not chosen:
            raise BadRequest("Nothing is connected yet. Connect a provider with: finora connect cursor")
        started = [
            (each, api.send("POST", f"/api/v1/connections/{each['id']}/sync", body)) for each in chosen
        ]
        ended, failed = [], []
        for connection, run in started:
            try:
                ended.append(show.watch_sync(api, run, connection["name"]))
            except Refused as problem:
                failed.append(f"{connection['name']}: {problem.message}")
    if json:
        show.as_json(ended)
    if failed:
        raise Refused(" ".join(failed))


def rotate(name: Named, *, key_stdin: KeyStdin = False, confirm: Confirm = False) -> None:
    """Replace a connection's key; the new one is checked live first, and history stays.

    [dim]Example:[/dim] finora rotate Acme --key-stdin < new-key.txt
    """
    with reach() as api:
        (connection,) = chosen_connections(api, [name])
        body = {"credentials": {"api_key": _key(key_stdin=key_stdin)}, "confirm": confirm}
        api.send("PATCH", f"/api/v1/connections/{connection['id']}", body)
    typer.echo(f"{connection['name']} uses the new key. Revoke the old one at the provider.")


def disconnect(
    name: Named,
    *,
    delete_history: Annotated[
        bool, typer.Option("--delete-history", help="Delete its events as well.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a connection: its key is deleted at once and for good; its history is kept unless you say otherwise.

    [dim]Example:[/dim] finora disconnect Acme --delete-history
    """
    with reach() as api:
        (connection,) = chosen_connections(api, [name])
        what = "its key and all its events" if delete_history else "its key, and keep its events"
        if not yes:
            typer.confirm(f"Remove {connection['name']}: delete {what}?", abort=True)
        api.send(
            "DELETE", f"/api/v1/connections/{connection['id']}?delete_history={str(delete_history).lower()}"
        )
    typer.echo(f"{connection['name']} is removed. Revoke its key at the provider too.")


def chosen_connections(api: Reach, names: Sequence[str] | None) -> list[dict[str, Any]]:
    """Return connections by name or id; all of them without names.

    Raises:
        BadRequest: There is none of a name; the message says which there are.
    """
    found: list[dict[str, Any]] = api.get("/api/v1/connections")
    if not names:
        return found
    chosen = [each for each in found if each["name"] in names or each["id"] in names]
    missing = [name for name in names if not any(name in {each["name"], each["id"]} for each in chosen)]
    if missing:
        known = ", ".join(each["name"] for each in found) or "none"
        raise BadRequest(f"There is no connection {missing[0]}. There are: {known}.")
    return chosen


def _key(*, key_stdin: bool) -> str:
    if key_stdin:
        return sys.stdin.read()
    return ask_for_secret("Admin API Key", option="--key-stdin")
