"""JSON that other programs wrote: decoded fast where it is sound, mended where it nearly is, None where it is not.

Agents' logs hold half a surrogate pair, NaN, bytes that are no UTF-8 and nesting without end; msgspec refuses all
four. So the strict decoder goes first, and only what it refuses is read again by the forgiving one and written anew.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

_VALUES: Final = msgspec.json.Decoder()
LARGE: Final = 1 << 20
_MOST_VALUES: Final = 4_000_000


def decode(line: bytes) -> Any:
    """Give the value of a JSON text, or None where it is none (to be counted as unreadable); never raises."""
    if is_bomb(line):
        return None
    try:
        return _VALUES.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        mended = mend(line)
    except RecursionError:
        return None
    return None if mended is None else _VALUES.decode(mended)


def mend(line: bytes) -> bytes | None:
    """Rewrite a JSON text that a strict decoder refuses so that it takes it; None where nobody could read it.

    Lone surrogates and bytes that are no UTF-8 become U+FFFD, NaN and the infinities become null.
    """
    try:
        value = json.loads(line.decode("utf-8", "replace"), parse_constant=lambda _: None)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        mended = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
        _VALUES.decode(mended)
    except (ValueError, RecursionError):
        return None
    return mended


def compact(text: bytes) -> bytes | None:
    """Put a JSON document on one line without blanks; None where it is none."""
    if is_bomb(text):
        return None
    try:
        _VALUES.decode(text)
        return msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return mend(text)
    except RecursionError:
        return None


def is_bomb(line: bytes) -> bool:
    """Say whether a large text holds so many values that they would fill the memory once decoded."""
    return len(line) > LARGE and line.count(b"{") + line.count(b"[") + line.count(b",") > _MOST_VALUES


def parse_result(text: str) -> Any:
    """Give the value of a result whose whole text is a JSON object or list, else the text as it stands."""
    if not text or text[0] not in "{[ \t\r\n":
        return text
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return _VALUES.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return text
