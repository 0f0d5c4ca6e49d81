"""Public rule sets: a rule file in the TOML form of gitleaks, as rules of ours.

What is taken of it: ``[[rules]]`` with ``id``, ``regex``, ``keywords``, ``entropy``, ``secretGroup`` and the ``regexes`` and ``stopwords``
of allowlists. Patterns are written for RE2; what Python spells otherwise is respelled.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from runlore.model import Problem
from runlore.redaction.rules import Rule

_KIND: Final = re.compile(r"[^a-z0-9-]+")
_POSIX: Final = {
    "alnum": "A-Za-z0-9",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
_FLAGS: Final = re.compile(r"\(\?([imsU]+)\)")
_LONGEST_WORD: Final = 64


def parse_rules(text: str, file: str = "") -> tuple[tuple[Rule, ...], tuple[Problem, ...]]:
    """Parse a rule file; gives the usable rules in file order and a problem for each that is not.

    Slugs: ``rule-file`` (no TOML, or no rules in it), ``rule-pattern`` (a pattern that cannot be translated), ``rule-keywords`` (no keyword to
    look for first).
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (), (Problem(file, 0, "rule-file", f"The rule file is no TOML: {error}."),)
    entries = content.get("rules")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return (), (Problem(file, 0, "rule-file", "The rule file has no [[rules]]."),)
    rules: list[Rule] = []
    problems: list[Problem] = []
    for number, entry in enumerate(entries, 1):
        parsed = _parse_rule(entry, number, file)
        if isinstance(parsed, Problem):
            problems.append(parsed)
        else:
            rules += parsed
    return tuple(rules), tuple(problems)


def _parse_rule(entry: dict[str, Any], number: int, file: str) -> list[Rule] | Problem:
    name = str(entry.get("id") or f"rule-{number}")
    source = entry.get("regex")
    if not isinstance(source, str) or not source:
        return Problem(file, 0, "rule-pattern", f"Rule {name!r} has no regex; it is left out.", "warning")
    keywords = sorted({str(word).lower() for word in _list(entry.get("keywords")) if str(word).strip()})
    if not keywords or any(len(word) > _LONGEST_WORD for word in keywords):
        return Problem(
            file, 0, "rule-keywords", f"Rule {name!r} names no keyword to look for first; it is left out.", "warning"
        )
    try:
        pattern = _compile(source)
        allowed = tuple(_compile(text) for text in _list_allowed(entry, "regexes"))
    except (re.error, ValueError, OverflowError) as error:
        return Problem(file, 0, "rule-pattern", f"The regex of rule {name!r} cannot be used: {error}.", "warning")
    group = entry.get("secretGroup", 0)
    entropy = entry.get("entropy", 0.0)
    if not isinstance(group, int) or not 0 <= group <= pattern.groups or not isinstance(entropy, int | float):
        return Problem(
            file, 0, "rule-pattern", f"Rule {name!r} has a secretGroup or an entropy that does not fit.", "warning"
        )
    if group == 0 and pattern.groups:
        group = 1  # as gitleaks: the first group where there is one
    words = tuple(str(word).lower().encode() for word in _list_allowed(entry, "stopwords"))
    kind = _KIND.sub("-", name.lower()).strip("-")[:64] or f"rule-{number}"
    return [
        Rule(kind, f"keyword:{word}", pattern, group, float(entropy), allowed=allowed, stop_words=words)
        for word in keywords
    ]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _list_allowed(entry: dict[str, Any], field: str) -> list[Any]:
    """List a field over a rule's allowlists, in the older form (one table) and the newer (a list of them)."""
    tables = [entry.get("allowlist"), *_list(entry.get("allowlists"))]
    return [item for table in tables if isinstance(table, dict) for item in _list(table.get(field))]


def _compile(source: str) -> re.Pattern[bytes]:
    """Compile a pattern of RE2's syntax with Python's engine."""
    text = re.sub(r"\[:(\w+):\]", _respell_class, source)
    text = text.replace(r"\z", r"\Z").replace(r"\Q", "").replace(r"\E", "")
    text = re.sub(r"\\x\{([0-9A-Fa-f]{1,2})\}", lambda m: rf"\x{int(m[1], 16):02x}", text)
    return re.compile(_scope_flags(text).encode())


def _respell_class(match: re.Match[str]) -> str:
    if match[1] not in _POSIX:
        raise ValueError(f"unknown character class [:{match[1]}:]")
    return _POSIX[match[1]]


def _scope_flags(text: str) -> str:
    """Turn a flag in the middle, which holds until its group ends, into a group of its own; Python allows them only at the start."""
    while match := _FLAGS.search(text):
        flags = match[1].replace("U", "")
        rest = text[match.end() :]
        end = _find_group_end(rest)
        inner = rest[:end]
        text = text[: match.start()] + (f"(?{flags}:{inner})" if flags else inner) + rest[end:]
    return text


def _find_group_end(text: str) -> int:
    """Give where the group that is open at the start of the text ends."""
    depth = 0
    position = 0
    in_class = False
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
            if text[position + 1 : position + 2] == "]":
                position += 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            if depth == 0:
                return position
            depth -= 1
        position += 1
    return len(text)
