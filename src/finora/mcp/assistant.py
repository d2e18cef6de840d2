"""What an assistant gets from a workspace: its tools, their answers, and what can be read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio import to_thread
from mcp import types

from finora.errors import FinoraError
from finora.mcp.ask import ASK_FINORA
from finora.mcp.catalog import DESCRIBE_CATALOG
from finora.mcp.events import LIST_EVENTS
from finora.mcp.query import QUERY_SPEND
from finora.mcp.reading import contents, readables
from finora.mcp.reconciliation import GET_RECONCILIATION
from finora.mcp.server import UNFORESEEN
from finora.mcp.subscriptions import GET_SUBSCRIPTIONS
from finora.mcp.tool import Asker, Reply, Tool
from finora.mcp.values import LIST_VALUES
from finora.values.text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finora.accounts import Principal
    from finora.workspace import Workspace

_LOG = logging.getLogger(__name__)

TOOLS = (
    ASK_FINORA,
    QUERY_SPEND,
    LIST_VALUES,
    DESCRIBE_CATALOG,
    LIST_EVENTS,
    GET_RECONCILIATION,
    GET_SUBSCRIPTIONS,
)


class Assistant:
    """Answers an assistant as it would whoever it acts for.

    Args:
        workspace: What is asked.
        principal: Who asks.
    """

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._asker = Asker(workspace, principal)
        self._tools = {tool.name: tool for tool in TOOLS if principal.may(tool.permission)}

    async def tools(self) -> list[types.Tool]:
        """Return the tools that whoever asks may use."""
        return [_declared(tool) for tool in self._tools.values()]

    async def call(self, name: str, arguments: Mapping[str, object]) -> types.CallToolResult:
        """Return the answer of a tool, off the loop that serves others meanwhile."""
        tool = next((each for each in TOOLS if each.name == name), None)
        if tool is None:
            return _failed(f"There is no tool {quoted(name)}. There are: {', '.join(self._tools)}.")
        return await to_thread.run_sync(self._called, tool, arguments)

    async def resources(self) -> list[types.Resource]:
        """Return what can be read."""
        return await to_thread.run_sync(_listed)

    async def read(self, uri: str) -> types.TextResourceContents:
        """Return the contents of a resource."""
        return await to_thread.run_sync(_read, uri)

    def _called(self, tool: Tool, arguments: Mapping[str, object]) -> types.CallToolResult:
        try:
            return _told(tool(self._asker, arguments))
        except FinoraError as problem:
            return _failed(f"{problem.title}: {problem.message}")
        except Exception:  # noqa: BLE001 - whatever it is, nothing of the inside is told
            _LOG.exception("Unforeseen error in the tool %s", tool.name)
            return _failed(UNFORESEEN)


def _told(reply: Reply) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=reply.text)], structured_content=reply.data)


def _failed(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)


def _declared(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.schema,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )


def _listed() -> list[types.Resource]:
    return [
        types.Resource(
            uri=each.uri,
            name=each.name,
            title=each.title,
            description=each.description,
            mime_type=each.kind,
        )
        for each in readables()
    ]


def _read(uri: str) -> types.TextResourceContents:
    text, kind = contents(uri)
    return types.TextResourceContents(uri=uri, mime_type=kind, text=text)
