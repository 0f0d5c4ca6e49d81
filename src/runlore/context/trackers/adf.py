"""Atlassian Document Format, in which Jira's API gives descriptions → Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from runlore.context.trackers.values import text

_DEEPEST = 40
_MARKS = {"strong": "**", "em": "*", "code": "`", "strike": "~~"}


def is_adf(value: Any) -> bool:
    """Say whether a value is a document in that format."""
    return isinstance(value, Mapping) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def to_text(value: Mapping[str, Any]) -> str:
    """Give a document's text as Markdown; pictures and other media, which have no text, are left out."""
    return "\n\n".join(_blocks(value, 0)).strip()


def _children(node: Any) -> list[Mapping[str, Any]]:
    content = node.get("content") if isinstance(node, Mapping) else None
    return [child for child in content if isinstance(child, Mapping)] if isinstance(content, list) else []


def _attribute(node: Mapping[str, Any], name: str) -> str:
    attributes = node.get("attrs")
    return text(attributes.get(name)) if isinstance(attributes, Mapping) else ""


def _blocks(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    for child in _children(node) if depth < _DEEPEST else ():
        block = _BLOCKS.get(str(child.get("type")), _other)(child, depth + 1)
        if block.strip():
            yield block


def _inline(node: Mapping[str, Any]) -> str:
    return "".join(_word(child) for child in _children(node))


def _word(node: Mapping[str, Any]) -> str:
    match node.get("type"):
        case "text":
            return _marked(node)
        case "hardBreak":
            return "\n"
        case "mention" | "status":
            return _attribute(node, "text")
        case "emoji":
            return _attribute(node, "text") or _attribute(node, "shortName")
        case "inlineCard" | "blockCard":
            return _attribute(node, "url")
        case "date":
            return _day(_attribute(node, "timestamp"))
        case _:
            return ""


def _marked(node: Mapping[str, Any]) -> str:
    words = node.get("text")
    shown = words if isinstance(words, str) else ""
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        kind = mark.get("type") if isinstance(mark, Mapping) else ""
        if kind == "link":
            target = _attribute(mark, "href")
            shown = shown if shown == target or not target else f"[{shown}]({target})"
        elif kind in _MARKS and shown.strip():
            shown = f"{_MARKS[kind]}{shown}{_MARKS[kind]}"
    return shown


def _other(node: Mapping[str, Any], depth: int) -> str:
    inner = "\n\n".join(_blocks(node, depth))
    return inner or _word(node) or _inline(node)


def _heading(node: Mapping[str, Any], depth: int) -> str:
    level = _attribute(node, "level")
    return f"{'#' * (int(level) if level.isdigit() and 0 < int(level) < 7 else 2)} {_inline(node)}"


def _list(node: Mapping[str, Any], depth: int) -> str:
    lines = []
    for number, item in enumerate(_children(node), 1):
        mark = f"{number}." if node.get("type") == "orderedList" else "-"
        if item.get("type") in ("taskItem", "decisionItem"):
            done = _attribute(item, "state") == "DONE"
            lines.append(f"- [{'x' if done else ' '}] {_inline(item)}")
            continue
        body = "\n".join(_blocks(item, depth))
        first, *rest = body.split("\n")
        lines.extend([f"{mark} {first}", *(f"{' ' * (len(mark) + 1)}{line}" if line else "" for line in rest)])
    return "\n".join(lines)


def _code(node: Mapping[str, Any], depth: int) -> str:
    return f"```{_attribute(node, 'language')}\n{_inline(node)}\n```"


def _quote(node: Mapping[str, Any], depth: int) -> str:
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node, depth)).split("\n"))


def _table(node: Mapping[str, Any], depth: int) -> str:
    rows = [
        [" ".join(" ".join(_blocks(cell, depth)).split()).replace("|", "\\|") for cell in _children(row)]
        for row in _children(node)
    ]
    if not rows:
        return ""
    rule = "| " + " | ".join(["---"] * len(rows[0])) + " |"
    shown = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([shown[0], rule, *shown[1:]])


def _rule(node: Mapping[str, Any], depth: int) -> str:
    return "---"


def _day(timestamp: str) -> str:
    """The ISO date of a count of milliseconds; ``""`` where it is none that a date can have."""
    if not re.fullmatch(r"-?\d{1,14}", timestamp):
        return ""
    return (date(1970, 1, 1) + timedelta(milliseconds=int(timestamp))).isoformat()


_BLOCKS: dict[str, Callable[[Mapping[str, Any], int], str]] = {
    "paragraph": lambda node, _: _inline(node),
    "heading": _heading,
    "bulletList": _list,
    "orderedList": _list,
    "taskList": _list,
    "decisionList": _list,
    "codeBlock": _code,
    "blockquote": _quote,
    "panel": _quote,
    "rule": _rule,
    "table": _table,
}
