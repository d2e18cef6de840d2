"""`finora serve`: the server."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.operator import announced
from finora.errors import ConfigurationError
from finora.settings import load_settings

if TYPE_CHECKING:
    from finora.settings import Settings
    from finora.workspace import Workspace


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on; FINORA_HOST otherwise.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; FINORA_PORT otherwise.")
    ] = None,
) -> None:
    """Serve Finora; at the first start a one-time link for the first owner is printed.

    [dim]Examples:[/dim]

      finora serve

      FINORA_DATA_DIR=/var/lib/finora finora serve --host 0.0.0.0 --port 80
    """
    from dataclasses import replace  # noqa: PLC0415 - see below

    settings = load_settings()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    run_server(settings)


def run_server(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError, StorageError: It cannot be served; the message says why and what to do.
    """
    import uvicorn  # noqa: PLC0415 - slow to import; `finora --help` does without

    from finora.app import create_app  # noqa: PLC0415 - as above
    from finora.workspace import open_workspace  # noqa: PLC0415 - as above

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    listener = listen(settings.host, settings.port)
    with open_workspace(settings) as workspace, announced(settings.data_dir, local_url(settings)) as operator:
        app = create_app(workspace, operator.token)
        greet(workspace)
        workspace.schedule.start()
        # Addresses can hold one-time links, so requests are not logged.
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        ConfigurationError: The port is taken or not ours to use, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as problem:
        listener.close()
        raise ConfigurationError(
            f"Finora cannot listen on {host}, port {port} ({problem.strerror}). Another program may use the port: stop it, "
            "or choose another with FINORA_PORT or --port."
        ) from None
    return listener


def local_url(settings: Settings) -> str:
    """Return where commands on this machine reach the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return (
        f"http://[{host}]:{settings.port}"
        if ":" in host and not host.startswith("[")
        else f"http://{host}:{settings.port}"
    )


def greet(workspace: Workspace) -> None:
    """Print where to go, with the link that makes the first owner while there is none."""
    url = workspace.settings.public_url
    link = workspace.accounts.new_setup_link()
    typer.echo(f"Finora is at {url}")
    if link is not None:
        typer.echo("\nThere is no user yet. Open this link once to become the owner:\n")
        typer.secho(f"  {url}/setup/{link}\n", bold=True)
