"""What Codex writes about its tools: arguments and outputs, brought into one shape whatever the version."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Any

from runlore.model import Outcome
from runlore.transcripts import fields
from runlore.transcripts.decoding import parse_result

SHELL_TOOLS = frozenset({"exec_command", "shell", "shell_command", "local_shell", "container.exec"})
_SHELLS = frozenset({"bash", "sh", "zsh", "powershell", "pwsh", "cmd"})
_HEADER = re.compile(
    r"(?:(?:Chunk ID|Wall time|Process exited|Process running|Original token count|Exit code|Total output lines)"
    r"\b[^\n]*(?:\n|\Z))+"
    r"(?:Output:\n?)?"
)
_EXIT_CODE = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d+)", re.MULTILINE)
_RUNNING = re.compile(r"^Process running with session ID (\d+)", re.MULTILINE)
_REJECTED = re.compile(r"\b(?:rejected|denied|declined) by (?:the )?user\b[.:]?\s*(?P<words>.*)", re.DOTALL)
_ABORTED = re.compile(r"\Aaborted(?: by user)?(?: after [\d.]+ ?s)?\.?\s*\Z")
_FAILED = re.compile(
    r"\A(?:apply_patch verification failed|failed to|failed in sandbox|exec_command failed|tool call error|err:)",
    re.IGNORECASE,
)
_PATCHED = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$|^\*\*\* Move to: (.+)$", re.MULTILINE)
_REFUSAL_LENGTH = 4000  # a refusal is the whole output and short; the same words may stand anywhere in a file


@dataclass(frozen=True, slots=True)
class Output:
    """An output without its header: its text, and what the header says."""

    text: str
    exit_code: int | None = None
    running: str = ""  # id of the session in which the command goes on
    outcome: Outcome = "ok"
    words: str = ""


def tool_name(name: str, namespace: str) -> str:
    """Give the tool's whole name: with its MCP server in front where it has one (``mcp__server__tool``)."""
    if not namespace or name.startswith(namespace):
        return name
    return namespace + (name if name.startswith("_") or namespace.endswith("__") else f"__{name}")


def call_arguments(tool: str, given: object) -> Any:
    """Give a call's arguments; ``command`` of a shell is one string, ``patch`` of a patch stands with its ``files``."""
    arguments = fields.arguments(given)
    if tool in SHELL_TOOLS and isinstance(arguments, dict):
        return _shell_arguments(arguments)
    if tool == "apply_patch":
        patch = fields.mapping(arguments).get("input") or fields.mapping(arguments).get("patch") or given
        if isinstance(patch, str):
            return {"patch": patch, "files": patched_files(patch)}
    return arguments


def _shell_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    given = arguments.get("cmd", arguments.get("command", arguments.get("input", "")))
    rest = {key: value for key, value in arguments.items() if key not in ("cmd", "command", "input")}
    directory = rest.pop("workdir", None) or rest.pop("working_directory", None)
    command: dict[str, Any] = {"command": command_line(given)}
    if directory:
        command["workdir"] = directory
    return command | rest


def command_line(given: object) -> str:
    """Give a command as one line of shell: the script of ``bash -lc``, else its words quoted."""
    if isinstance(given, str):
        return given
    words = [word for word in fields.sequence(given) if isinstance(word, str)]
    program = re.split(r"[/\\]", words[0])[-1].removesuffix(".exe") if words else ""
    if len(words) == 3 and program in _SHELLS and words[1].startswith(("-", "/")):
        return words[2]
    return shlex.join(words)


def patched_files(patch: str) -> list[str]:
    """Give the paths that a patch names, each once, in its order."""
    return list(dict.fromkeys((a or b).strip() for a, b in _PATCHED.findall(patch)))


def parse_output(value: object) -> Output:
    """Parse the output of a call: today's header, the older JSON string, content blocks, or plain text."""
    text = value if isinstance(value, str) else fields.joined_text(value)
    older = parse_result(text) if text.startswith("{") else None
    if isinstance(older, dict) and isinstance(older.get("metadata"), dict) and "output" in older:
        code = older["metadata"].get("exit_code")
        code = code if isinstance(code, int) and not isinstance(code, bool) else None
        return Output(fields.string(older["output"]), code, outcome="error" if code else "ok")
    header = _HEADER.match(text)
    if header is None:
        return _without_header(text)
    body = text[header.end() :]
    code_found = _EXIT_CODE.search(header.group())
    running = _RUNNING.search(header.group())
    code = int(code_found.group(1)) if code_found else None
    outcome: Outcome = "open" if running else "error" if code else "ok"
    return Output(body, code, running.group(1) if running else "", outcome)


def _without_header(text: str) -> Output:
    if _ABORTED.match(text):
        return Output(text, outcome="cancelled")
    refusal = _REJECTED.search(text[:200]) if len(text) <= _REFUSAL_LENGTH else None
    if refusal is not None:
        words = text[refusal.start("words") :].strip().strip('"').strip()
        return Output(text, outcome="rejected", words=words)
    return Output(text, outcome="error" if _FAILED.match(text) else "ok")


def failed_in_result(result: object) -> bool:
    """Say whether an MCP tool's result is an object that tells of an error."""
    return isinstance(result, dict) and bool(result.get("error"))
