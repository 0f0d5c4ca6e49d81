"""The scalar values inside a call's arguments and results, and the paths that lead to them.

Paths are kept as tuples of segments while mining and rendered as RFC 9535 JSONPath at the end: a ``str`` is a
member name, an ``int`` an index, ``WILD`` every child, a ``Filter`` the children whose field has a value.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

WILD = None
MOST_NESTED = 2000
"""Brackets in a text that is opened as an object; more is no argument, and newer Pythons would follow them all the way down."""
MOST_LEAVES = 4000
"""A result with more scalars than this is read up to here: one huge listing must not stall a run."""


class Filter(NamedTuple):
    """Children whose member ``key`` equals ``value`` (a short constant); with ``whole`` the member is the whole result's."""

    key: str
    value: str | bool
    whole: bool = False


Segment = str | int | None | Filter
Path = tuple[Segment, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ID_LIKE = re.compile(r"\d{2,}|^\d+$|[0-9a-f]{8}")


def scalar_text(value: object) -> str:
    """Render a scalar as it is compared: strings as they stand, everything else as Python prints it."""
    return value if isinstance(value, str) else str(value)


def argument_leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk a call's arguments: (dotted name, scalar), list items as ``name[*]``.

    A string that holds a JSON or Python literal object is opened, since some hosts pass nested arguments as text.
    """
    stack: list[tuple[str, Any]] = [(prefix, value)]
    while stack:
        name, item = stack.pop()
        if isinstance(item, str) and item[:1] in ("[", "{") and item[-1:] in ("]", "}"):
            item = _opened(item)
        if isinstance(item, dict):
            under = f"{name}." if name else ""
            stack.extend((under + _sound(str(key)), child) for key, child in reversed(item.items()))
        elif isinstance(item, list | tuple):
            stack.extend((f"{name}[*]", child) for child in reversed(item))
        else:
            yield name, _sound(item) if isinstance(item, str) else item


def _sound(text: str) -> str:
    """A text as it can be stored: opening one that was nested in another may bring half a surrogate pair to light."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _opened(text: str) -> Any:
    """The JSON or Python literal object that a text holds; the text itself where it holds none, or a set, whose order is nobody's."""
    if len(text) > 20_000 or text.count("[") + text.count("{") > MOST_NESTED:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass  # not JSON: it may be a Python literal, tried next
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # an odd escape in somebody's text is no concern of a person at the terminal
            opened = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return opened if isinstance(opened, dict | list) and not _has_set(opened) else text


def _has_set(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_set(child) for child in value.values())
    return isinstance(value, set) or (isinstance(value, list | tuple) and any(_has_set(child) for child in value))


def result_leaves(value: Any) -> list[tuple[Path, Any]]:
    """Walk a result: (concrete path, scalar) for up to MOST_LEAVES scalars, depth first, in document order."""
    found: list[tuple[Path, Any]] = []
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack and len(found) < MOST_LEAVES:
        path, item = stack.pop()
        if isinstance(item, dict):
            stack.extend(((*path, key), child) for key, child in reversed(item.items()) if isinstance(key, str))
        elif isinstance(item, list):
            stack.extend(((*path, number), child) for number, child in reversed(list(enumerate(item))))
        else:
            found.append((path, item))
    return found


def is_map(item: dict[str, Any]) -> bool:
    """Say whether a JSON object is a table keyed by ids (its keys vary from run to run) rather than a record of fields."""
    keys = list(item)
    return bool(keys) and all(_ID_LIKE.search(key) for key in keys)


def generalise(root: Any, path: Path) -> tuple[Path, ...]:
    """Give the rules that a concrete path stands for, widest first.

    Indices and id-like keys become wildcards; where there is one wildcard, the first and the last item are rules of their
    own, and so are the items told apart by a short constant field beside the value.
    """
    wide: list[Segment] = []
    spots: list[tuple[int, Any, Any]] = []
    item = root
    for position, segment in enumerate(path):
        parent = item
        item = item[segment]
        if isinstance(segment, int) or (isinstance(parent, dict) and is_map(parent)):
            wide.append(WILD)
            spots.append((position, parent, item))
        else:
            wide.append(segment)
    rules: list[Path] = [tuple(wide)]
    if spots and isinstance(root, dict):
        position = spots[-1][0]
        before, after = tuple(wide[:position]), tuple(wide[position + 1 :])
        rules.extend((*before, Filter(key, value, True), *after) for key, value in _marks(root))
    for position, parent, item in spots:
        before, after = tuple(wide[:position]), tuple(wide[position + 1 :])
        if isinstance(parent, list):
            if path[position] == 0:
                rules.append((*before, 0, *after))
            if path[position] == len(parent) - 1:
                rules.append((*before, -1, *after))
        if isinstance(item, dict):
            inner = after[0] if after else None
            rules.extend((*before, Filter(key, value), *after) for key, value in _marks(item) if key != inner)
    return tuple(rules)


def _marks(item: dict[str, Any]) -> Iterator[tuple[str, str | bool]]:
    """The fields of an item that may tell it from its siblings: flags, and short words without digits."""
    for key, value in item.items():
        if isinstance(value, bool) or (
            isinstance(value, str)
            and 0 < len(value) <= 24
            and value.isprintable()
            and not any(c.isdigit() for c in value)
        ):
            yield key, value


def select(root: Any, path: Path) -> set[str]:
    """Give the distinct scalars that a path yields in a result, as text."""
    items: list[Any] = [root]
    for segment in path:
        following: list[Any] = []
        for item in items:
            following.extend(_children(root, item, segment))
        if not following:
            return set()
        items = following
    return {scalar_text(item) for item in items if not isinstance(item, dict | list)}


def _children(root: Any, item: Any, segment: Segment) -> list[Any]:
    if isinstance(segment, Filter):
        kids = list(item.values()) if isinstance(item, dict) else item if isinstance(item, list) else []
        key, wanted, whole = segment
        if whole:
            return kids if _children(root, [root], Filter(key, wanted)) else []
        return [k for k in kids if isinstance(k, dict) and type(k.get(key)) is type(wanted) and k[key] == wanted]
    if segment is WILD:
        return list(item.values()) if isinstance(item, dict) else list(item) if isinstance(item, list) else []
    if isinstance(segment, int):
        return [item[segment]] if isinstance(item, list) and -len(item) <= segment < len(item) else []
    return [item[segment]] if isinstance(item, dict) and segment in item else []


def render_path(path: Path) -> str:
    """Write a path as RFC 9535 JSONPath."""
    out = ["$"]
    for segment in path:
        if segment is WILD:
            out.append("[*]")
        elif isinstance(segment, Filter):
            at = "$" if segment.whole else "@"
            member = f"{at}.{segment.key}" if _PLAIN.match(segment.key) else f"{at}[{_quoted(segment.key)}]"
            value = (
                ("true" if segment.value else "false") if isinstance(segment.value, bool) else _quoted(segment.value)
            )
            out.append(f"[?{member} == {value}]")
        elif isinstance(segment, int):
            out.append(f"[{segment}]")
        else:
            out.append(f".{segment}" if _PLAIN.match(segment) else f"[{_quoted(segment)}]")
    return "".join(out)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + _CONTROL.sub(lambda c: _ESCAPES.get(c[0], f"\\u{ord(c[0]):04x}"), escaped) + "'"
