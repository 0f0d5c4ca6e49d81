"""Lenient access to JSON that others wrote: a wrong shape gives an empty value, never an exception."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from runlore.model.moments import parse_moment
from runlore.transcripts.base import Head
from runlore.transcripts.decoding import decode, parse_result

_MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138, as milliseconds 1973
_PACKINGS = (".gz", ".zst", ".zstd")


def head_values(head: Head, most: int) -> list[Any]:
    """Give the JSON values of a file's first lines; None for a line that is none."""
    return [head.document] if head.document is not None else [decode(line) for line in head.lines[:most]]


def mapping(value: object) -> dict[str, Any]:
    """Give the object, or an empty one where the value is none."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Give the list, or an empty one where the value is none."""
    return value if isinstance(value, list) else []


def string(value: object) -> str:
    """Give the text, or ``""`` where the value is none."""
    return value if isinstance(value, str) else ""


def count(value: object) -> int:
    """Give a non-negative whole number, or 0 where the value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    return max(0, int(value))


def seconds(value: object) -> float:
    """Give a time in seconds since the epoch, or 0.0: from ISO 8601 (without a zone UTC), seconds or milliseconds."""
    if isinstance(value, str):
        return parse_moment(value) or 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return 0.0
    return value / 1000 if value > _MILLISECONDS_FROM else float(value)


def arguments(value: object) -> Any:
    """Give a call's arguments: a JSON string is parsed, other text stands under ``input``, nothing is ``{}``."""
    if value is None or value == "":
        return {}
    if not isinstance(value, str):
        return value
    parsed = parse_result(value)
    return {"input": value} if isinstance(parsed, str) else parsed


def texts(content: object) -> Iterator[str]:
    """Give the texts of a message's content: a string, a block, or a list of strings and blocks with ``text``."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        yield string(content.get("text"))
    elif isinstance(content, list):
        for block in content:
            if isinstance(block, str):
                yield block
            elif isinstance(block, dict):
                yield string(block.get("text"))


def joined_text(content: object) -> str:
    """Give all texts of a message's content, one after the other, without the empty ones."""
    return "\n".join(text for text in texts(content) if text)


def stem(file: str) -> str:
    """Give a file's name without its packing (``.gz``, ``.zst``) and its ending."""
    name = PurePath(file.replace("\\", "/")).name
    for packing in _PACKINGS:
        name = name.removesuffix(packing)
    return PurePath(name).stem or "transcript"


def numbered(uses: dict[str, int], key: str) -> str:
    """Give an id for one more use of a key: the key itself, from the second use on with the ordinal behind it."""
    uses[key] = uses.get(key, 0) + 1
    return key if uses[key] == 1 else f"{key}#{uses[key]}"


class Tally(dict[str, int]):
    """How often each kind was seen; kinds that come from outside are cut to 80 characters."""

    def add(self, kind: str, times: int = 1) -> None:
        """Count a kind once more."""
        kind = kind[:80] or "without a type"
        self[kind] = self.get(kind, 0) + times
