"""The tool `describe_catalog`: everything that can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finora.mcp import lines
from finora.mcp.spending import PERIODS
from finora.mcp.tool import Arguments, Reply, Tool
from finora.spend.catalog import DIMENSIONS, METRICS
from finora.spend.query import Comparison, Operator, SpendQuery
from finora.values.interval import Interval
from finora.values.period import Period, utc_text

if TYPE_CHECKING:
    from finora.mcp.tool import Asker


class CatalogArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nothing: it is described whole."""


def answer(asker: Asker, _asked: CatalogArguments) -> Reply:
    """Describe what can be asked for, and what there is to ask."""
    zone = asker.workspace.settings.timezone
    result = asker.workspace.spend.answer(SpendQuery(period=Period("today"), timezone=zone), own=asker.own)
    data: dict[str, Any] = described() | {
        "timezone": zone,
        "own_usage_only": asker.own is not None,
        "data_from": utc_text(result.read_from) if result.read_from else None,
        "data_through": utc_text(result.data_through) if result.data_through else None,
    }
    whose = "You see your own usage only." if asker.own is not None else "You see everybody's usage."
    since = f"Data from {data['data_from']}. " if data["data_from"] else ""
    standing = (
        f"{since}{lines.reach(data['data_through'])} Days are those of {zone}; weeks start on Monday. {whose}"
    )
    return Reply(f"{in_lines(data)}\n\n{standing}", data)


def described() -> dict[str, Any]:
    """Return the catalogue, which is the same for everybody."""
    return {
        "metrics": [
            {"name": each.name, "unit": each.unit.value, "definition": each.definition}
            for each in METRICS.values()
        ],
        "dimensions": [{"name": each.name, "definition": each.definition} for each in DIMENSIONS.values()],
        "operators": [*Operator],
        "intervals": [*Interval],
        "compare": [*Comparison],
        "periods": PERIODS,
    }


def in_lines(data: dict[str, Any]) -> str:
    """Return the catalogue as text."""
    return "\n".join(
        (
            "Metrics:",
            *(f"{each['name']} ({each['unit']}): {each['definition']}" for each in data["metrics"]),
            "\nDimensions:",
            *(f"{each['name']}: {each['definition']}" for each in data["dimensions"]),
            f"\nOperators of filters: {', '.join(data['operators'])}",
            f"Intervals: {', '.join(data['intervals'])}",
            f"Compare with: {', '.join(data['compare'])}",
            f"Periods: {data['periods']}; or a start and an end",
        )
    )


DESCRIBE_CATALOG = Tool(
    name="describe_catalog",
    title="Describe the catalogue",
    description="Every metric and dimension with its definition, operators, intervals and names of periods; how far the "
    "data reaches, whose days count, and whose usage may be seen. Read it once before query_spend.",
    takes=CatalogArguments,
    answer=answer,
)
