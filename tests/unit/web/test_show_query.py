"""The same question elsewhere is the same question."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import msgspec
from hypothesis import given

from finora.mcp.query import MOST_ROWS, QueryArguments
from finora.spend.query import Filter, Operator, Order, SpendQuery
from finora.spend.request import query_from_json
from finora.web.address.show_query import shown
from support.queries import queries


def test_the_command_asks_what_the_page_shows_with_its_sorting_and_filters() -> None:
    query = SpendQuery(
        metrics=("events",),
        dimensions=("person",),
        filters=(Filter(Operator.IS, "model", ("auto", "it's, odd")),),
        order=(Order("person", descending=False),),
    )
    command = shlex.split(shown(query, "https://finora.test", "/explore").command)
    assert command[:6] == ["finora", "query", "-m", "events", "--by", "person"]
    assert command[command.index("-f") + 1] == "is,model,auto,it's\\, odd"
    assert command[command.index("--sort") + 1] == "person"


@given(queries())
def test_what_an_assistant_is_told_to_call_is_a_call_that_its_tool_takes(query: SpendQuery) -> None:
    """Else whoever copies it into their assistant gets an error instead of the page's figures."""
    call = json.loads(shown(query, "https://finora.test", "/explore").tool)
    assert call["name"] == "query_spend"
    msgspec.convert(call["arguments"], QueryArguments, strict=True)
    wanted = replace(query, offset=0, limit=min(query.limit, MOST_ROWS))
    assert query_from_json(call["arguments"], timezone="UTC") == wanted
