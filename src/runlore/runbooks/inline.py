"""What stands inside one line: code spans, JSON constants, lists of names. Text ↔ value, inverse."""

from __future__ import annotations

import json
import re
from typing import Any

from runlore.model.condition_text import render_code

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_DECODER = json.JSONDecoder()


def parse_code(text: str, start: int = 0) -> tuple[str, int] | None:
    """Read a code span at ``start``: its content and the position after it, or None where none begins there."""
    match = _CODE.match(text, start)
    if match is None:
        return None
    content = match[2]
    if len(content) > 2 and content[0] == content[-1] == " " and content.strip():
        content = content[1:-1]
    return content, match.end()


def code_or_none(text: str) -> str | None:
    """Give the content of a text that is one code span and nothing else."""
    found = parse_code(text)
    return found[0] if found and found[1] == len(text) else None


def parse_constant(text: str, start: int = 0) -> tuple[Any, int] | None:
    """Read a JSON value, bare or in a code span, at ``start``: the value and the position after it, or None."""
    code = parse_code(text, start)
    if code is not None:
        inner = parse_constant(code[0])
        return (inner[0], code[1]) if inner and inner[1] == len(code[0]) and not code[0].startswith("`") else None
    if text[start : start + 1] in ("N", "I") or text.startswith("-I", start):  # the decoder would take NaN and Infinity
        return None
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value, end


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside code spans and JSON strings; parts are stripped."""
    parts, begin, at = [], 0, 0
    while at < len(text):
        code = parse_code(text, at) if text[at] == "`" else None
        literal = parse_constant(text, at) if text[at] == '"' else None
        if code is not None:
            at = code[1]
        elif literal is not None:
            at = literal[1]
        elif text.startswith(separator, at):
            parts.append(text[begin:at].strip())
            at = begin = at + len(separator)
        else:
            at += 1
    return [*parts, text[begin:].strip()]


def render_names(names: tuple[str, ...]) -> str:
    """Give ``\u0060a\u0060, \u0060b\u0060 and \u0060c\u0060``."""
    spans = [render_code(name) for name in names]
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} and {spans[-1]}" if spans else ""


def parse_names(text: str) -> tuple[str, ...] | None:
    """Read a list of code spans joined by commas and ``and``; None where something else stands between them."""
    names: list[str] = []
    at = 0
    while at < len(text):
        code = parse_code(text, at)
        if code is None:
            return None
        names.append(code[0])
        at = code[1]
        joint = re.compile(r",? and |, ?").match(text, at)
        if joint is None:
            return tuple(names) if at == len(text) else None
        at = joint.end()
    return None


def render_numbers(numbers: tuple[int, ...]) -> str:
    """Give ``1, 3``, or ``nothing`` for none."""
    return ", ".join(map(str, numbers)) or "nothing"


def parse_numbers(text: str) -> tuple[int, ...] | None:
    """Read ``1, 3``, ``1 and 3``, ``step 3`` or ``nothing``; None where it is none of them."""
    if text.strip().lower() == "nothing":
        return ()
    found = re.fullmatch(r"(?:steps? )?(\d{1,4}(?:(?:, ?| and |, and )\d{1,4})*)", text.strip())
    return tuple(int(n) for n in re.findall(r"\d+", found[1])) if found else None
