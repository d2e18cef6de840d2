"""`finora audit`: who did what, to read here or to take away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from finora.cli.export import write_whole
from finora.cli.file_format import AUDIT_LOG, checked_format
from finora.cli.reach import reach

_COLUMNS = (("at", "When"), ("actor", "Who"), ("act", "What"), ("subject", "On what"), ("address", "From"))


def audit(
    *,
    act: Annotated[
        str | None, typer.Option("--act", help="Only this kind of act, such as token.issued.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only acts of this user, by address.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many, newest first.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    form: Annotated[
        str | None, typer.Option("--format", help="Write all of it instead, as csv or json.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file for all of it; standard output otherwise.")
    ] = None,
) -> None:
    """Show the newest entries of the audit log, or write all of it to a file.

    [dim]Examples:[/dim]

      finora audit --by ana@acme.com

      finora audit --act connection.created --format json

      finora audit --output audit.csv
    """
    wanted = [(name, value) for name, value in (("act", act), ("by", by)) if value]
    if form or output:
        _write_all([*wanted, ("format", checked_format(form or "csv", AUDIT_LOG))], output)
        return
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = api.get("/api/v1/audit", [*wanted, ("limit", str(limit))])["entries"]
    if json:
        show.as_json(found)
    else:
        show.as_table(found, _COLUMNS)


def _write_all(parameters: list[tuple[str, str]], output: Path | None) -> None:
    with reach(to_read=True) as api, api.stream("/api/v1/audit/export", parameters) as parts:
        if output is not None:
            write_whole(output, parts)
            return
        for part in parts:
            sys.stdout.buffer.write(part)
