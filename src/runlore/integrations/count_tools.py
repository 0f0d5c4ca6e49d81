"""How many tools an MCP server lists: the whole of its health check."""

from __future__ import annotations

from runlore.errors import MissingExtra, ToolServerFailed
from runlore.integrations.tool_server import open_tools


def count_tools(where: str) -> int:
    """Start a server by its command line, or reach it by its URL, and count its tools; raises RuntimeError where it does not answer or the SDK is missing."""
    try:
        with open_tools(where) as server:
            return len(server.list_tools())
    except (MissingExtra, ToolServerFailed) as error:
        raise RuntimeError(str(error)) from error
