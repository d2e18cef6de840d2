"""`finora mcp`: an assistant on this machine asks Finora over the command's standard streams."""

from __future__ import annotations

import sys

import typer


def mcp() -> None:
    """Let an assistant (Cursor, Claude, …) ask Finora; the assistant starts this itself, as its settings say.

    It reaches the running server, else opens the data directory for each question. FINORA_URL and FINORA_TOKEN
    reach a Finora elsewhere, with an API token of it.

    [dim]Example:[/dim] FINORA_URL=https://finora.example.com FINORA_TOKEN_FILE=~/.finora-token finora mcp
    """
    if sys.stdin.isatty():
        typer.echo(
            "Waiting for an assistant on standard input. Its settings start this; Ctrl-C ends it.", err=True
        )

    import anyio  # noqa: PLC0415 - slow to import, as is the protocol; `finora --help` does without

    from finora.cli.reach import reached  # noqa: PLC0415 - as above
    from finora.mcp.relay import serve_streams  # noqa: PLC0415 - as above

    anyio.run(serve_streams, reached)
