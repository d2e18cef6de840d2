"""The same question for other faces: its address, the API call, the command, an assistant's tool."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from finora.spend.query import SpendQuery
from finora.spend.request import query_to_json
from finora.spend.url import filter_text
from finora.values.period import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuery:
    """A question as one would ask it elsewhere."""

    address: str
    curl: str
    command: str
    tool: str


_MOST_TOOL_ROWS = 200
"""As many as a page of the tool has; it goes on with a cursor."""


def shown(query: SpendQuery, base_url: str, href: str) -> ShownQuery:
    """Return how a page's question is asked elsewhere.

    Args:
        query: The question.
        base_url: Where Finora is.
        href: The page's address.
    """
    asked = query_to_json(query)
    body = json.dumps(asked, ensure_ascii=False)
    curl = [
        f"curl {shlex.quote(base_url + '/api/v1/query')}",
        '-H "Authorization: Bearer $FINORA_TOKEN"',
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(body)}",
    ]
    return ShownQuery(
        address=base_url + href, curl=" \\\n  ".join(curl), command=_command(query), tool=_tool(asked)
    )


def _tool(asked: Mapping[str, object]) -> str:
    """Return what an assistant calls over MCP; a tool's pages begin at the first row."""
    arguments = {name: value for name, value in asked.items() if name != "offset"}
    arguments["limit"] = min(int(str(asked["limit"])), _MOST_TOOL_ROWS)
    return json.dumps({"name": "query_spend", "arguments": arguments}, ensure_ascii=False, indent=2)


def _command(query: SpendQuery) -> str:
    parts = ["finora", "query"]
    for metric in query.metrics:
        parts += ["-m", metric]
    for dimension in query.dimensions:
        parts += ["--by", dimension]
    for each in query.filters:
        parts += ["-f", filter_text(each)]
    if query.period.start and query.period.end:
        parts += ["--from", utc_text(query.period.start), "--to", utc_text(query.period.end)]
    else:
        parts += ["--period", query.period.key]
    if query.interval:
        parts += ["--interval", query.interval.value]
    if query.compare:
        parts += ["--compare", query.compare.value]
    if query.order:
        first = query.order[0]
        parts += ["--sort", ("-" if first.descending else "") + first.by]
    parts += ["--timezone", query.timezone, "--limit", str(query.limit)]
    return shlex.join(parts)
