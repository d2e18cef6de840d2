"""The tool `query_spend`: any metric by any dimension."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.mcp.answer_lines import in_words
from finora.mcp.pages import Cursor, more, numbers
from finora.mcp.spending import DimensionName, SpendArguments, query_of
from finora.mcp.tool import InvalidArguments, Reply, Tool
from finora.spend.catalog import METRICS
from finora.spend.query import Comparison
from finora.spend.rendering import result_to_json
from finora.values.interval import Interval

if TYPE_CHECKING:
    from finora.mcp.tool import Asker
    from finora.spend.query import SpendQuery
    from finora.spend.result import SpendResult

MOST_ROWS = 200
_ROWS = 50

MetricName = Annotated[str, Meta(extra_json_schema={"enum": [*METRICS]})]


class QueryArguments(SpendArguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question about spend."""

    metrics: Annotated[tuple[MetricName, ...], Meta(description="What to measure.")] = ("spend",)
    dimensions: Annotated[
        tuple[DimensionName, ...],
        Meta(description="What to break down by, three at most; one total with none."),
    ] = ()
    interval: Annotated[
        str, Meta(description="With one, a row for each bucket.", extra_json_schema={"enum": [*Interval]})
    ] = ""
    compare: Annotated[
        str,
        Meta(
            description="Adds the same figures of the period before, or of a year before.",
            extra_json_schema={"enum": [*Comparison]},
        ),
    ] = ""
    order_by: Annotated[
        tuple[Any, ...],
        Meta(
            description='Each [metric or dimension, "asc" or "desc"]; by the first metric, largest first, unless given. With compare also "change".',
            extra_json_schema={"items": {"type": "array", "items": {"type": "string"}}},
            examples=[[["spend", "desc"]]],
        ),
    ] = ()
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS, description="The most rows of a page.")] = _ROWS
    cursor: Cursor = ""


def answer(asker: Asker, asked: QueryArguments) -> Reply:
    """Answer a query, a page at a time: so many rows, whether these are groups or the buckets of groups."""
    query = _asked(asker, asked)
    first, passed = numbers(asked.cursor, 2)
    a_group = _rows_of_a_group(asker, query)
    if passed and passed >= a_group:
        raise InvalidArguments("The cursor is of another query. Leave it out to begin at the first page.")
    groups = max(1, -(-(passed + asked.limit) // a_group)) if a_group else 1
    result = asker.workspace.spend.answer(replace(query, offset=first, limit=groups), own=asker.own)
    document: dict[str, Any] = result_to_json(result)
    rows = document["rows"][passed : passed + asked.limit]
    done, rest = divmod(passed + len(rows), a_group or 1)
    there = result.group_count if query.dimensions else 1
    following = f"{first + done}.{rest}" if rows and first + done < there else None
    text = in_words(document, rows) + _standing(result, first) + more(following)
    return Reply(text, document | {"rows": rows, "next": following})


def _asked(asker: Asker, asked: QueryArguments) -> SpendQuery:
    further: dict[str, object] = {
        "metrics": list(asked.metrics),
        "dimensions": list(asked.dimensions),
        "order_by": list(asked.order_by),
        "interval": asked.interval or None,
        "compare": asked.compare or None,
    }
    return query_of(asker, asked, further)


def _rows_of_a_group(asker: Asker, query: SpendQuery) -> int:
    """Return how many rows each group has: one, or one for each bucket that has begun."""
    if query.interval is None:
        return 1
    plan = asker.workspace.spend.plan(query, own=asker.own)
    return sum(start < plan.moment.now for start in plan.buckets)


def _standing(result: SpendResult, first: int) -> str:
    """Return which of the groups these are, where they are not all."""
    if len(result.groups) == result.group_count:
        return ""
    return f" These are {first + 1:,} to {first + len(result.groups):,} of {result.group_count:,}."


QUERY_SPEND = Tool(
    name="query_spend",
    title="Query spend",
    description="Any metric broken down by up to three dimensions, over a period, by interval, filtered, compared with "
    "the period before. Exact. Rows have the key to filter by and a label for people; `totals` is everything, `other` "
    "what is on no row of this page.",
    takes=QueryArguments,
    answer=answer,
)
