"""Is an integration ready: is its credential there, and does the system take it? Asked, never guessed.

An integration's document says in its frontmatter how: ``credential:`` names an environment variable, and ``check:`` is one of

- ``environment``: the credential is there
- ``command LINE``: a command that ends with 0
- ``http URL``: an address that answers; ``{CREDENTIAL}`` goes into the header ``Authorization`` as a bearer token where ``bearer`` is added
- ``mcp LINE``: an MCP server that lists its tools
- ``tool NAME``: a tool of the worker's own that only the worker can call; we look at the credential alone
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runlore.integrations.commands import run_command
from runlore.integrations.web import ask
from runlore.model.library import Health

_CHECK = re.compile(r"(environment|command|http|mcp|tool)\b\s*(.*)", re.DOTALL)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class HowToCheck:
    """How an integration is checked: the name of its credential (empty: it needs none), the way, and what the way takes."""

    credential: str
    way: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, in a word and a few more."""

    state: Health
    detail: str = ""


ListTools = Callable[[str], int]
"""Starts an MCP server by its command line and gives how many tools it lists; raises OSError or RuntimeError."""


def parse_check(credential: str, check: str) -> HowToCheck | None:
    """Read how an integration says that it is checked; None where it says nothing that we know."""
    found = _CHECK.fullmatch(check.strip())
    if found is None:
        return HowToCheck(credential.strip(), "environment") if credential.strip() and not check.strip() else None
    target = found[2].strip().strip("`").strip()
    if found[1] in ("command", "http", "mcp") and not target:
        return None
    return HowToCheck(credential.strip(), found[1], target)


def check_integration(
    how: HowToCheck,
    environment: Mapping[str, str],
    *,
    allowed: frozenset[str],
    private: bool,
    list_tools: ListTools | None,
) -> Found:
    """Check an integration. ``allowed`` are the command lines that an owner let us run: others are not, and say so. Raises nothing."""
    if how.credential and not environment.get(how.credential, "").strip():
        return Found("missing", f"the credential {how.credential} is not set here")
    match how.way:
        case "http":
            return _ask(how, environment, private)
        case "command":
            return _run(how, allowed)
        case "mcp":
            return _list(how, allowed, list_tools)
        case "tool":
            return Found("ready", f"the credential is there; {how.target or 'its tool'} is asked by the worker itself")
        case _:
            return Found(
                "ready", f"the credential {how.credential} is set" if how.credential else "it needs no credential"
            )


def _ask(how: HowToCheck, environment: Mapping[str, str], private: bool) -> Found:
    url, _, how_sent = how.target.partition(" ")
    headers = {}
    if how_sent.strip() == "bearer" and how.credential:
        headers["Authorization"] = f"Bearer {environment[how.credential].strip()}"
    answer = ask(url, private=private, headers=headers)
    if answer.status in (401, 403):
        return Found("rejected", f"{_host(url)} answers {answer.status}")
    if answer.status == 0 or answer.status >= 500:
        return Found("unreachable", f"{_host(url)}: {answer.why or f'answers {answer.status}'}"[:_LONGEST])
    if answer.status >= 400:
        return Found("unreachable", f"{_host(url)} answers {answer.status}: the address of the check may be wrong")
    return Found("ready", f"{_host(url)} answers {answer.status}")


def _run(how: HowToCheck, allowed: frozenset[str]) -> Found:
    if how.target not in allowed:
        return Found("unknown", "its command is not among those that an owner allowed")
    ended = run_command(how.target, keep=(how.credential,) if how.credential else ())
    if ended.why:
        return Found("unreachable", ended.why[:_LONGEST])
    return (
        Found("ready", "its command ended with 0")
        if ended.code == 0
        else Found("rejected", f"its command ended with {ended.code}")
    )


def _list(how: HowToCheck, allowed: frozenset[str], list_tools: ListTools | None) -> Found:
    if how.target not in allowed:
        return Found("unknown", "its server's command is not among those that an owner allowed")
    if list_tools is None:
        return Found("unknown", "asking an MCP server needs the extra `server`")
    try:
        tools = list_tools(how.target)
    except (OSError, RuntimeError) as error:
        return Found("unreachable", str(error)[:_LONGEST])
    return Found("ready", f"it lists {tools} tools")


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") >= 2 else url
