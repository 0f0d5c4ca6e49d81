"""What a tool's output says went wrong: the telling line, its template, and the rules that linters name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_VARIES = re.compile(
    r"https?://\S+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F-]{13,}"  # uuid
    r"|(?<![\w-])(?=[0-9a-f]*\d)[0-9a-f]{7,64}(?!\w)"  # hash
    r"|(?:(?<=\s)|(?<=^)|(?<=['\"`(:=]))(?:~|\.{0,2})?/?(?:[\w.@+-]+/)+[\w.@+*?=&-]*"  # path with a slash
    r"|(?<!HTTP )(?<!code )(?<![\w-])#?[A-Za-z]{0,2}\d[\d.,:]*(?![\w-])"  # number
)
_LONG_QUOTE = re.compile(r"([\"'`])[^\"'`]{40,}\1")
_PUSH = re.compile(r"! \[(?:remote )?rejected\].*(\([^)]+\))")
_BEHIND = frozenset({"(fetch first)", "(non-fast-forward)", "(stale info)"})
_TAG = re.compile(r"</?tool_use_error>|\x1b\[[0-9;]*m")
_EXIT = re.compile(r"\AExit code \d+\n?")

# The line that says what is wrong, strongest first. Each was chosen because a program prints it about the call itself,
# not about the code under test.
_TELLING = re.compile(
    r"^(?:"
    r"\(eval\):\S*.*|zsh: .*|(?:/bin/)?(?:ba|da)?sh: .*"  # the shell itself
    r"|(?:\w[\w.-]*: )?(?:error: )?(?:unknown|unrecognized|invalid|unexpected) (?:short )?(?:flag|option|argument"
    r"|command|subcommand)\b.*"
    r"|fatal: .*|gh: .*"
    r"|[\w./-]+: (?:command not found|not found|No such file or directory|illegal option.*|invalid option.*"
    r"|unrecognized option.*)"
    r"|.*\b(?:command not found|is not a \w+ command|No such file or directory|no such file or directory)\b.*"
    r"|.*\b(?:flag provided but not defined|accepts at most \d+ arg|requires at least \d+ arg|missing required)\b.*"
    r"|.*\bModuleNotFoundError: .*|.*\bCannot find module\b.*|.*\bno such module\b.*"
    r"|npm (?:ERR!|error) .*|.*\b[Nn]o (?:such )?(?:task|script|rule|target|recipe)\b.*|.*Missing script.*"
    r"|go: .*|jq: (?:error|\d).*|failed to parse .*"
    r"| ?! \[(?:remote )?rejected\].*|.*\b(?:permission denied|Permission denied|Access denied|Unauthorized"
    r"|Forbidden)\b.*"
    r"|.*\b(?:Not Found \(HTTP 404\)|HTTP 4\d\d|status code 4\d\d|connection refused|ECONNREFUSED|ENOENT|EISDIR"
    r"|EACCES)\b.*"
    r"|error: .*|Error: .*|ERROR: .*"
    r")",
    re.MULTILINE,
)
# The outcome of work, not a mistake in the call: merges that conflict, tests and compilers that find something.
_WORK = re.compile(
    r"CONFLICT|Automatic merge failed|could not apply|overwritten by merge|--- FAIL|^FAIL\b|\[build failed\]"
    r"|undefined: "
    r"|AssertionError|Traceback|expect\(|\b\d+ (?:fail|failed|failing)\b|Test(?:s)? failed|error TS\d+"
    r"|Did not complete|could not compile|Sibling tool call|Request interrupted|syntax error",
    re.MULTILINE,
)
_RULES = (
    re.compile(
        r"^(?:\[\S+\] )?\S+\.\w+:\d+(?::\d+)?: (?P<message>.+?) \((?P<rule>[a-z][\w-]+)\)$", re.MULTILINE
    ),  # golangci-lint
    re.compile(r"^\S+\.\w+:\d+:\d+: (?P<rule>[A-Z]{1,4}\d{2,4}) (?P<message>.+)$", re.MULTILINE),  # ruff, flake8
    re.compile(
        r"^\S+\.pyi?:\d+(?::\d+)?: error: (?P<message>\S.*?\S) {1,8}\[(?P<rule>[a-z-]+)\]$", re.MULTILINE
    ),  # mypy
    re.compile(
        r"^ +\d+:\d+ +(?:error|warning) {1,8}(?P<message>\S.*?\S) {2,60}(?P<rule>[@\w/-]+)$", re.MULTILINE
    ),  # eslint
    re.compile(r"(?P<rule>SC\d{4})(?: \(\w+\))?: (?P<message>.+)$", re.MULTILINE),  # shellcheck
)
_BIOME = re.compile(
    r"^\S+\.\w+(?::\d+:\d+)? (?P<rule>format|(?:lint|assist)/[\w/]+) +(?:FIXABLE +)?━+\s+[×✖!] "
    r"(?P<message>.+)$",
    re.MULTILINE,
)
_NOT_A_RULE = {"typecheck", "error", "warning", "note", "compile", "syntax"}


def text_of(result: Any) -> str:
    """Give a result as text, without client tags and colours; of a JSON object its error or message field."""
    if isinstance(result, str):
        return _TAG.sub("", result) if "<tool_use_error>" in result or "\x1b" in result else result
    if isinstance(result, dict):
        for name in ("error", "message", "detail", "reason"):
            value = result.get(name)
            if isinstance(value, str) and value:
                return value
            if isinstance(value, dict) and isinstance(value.get("message"), str):
                return str(value["message"])
    return ""


def telling_line(text: str) -> str:
    """Give the line of a shell's output that says why the call failed, ``""`` where it was no failure of the call.

    Tests that fail, merges that conflict and code that does not compile are outcomes of work.
    """
    body = _EXIT.sub("", text[:6000])
    if _WORK.search(body):
        return ""
    found = _TELLING.search(body)
    return found.group(0).strip() if found else ""


def template(message: str) -> str:
    """Replace what varies in a message (paths, numbers, hashes, links, long quotes) by ``<*>``; names that say what
    is wrong stay.
    """
    if refused := _PUSH.search(message):
        return "[rejected]" + ("" if refused[1] in _BEHIND else " " + refused[1])
    flat = _LONG_QUOTE.sub("<*>", message[:400])
    return " ".join(_VARIES.sub("<*>", flat).split())[:160].rstrip(" .")


def endpoint_template(endpoint: str) -> str:
    """Replace ids and variables in an address by ``<*>``, and leave out its query."""
    plain = endpoint.split("?", 1)[0].strip("/")
    return "/".join(
        "<*>" if not part or part[0] in "$<{" or any(c.isdigit() for c in part) else part for part in plain.split("/")
    )


def list_rules(text: str) -> Iterator[tuple[str, str]]:
    """Give each rule that a checker's output complains about, once, with its first message."""
    seen = set()
    for pattern in (*_RULES, _BIOME):
        for found in pattern.finditer(text, 0, 20000):
            rule = found["rule"]
            if rule not in _NOT_A_RULE and rule not in seen:
                seen.add(rule)
                yield rule, found["message"].strip()
