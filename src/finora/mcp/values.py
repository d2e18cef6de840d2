"""The tool `list_values`: what a dimension's values are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from finora.mcp import lines
from finora.mcp.pages import Cursor, more, numbers
from finora.mcp.spending import PERIODS, DimensionName
from finora.mcp.tool import Arguments, Reply, Tool
from finora.spend.catalog import DIMENSIONS
from finora.spend.query import Operator
from finora.spend.rendering import figure
from finora.spend.request import query_from_json

if TYPE_CHECKING:
    from finora.mcp.tool import Asker

_VALUES, _MOST_VALUES = 50, 200


class ValueArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose values, and which."""

    dimension: DimensionName
    search: Annotated[
        str, Meta(description="Only values whose key or label holds this text.", max_length=200)
    ] = ""
    period: Annotated[str, Meta(description=f"Values that occur in it: {PERIODS}.")] = "12mo"
    limit: Annotated[int, Meta(ge=1, le=_MOST_VALUES, description="How many a page has.")] = _VALUES
    cursor: Cursor = ""


def answer(asker: Asker, asked: ValueArguments) -> Reply:
    """List values, those with the most events first."""
    (first,) = numbers(asked.cursor, 1)
    sought = [[Operator.CONTAINS.value, asked.dimension, [asked.search]]] if asked.search.strip() else []
    zone = asker.workspace.settings.timezone
    body = {
        "metrics": ["events", "spend"],
        "dimensions": [asked.dimension],
        "filters": sought,
        "period": asked.period,
        "offset": first,
        "limit": asked.limit,
    }
    result = asker.workspace.spend.answer(query_from_json(body, timezone=zone), own=asker.own)
    rows = [
        {
            "value": group.keys[0],
            "label": group.labels[0],
            "events": result.value(group, "events"),
            "spend": figure("spend", result.value(group, "spend")),
        }
        for group in result.groups
    ]
    seen = first + len(rows)
    following = str(seen) if rows and seen < result.group_count else None
    data = {"dimension": asked.dimension, "values": rows, "count": result.group_count, "next": following}
    plural = DIMENSIONS[asked.dimension].plural
    if not rows:
        return Reply(f"{plural}: none found. Try another search or a longer period.", data)
    cells = (
        [lines.named(group.keys[0], group.labels[0]), f"{row['events']:,}", lines.usd(str(row["spend"]))]
        for group, row in zip(result.groups, rows, strict=True)
    )
    text = f"{lines.table((plural, 'Events', 'Spend'), cells)}\n\n{seen:,} of {result.group_count:,}.{more(following)}"
    return Reply(text, data)


LIST_VALUES = Tool(
    name="list_values",
    title="List values",
    description="The values of a dimension that occur in the data, with the exact key to filter by (for a person the "
    "e-mail) and the label people use. Search by part of a name.",
    takes=ValueArguments,
    answer=answer,
)
