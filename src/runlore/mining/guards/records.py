"""Which earlier result a condition reads: the record that the guarded call is about, as it was last seen.

A case looks at several orders and then cancels one. ``step 2 $.status`` means the status of that one:

1. Of the results of the activity so far, the one whose call shares most argument values with the guarded call; the latest of equals.
2. A later result, of whatever activity, that names the same thing in the same field (``$.order_id``, the value that both calls
   were given) is the record as it is now: its fields count before those of the older one. Where it lacks a field, the older one is read.
3. Among the values of a list, all results that share as many argument values are read, and what came later of the same thing:
   the variants of all products that were looked up, where the call names no product; the payments of the one order that it names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from runlore.mining.leaves import is_map, render_path, scalar_text

_LEAST_DIGITS = 3
"""Digits from which on a bare number tells one thing from another; ``2`` is a quantity or a page."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One earlier result: its activity, the telling values that its call was given, and the plain fields at its top (path → text)."""

    activity: str
    given: frozenset[str]
    fields: Mapping[str, str]


def is_telling(value: str) -> bool:
    """Say whether a value can tell one thing from another: no flag, no small number, no single letter."""
    if value.lstrip("-").replace(".", "", 1).isdigit():
        return sum(c.isdigit() for c in value) >= _LEAST_DIGITS
    return len(value) >= 2 and value.lower() not in ("true", "false", "none", "null", "yes", "no")


def top_fields(result: object) -> dict[str, str]:
    """Give the plain values at the top of a result and one level below, by path, as text."""
    if not isinstance(result, dict):
        return {}
    found: dict[str, str] = {}
    for key, value in result.items():
        inner = value.items() if isinstance(value, dict) and not is_map(value) else ((None, value),)
        for name, item in inner:
            if not isinstance(item, dict | list | bool) and item is not None:
                found[render_path((key,) if name is None else (key, name))] = scalar_text(item)
    return found


def telling(values: Iterable[str]) -> frozenset[str]:
    """Give the telling ones among some values."""
    return frozenset(v for v in values if is_telling(v))


def find_record(seen: Sequence[Seen], activity: str, wanted: Collection[str]) -> tuple[int, ...]:
    """Give the places in ``seen`` of the results to read for an activity, the newest first; none where it has not run.

    ``seen`` are the results so far in their order, those that went well; ``wanted`` the telling argument values of the guarded call.
    """
    alike = _most_alike(seen, activity, wanted)
    return (*reversed(_later(seen, alike[-1], wanted)), alike[-1]) if alike else ()


def list_records(seen: Sequence[Seen], activity: str, wanted: Collection[str]) -> tuple[int, ...]:
    """Give the places in ``seen`` of all results to read for an activity among the values of a list, in their order."""
    alike = _most_alike(seen, activity, wanted)
    return tuple(sorted({*alike, *(n for a in alike for n in _later(seen, a, wanted))}))


def _most_alike(seen: Sequence[Seen], activity: str, wanted: Collection[str]) -> list[int]:
    """The results of an activity whose calls share most argument values with the guarded one."""
    shared = {n: len(s.given.intersection(wanted)) for n, s in enumerate(seen) if s.activity == activity}
    most = max(shared.values(), default=0)
    return [n for n, count in shared.items() if count == most]


def _later(seen: Sequence[Seen], record: int, wanted: Collection[str]) -> list[int]:
    """Later results about the same thing: they hold a value that both calls were given in the same field."""
    given = seen[record].given.intersection(wanted)
    names = [(p, v) for p, v in seen[record].fields.items() if v in given]
    return [n for n in range(record + 1, len(seen)) if any(seen[n].fields.get(p) == v for p, v in names)]
