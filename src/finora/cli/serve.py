"""`finora serve`: the server."""

from __future__ import annotations

import logging
import os
import signal
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.listening import address, listen
from finora.cli.operator import announced
from finora.settings import load_settings

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from fastapi import FastAPI

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
    settings = load_settings()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    run_server(settings)


def run_server(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError, StorageError: It cannot be served; the message says why and what to do.
    """
    import pyarrow as pa  # noqa: PLC0415 - as below

    from finora.app import create_app  # noqa: PLC0415 - slow to import; `finora --help` does without
    from finora.workspace import open_workspace  # noqa: PLC0415 - as above

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for talkative in ("httpx", "alembic", "mcp"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    # What was read is in large pieces, which Arrow's own allocator keeps for itself once they are let go.
    pa.set_memory_pool(pa.system_memory_pool())
    # Whatever is written while serving is for the user that serves, whoever may look into the data directory.
    os.umask(0o077)
    url = address(settings.host, settings.port)
    with (
        ended_in_order(),
        listen(settings.host, settings.port) as listener,
        open_workspace(settings) as workspace,
        announced(settings.data_dir, url) as operator,
    ):
        app = create_app(workspace, operator.token)
        greet(workspace)
        workspace.schedule.start()
        answer_requests(app, listener)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM and Ctrl-C leave the block through all that was opened in it, so that it is closed as it should be."""
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, former)


def answer_requests(app: FastAPI, listener: socket.socket) -> None:
    """Answer requests until a signal comes, which is then raised again."""
    import uvicorn  # noqa: PLC0415 - as above

    # Addresses can hold one-time links, so requests are not logged.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        # The application itself believes proxies, and only those that FINORA_TRUSTED_PROXIES names.
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listener])


def greet(workspace: Workspace) -> None:
    """Print where to go, with the link that makes the first owner while there is none."""
    url = workspace.settings.public_url
    link = workspace.accounts.new_setup_link()
    typer.echo(f"Finora is at {url}")
    if link is not None:
        typer.echo("\nThere is no user yet. Open this link once to become the owner:\n")
        typer.secho(f"  {url}/setup/{link}\n", bold=True)
