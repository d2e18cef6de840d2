"""`finora export`: events as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from finora.cli.query import Filters, From, Period, To
from finora.cli.reach import reach


def export(
    *,
    form: Annotated[str, typer.Option("--format", help="csv, jsonl or parquet.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; standard output otherwise.")
    ] = None,
    filters: Filters = None,
    period: Period = "all",
    start: From = None,
    end: To = None,
) -> None:
    """Write every event that matches to a file, from one consistent state.

    [dim]Examples:[/dim]

      finora export --output events.csv

      finora export --format parquet --period last_month -f is,team,platform -o october.parquet
    """
    parameters = [("format", form), *(("f", each) for each in filters or [])]
    if start or end:
        parameters += [("from", start or ""), ("to", end or "")]
    else:
        parameters.append(("period", period))
    with reach() as api, api.stream("/api/v1/export", parameters) as parts:
        if output is None:
            for part in parts:
                sys.stdout.buffer.write(part)
            return
        draft = output.with_name(output.name + ".part")
        with draft.open("wb") as file:
            size = sum(file.write(part) for part in parts)
        draft.replace(output)
    typer.echo(f"{output}: {size / 1e6:,.1f} MB", err=True)
