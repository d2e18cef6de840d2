"""`finora reconcile`: Finora's sums beside the provider's own, with each difference by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from finora.cli.connections import AsJson, chosen_connections
from finora.cli.reach import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = (
    ("connection", "Connection"),
    ("cycle", "Cycle from"),
    ("person", "Person"),
    ("provider", "Provider"),
    ("finora", "Finora"),
    ("difference", "Difference"),
    ("causes", "Why"),
)


def reconcile(
    names: Annotated[
        list[str] | None, typer.Argument(help="Connections by name or id; all of them without.")
    ] = None,
    *,
    everybody: Annotated[bool, typer.Option("--all", help="Show those as well who agree.")] = False,
    cycles: Annotated[
        int, typer.Option(min=1, help="How many billing cycles to show, the newest first.")
    ] = 2,
    json: AsJson = False,
) -> None:
    """Compare with the provider's own totals, person by person; each difference is split by cause.

    The comparison is made by each refresh, and this shows the latest.

    [dim]Examples:[/dim]

      finora reconcile

      finora reconcile Acme --cycles 6 --json
    """
    from finora.cli import show  # noqa: PLC0415 - Rich is slow to import

    with reach(to_read=True) as api:
        found = [
            {"connection": each["name"], **cycle}
            for each in chosen_connections(api, names)
            for cycle in api.get(f"/api/v1/connections/{each['id']}/reconciliation")[:cycles]
        ]
    if json:
        show.as_json(found)
        return
    if not found:
        typer.echo(
            "Nothing was compared yet: each refresh does, where the key may see the provider's own totals."
        )
        return
    for cycle in found:
        verdict = "agrees to the cent" if cycle["agrees"] else f"differs by {cycle['difference']} USD"
        typer.echo(
            f"{cycle['connection']}, cycle from {cycle['cycle_start'][:10]}: {verdict}.{_split(cycle)}"
        )
    rows = [row for cycle in found for row in _rows(cycle, everybody=everybody)]
    if rows:
        show.as_table(rows, _COLUMNS, frozenset({"provider", "finora", "difference"}))


def _rows(cycle: dict[str, Any], *, everybody: bool) -> Iterator[dict[str, str]]:
    for member in cycle["members"]:
        if not (everybody or member["parts"]):
            continue
        figure = "spend" if member["provider"]["usage_value"] is None else "usage_value"
        yield {
            "connection": cycle["connection"],
            "cycle": cycle["cycle_start"][:10],
            "person": member["person_label"],
            "provider": member["provider"][figure] if member["listed"] else "none",
            "finora": member["finora"][figure],
            "difference": member["difference"],
            "causes": _split(member).strip() or "agrees",
        }


def _split(figures: dict[str, Any]) -> str:
    parts = (f"{part['cause'].replace('_', ' ')} {part['amount']}" for part in figures["parts"])
    return f" {', '.join(parts)}" if figures["parts"] else ""
