"""What questions about spend have in common: their arguments, and how these are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from finora.mcp.tool import Arguments
from finora.spend.catalog import DIMENSIONS
from finora.spend.query import Operator
from finora.spend.request import query_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.mcp.tool import Asker
    from finora.spend.query import SpendQuery

PERIODS = (
    "today, yesterday, wtd, last_week, mtd, last_month, ytd, all; or counted back from today: 7d, 4w, 12mo"
)
"""How periods are named; `finora.values.period` reads them."""

DimensionName = Annotated[str, Meta(extra_json_schema={"enum": [*DIMENSIONS]})]

_TEXT = {"type": "string"}
_DATES = {
    "type": "object",
    "properties": {"start": _TEXT, "end": _TEXT},
    "required": ["start", "end"],
    "additionalProperties": False,
}


class SpendArguments(Arguments, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which events count. What may stand in a member is decided by `finora.spend`, as for the REST API."""

    period: Annotated[
        Any,
        Meta(
            description=f'A name ({PERIODS}) or {{"start": …, "end": …}} with dates or RFC 3339 times; the end is not included. '
            "last_month is the calendar month before this one.",
            extra_json_schema={"anyOf": [_TEXT, _DATES]},
        ),
    ] = "28d"
    filters: Annotated[
        tuple[Any, ...],
        Meta(
            description=f"Each [operator, dimension, [values]]; all must hold, of the values any. Operators: {', '.join(Operator)}. "
            "A person's value is their e-mail.",
            extra_json_schema={
                "items": {"type": "array", "items": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}}
            },
            examples=[[["is", "event_type", ["chat", "agent"]], ["contains", "model", ["opus"]]]],
        ),
    ] = ()
    timezone: Annotated[str, Meta(description="Whose days count; the workspace's unless given.")] = ""


def query_of(asker: Asker, asked: SpendArguments, more: Mapping[str, object] | None = None) -> SpendQuery:
    """Return the query that arguments ask.

    Args:
        asker: Whose workspace's time zone counts where none is given.
        asked: The period and the filters.
        more: Further members of the query.

    Raises:
        InvalidQuery: It cannot be asked; the message says why.
    """
    zone = asker.workspace.settings.timezone
    body = {"period": asked.period, "filters": list(asked.filters), "timezone": asked.timezone or zone}
    return query_from_json(body | dict(more or {}), timezone=zone)
