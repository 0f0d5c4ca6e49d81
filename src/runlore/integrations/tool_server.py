"""A tool server, spoken to over MCP with the official SDK, one call at a time. The SDK is an extra and is imported when a server is opened."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from runlore.errors import MissingExtra, ToolServerFailed

PATIENCE: Final = 60.0
"""Seconds after which a call that is not answered has failed."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the server offers. ``reads`` is what the server says of it: True, it changes nothing; False, it does; None, nothing is said."""

    name: str
    description: str
    schema: Mapping[str, Any]
    reads: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave: a JSON value where the result's whole text is an object or a list, else its text; ``failed`` says that it tells of an error."""

    result: Any
    failed: bool


class ToolServer:
    """An open tool server; made by `open_tools`."""

    def __init__(self, portal: Any, client: Any, where: str) -> None:
        self._portal = portal
        self._client = client
        self._where = where

    def list_tools(self) -> tuple[Tool, ...]:
        """List the tools, by name. Raises ToolServerFailed."""
        found: list[Tool] = []
        cursor: str | None = None
        while True:
            page = self._run("its tools cannot be listed", self._list, cursor)
            for tool in page.tools:
                hints = tool.annotations
                reads = hints.read_only_hint if hints is not None else None
                found.append(Tool(tool.name, tool.description or "", tool.input_schema or {}, reads))
            cursor = page.next_cursor
            if not cursor:
                return tuple(sorted(found, key=lambda t: t.name))

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Call a tool and wait for its answer. An error that the tool tells of is an answer; raises ToolServerFailed where there is none."""
        result = self._run(f"the call of {name} was not answered", self._call, name, dict(arguments))
        text = "\n".join(block.text for block in result.content if getattr(block, "type", "") == "text")
        return Answer(_value(text, result.structured_content), bool(result.is_error))

    async def _list(self, cursor: str | None) -> Any:
        return await self._client.list_tools(cursor=cursor)

    async def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        return await self._client.call_tool(name, arguments, read_timeout_seconds=PATIENCE)

    def _run(self, why: str, function: Any, *arguments: Any) -> Any:
        try:
            return self._portal.call(function, *arguments)
        except Exception as error:  # whatever the SDK raises, the server did not answer
            raise ToolServerFailed(self._where, f"{why}: {error}") from error


def _value(text: str, structured: Any) -> Any:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = None
    if isinstance(value, dict | list):
        return value
    if isinstance(structured, dict) and set(structured) == {"result"}:  # how the SDK wraps what is no object
        return structured["result"] if isinstance(structured["result"], dict | list | str) else text
    return text or structured


@contextmanager
def open_tools(where: str) -> Iterator[ToolServer]:
    """Open a tool server: a command line that speaks MCP over its standard input and output, or the URL of one that speaks HTTP.

    Raises MissingExtra without the SDK, ToolServerFailed where the server does not start or answer.
    """
    try:
        from anyio.from_thread import start_blocking_portal
        from mcp import Client, StdioServerParameters
    except ImportError as error:
        raise MissingExtra("Talking to a tool server", "server") from error
    target: Any = where
    if not where.startswith(("http://", "https://")):
        words = shlex.split(where, posix=os.name != "nt")
        if not words:
            raise ToolServerFailed(where, "the command is empty")
        target = StdioServerParameters(command=words[0], args=words[1:], env=dict(os.environ))
    with start_blocking_portal() as portal:
        try:
            manager = portal.wrap_async_context_manager(Client(target, read_timeout_seconds=PATIENCE))
            client = manager.__enter__()
        except Exception as error:  # whatever the SDK raises, there is no server to talk to
            raise ToolServerFailed(where, f"it cannot be opened: {error}") from error
        try:
            yield ToolServer(portal, client, where)
        finally:
            manager.__exit__(None, None, None)
