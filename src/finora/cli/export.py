"""`finora export`: events as a file."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finora.cli.file_format import EVENTS, checked_format
from finora.cli.query import Filters, From, Period, To, filters_of, with_keys_of
from finora.cli.reach import reach
from finora.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


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

      finora export --format parquet --period last_month -f is,team,Platform -o october.parquet
    """
    from finora.spend.url import filter_text  # noqa: PLC0415 - the catalogue is not needed for --help

    parameters = [("format", checked_format(form, EVENTS))]
    asked = filters_of(filters)
    if start or end:
        parameters += [("from", start or ""), ("to", end or "")]
    else:
        parameters.append(("period", period))
    with reach(to_read=True) as api:
        parameters += [("f", filter_text(each)) for each in with_keys_of(api, asked)]
        with api.stream("/api/v1/export", parameters) as parts:
            if output is None:
                for part in parts:
                    sys.stdout.buffer.write(part)
                return
            size = write_whole(output, parts)
    typer.echo(f"{output}: {size / 1e6:,.1f} MB", err=True)


def write_whole(output: Path, parts: Iterator[bytes]) -> int:
    """Write a file whole or not at all, and return its size.

    Raises:
        BadRequest: It cannot be written.
    """
    draft = output.with_name(f"{output.name}.part")
    try:
        with draft.open("wb") as file:
            size = sum(file.write(part) for part in parts)
        draft.replace(output)
    except OSError as problem:
        raise BadRequest(f"{output} cannot be written ({problem.strerror}).") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    return size
