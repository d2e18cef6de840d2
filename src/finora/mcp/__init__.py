"""MCP: assistants ask Finora, over HTTP at `/mcp` and on the standard streams of `finora mcp`.

The protocol is that of the official `mcp` package. It takes half a second to import and some memory, so nothing of it
is imported before an assistant comes: this module, and what it imports, does without.
"""

from finora.mcp.endpoint import Mcp

__all__ = ["Mcp"]
