"""RFC 9535 JSONPath: is it one, where does it end, and what does it select."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import jsonpath

_ENVIRONMENT = jsonpath.JSONPathEnvironment(strict=True)
_NAME = re.compile(r"\.\.?(?:\*|[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)")
_LONGEST = 500


@lru_cache(maxsize=4096)
def is_path(text: str) -> bool:
    """Say whether the whole text is an RFC 9535 JSONPath of at most 500 characters."""
    if len(text) > _LONGEST or path_end(text, 0) != len(text):
        return False
    try:
        _ENVIRONMENT.compile(text)
    except (jsonpath.JSONPathError, RecursionError, ValueError):
        return False
    return True


@lru_cache(maxsize=4096)
def _compiled(path: str) -> Any:
    return _ENVIRONMENT.compile(path)


def select_values(path: str, result: Any) -> list[Any]:
    """Give the values that a path selects in a result; a result that is plain text holds itself alone, at ``$``."""
    if not isinstance(result, dict | list):
        return [result] if path == "$" and result is not None else []
    return list(_compiled(path).findall(result))


def path_end(text: str, start: int) -> int:
    """Give where the path that begins with ``$`` at ``start`` ends, or ``start`` where none begins."""
    if text[start : start + 1] != "$":
        return start
    at = start + 1
    while at < len(text):
        name = _NAME.match(text, at)
        bracket = at + 2 if text.startswith("..[", at) else at
        if name is not None:
            at = name.end()
        elif text[bracket] == "[" and (end := _bracket_end(text, bracket)):
            at = end
        else:
            break
    return at


def _bracket_end(text: str, start: int) -> int:
    depth, quote, at = 0, "", start
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in "[]":
            depth += 1 if char == "[" else -1
            if depth == 0:
                return at + 1
        at += 1
    return 0
