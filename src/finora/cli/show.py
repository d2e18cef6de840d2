"""What commands print: tables, progress, and JSON where asked for."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from finora.cli.reach import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finora.cli.reach import Reach

_ENDED = {"completed", "failed", "stale"}
_POLL_SECONDS = 0.4
_WHOLE = {"id"}
"""Columns that are copied into other commands."""
_UNFOLDED = 10_000


def as_json(value: object) -> None:
    """Print JSON."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def as_table(
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[tuple[str, str]],
    numeric: frozenset[str] = frozenset(),
) -> None:
    """Print rows as a table; `columns` are key and heading.

    On a terminal long texts are folded, ids and figures never; where no terminal reads along, nothing is.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for key, heading in columns:
        whole = key in _WHOLE or key in numeric
        table.add_column(
            heading, justify="right" if key in numeric else "left", overflow="fold", no_wrap=whole
        )
    for row in rows:
        table.add_row(*("" if row.get(key) is None else str(row[key]) for key, _ in columns))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_UNFOLDED)
    console.print(table)


def watch_sync(reach: Reach, run: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Show a sync's progress until it ends, and return the run as it ended.

    Raises:
        Refused: The sync failed; the message is the reason.
    """
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[facts]}"),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=False) as bar:
        task = bar.add_task(label, total=None, facts="")
        started = time.monotonic()
        while True:
            current: dict[str, Any] = reach.get(f"/api/v1/syncs/{run['id']}")
            ended = current["state"] in _ENDED
            total = current["days_total"] or None
            done = total if current["state"] == "completed" and total else current["days_done"]
            bar.update(
                task, total=total, completed=done or 0, facts=_facts(current, time.monotonic() - started)
            )
            if ended:
                break
            time.sleep(_POLL_SECONDS)
    if current["state"] != "completed":
        raise Refused(
            (current["error"] or {}).get("detail", "The sync was broken off; the next one goes on.")
        )
    return current


def _facts(run: Mapping[str, Any], seconds: float) -> str:
    rate = run["events"] / seconds if seconds > 0.5 else 0
    facts = f"{run['events']:,} events · ${float(run['spend_usd']):,.2f} · {rate:,.0f}/s"
    return f"{facts} · {run['waiting_for']}" if run["waiting_for"] else facts
