"""`finora query`: ask about spend from a terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from finora.cli.reach import reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finora.cli.reach import Reach
    from finora.spend.query import Filter


_CHANGE = "change"
"""The column of how the leading metric moved."""

Period = Annotated[str, typer.Option(help="7d, 28d, 4w, 12mo, today, yesterday, mtd, last_month, ytd, all.")]
From = Annotated[str | None, typer.Option("--from", help="First day or time, instead of a period.")]
To = Annotated[str | None, typer.Option("--to", help="First day or time after it.")]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="operator,dimension,value…, as in is,team,Platform; a value by its key or its label. Repeatable.",
    ),
]


def query(
    *,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="What to measure; repeatable.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", "-b", help="What to break down by; repeatable.")
    ] = None,
    filters: Filters = None,
    period: Period = "28d",
    start: From = None,
    end: To = None,
    interval: Annotated[str | None, typer.Option(help="hour, day, week or month.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Whose days count, for example Europe/Berlin.")] = None,
    compare: Annotated[str | None, typer.Option(help="previous or year.")] = None,
    sort: Annotated[str | None, typer.Option(help="A metric or dimension; -spend is largest first.")] = None,
    limit: Annotated[int, typer.Option(help="The most rows.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Ask about spend.

    [dim]Examples:[/dim]

      finora query --by person --period 7d

      finora query -m spend -m tokens --by model -f is,event_type,chat --compare previous

      finora query --by model -f is,team,Platform -f is_not,person,"Arthur Costa"

      finora query --by team --interval month --period ytd --json
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    body: dict[str, Any] = {
        "metrics": metric or ["spend", "usage_value", "events"],
        "dimensions": by or [],
        "period": {"start": start, "end": end} if start or end else period,
        "limit": limit,
    }
    options = {"interval": interval, "timezone": timezone, "compare": compare}
    body |= {name: value for name, value in options.items() if value}
    if sort:
        body["order_by"] = [[sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"]]
    asked = filters_of(filters)
    with reach(to_read=True) as api:
        body["filters"] = [
            [each.operator.value, each.dimension, list(each.values)] for each in with_keys_of(api, asked)
        ]
        answer = api.send("POST", "/api/v1/query", body)
    if json:
        show.as_json(answer)
    else:
        print_answer(answer, body)


def filters_of(texts: Sequence[str] | None) -> list[Filter]:
    """Return the filters that options name.

    Raises:
        InvalidQuery: One is not written as a filter is.
    """
    from finora.spend.url import filter_from_text  # noqa: PLC0415 - the catalogue is not needed for --help

    return [filter_from_text(each) for each in texts or []]


def with_keys_of(api: Reach, filters: Sequence[Filter]) -> list[Filter]:
    """Return filters with the keys that their values stand for; see `finora.cli.filter_values`."""
    from finora.cli.filter_values import with_keys  # noqa: PLC0415 - as above

    return with_keys(api, filters)


def print_answer(answer: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Print the answer to a query as a table."""
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    metrics: Sequence[str] = body["metrics"]
    meta = answer["meta"]["metrics"]
    columns = [(f"{name}_label", name.replace("_", " ").capitalize()) for name in body["dimensions"]]
    if "interval" in body:
        columns.insert(0, ("bucket", "From"))
    columns += [(name, meta[name]["label"]) for name in metrics]
    if body.get("compare") and "interval" not in body:
        columns.append((_CHANGE, "Change" if len(metrics) == 1 else f"Change of {meta[metrics[0]]['label']}"))
    rows = [_shown(row, metrics, meta) for row in answer["rows"]]
    if answer["other"]:
        rows.append(
            _shown(answer["other"], metrics, meta) | {columns[0][0]: f"Other ({answer['other']['groups']})"}
        )
    if body["dimensions"] or "interval" in body:
        rows.append(_shown(answer["totals"], metrics, meta) | {columns[0][0]: "Total"})
    show.as_table(rows, columns, frozenset([*metrics, _CHANGE]))
    period = answer["meta"]["period"]
    typer.secho(
        f"\n{period['start']} to {period['end']}; data through {answer['meta']['data_through'] or 'nothing yet'}",
        dim=True,
    )


def _shown(row: Mapping[str, Any], metrics: Sequence[str], meta: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(row)
    for name in metrics:
        value = figure(row[name], meta[name]["unit"])
        if "previous" in row:
            value += f"  (before: {figure(row['previous'][name], meta[name]['unit'])})"
        shown[name] = value
    if "previous" in row:
        shown[_CHANGE] = _change(row, metrics[0], meta[metrics[0]]["unit"])
    return shown


def _change(row: Mapping[str, Any], metric: str, unit: str) -> str:
    """Return by how much a figure moved, with its sign."""
    moved = Decimal(str(row[metric])) - Decimal(str(row["previous"][metric]))
    size = abs(moved)
    sign = "+" if moved > 0 else "-" if moved < 0 else ""
    return f"{sign}{figure(int(size) if isinstance(row[metric], int) else size, unit)}"


def figure(value: object, unit: str | None) -> str:
    """Return a figure of an answer as people read it: an amount to the cent, a count with its digits grouped."""
    from finora.values.money import nano_from_usd, usd_display  # noqa: PLC0415 - not needed for --help

    if unit == "usd":
        return usd_display(nano_from_usd(str(value)))
    return f"{value:,}" if isinstance(value, int) else str(value)
