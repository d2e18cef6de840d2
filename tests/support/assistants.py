"""Assistants that ask Finora by the client of the official package, over each transport."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent, TextResourceContents

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from mcp.types import CallToolResult

    from support.terminal import Terminal

ERAS = ("legacy", "2026-07-28")
"""How assistants begin: by a handshake, as most still do, or without one."""


@asynccontextmanager
async def by_http(url: str, token: str, mode: str = "legacy") -> AsyncIterator[Client]:
    """Connect to the Finora at an address with a token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@asynccontextmanager
async def by_stdio(terminal: Terminal, mode: str = "legacy") -> AsyncIterator[Client]:
    """Start `finora mcp` as assistants do, and speak to it over its standard streams."""
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "finora", "mcp"],
        env=terminal.variables(),
        cwd=terminal.data_dir.parent,
    )
    async with Client(started, mode=mode) as client:
        yield client


async def answered(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the data of a tool's answer, which has to be one."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    assert text_of(result)
    data: dict[str, Any] = result.structured_content
    return data


async def refused(client: Client, tool: str, arguments: Mapping[str, Any]) -> str:
    """Return the words with which a tool refuses."""
    result = await client.call_tool(tool, dict(arguments))
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


def text_of(result: CallToolResult) -> str:
    """Return what a result says."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def text_at(client: Client, uri: str) -> str:
    """Return the text of a resource."""
    (found,) = (await client.read_resource(uri)).contents
    assert isinstance(found, TextResourceContents)
    return found.text
