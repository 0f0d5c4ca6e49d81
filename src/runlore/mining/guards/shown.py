"""What a result shows to a condition: its values by generalised path, few enough to keep for every call."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from runlore.mining.leaves import WILD, Path, is_map, render_path, result_leaves

MOST_PATHS = 48
MOST_VALUES = 12
"""Distinct values kept of one path; a path with more is known by its count and sum alone."""
LONGEST_VALUE = 80
_PLAIN_RESULT = "$"


class Leaf(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What stands at one generalised path of a result: how many scalars, their distinct values in order (text, number, flag or null),
    whether these are all, and the sum of the numbers."""

    path: str
    count: int
    values: tuple[str | int | float | bool | None, ...]
    whole: bool
    total: float


def show(result: Any) -> tuple[Leaf, ...]:
    """Give the leaves of a result, in its order: a JSON value's by path (indices and id-like keys as ``[*]``), a short text under ``$``."""
    if not isinstance(result, dict | list):
        if result is None or (isinstance(result, str) and not 0 < len(result) <= LONGEST_VALUE):
            return ()
        return (_leaf(_PLAIN_RESULT, [result]),)
    found: dict[Path, list[Any]] = {}
    for path, value in result_leaves(result):
        wide = _widen(result, path)
        if wide in found or len(found) < MOST_PATHS:
            found.setdefault(wide, []).append(value)
    return tuple(_leaf(render_path(path), values) for path, values in found.items())


def _widen(root: Any, path: Path) -> Path:
    """Put a wildcard for every index and every id-like key."""
    wide: list[Any] = []
    item = root
    for segment in path:
        varies = isinstance(segment, int) or (isinstance(item, dict) and is_map(item))
        wide.append(WILD if varies else segment)
        item = item[segment]
    return tuple(wide)


def _leaf(path: str, values: list[Any]) -> Leaf:
    distinct: dict[tuple[type, Any], None] = {}
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)]
    for value in values:
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            continue
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
            continue
        distinct.setdefault((type(value), value), None)
    kept = tuple(v for _, v in distinct)[:MOST_VALUES]
    short = all(not isinstance(v, str) or len(v) <= LONGEST_VALUE for v in values)
    return Leaf(path, len(values), kept, short and len(distinct) <= MOST_VALUES, float(sum(numbers)))
