"""Which earlier result a condition reads: the record that the guarded call is about, as it was last seen.

A case looks at several orders and then cancels one. ``step 2 $.status`` means the status of that one:

1. Of the results of the activity so far, the one whose call shares most argument values with the guarded call; the latest of equals.
2. A later result, of whatever activity, that names the same thing in the same field (``$.order_id``) is the record as it is
   now: its fields count before those of the older one. Where it lacks a field, the older one is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

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


def telling(values: Iterable[str]) -> frozenset[str]:
    """Give the telling ones among some values."""
    return frozenset(v for v in values if is_telling(v))


def find_record(seen: Sequence[Seen], activity: str, wanted: Collection[str]) -> tuple[int, ...]:
    """Give the places in ``seen`` of the results to read for an activity, the newest first; none where it has not run.

    ``seen`` are the results so far in their order, those that went well; ``wanted`` the telling argument values of the guarded call.
    """
    own = [n for n, s in enumerate(seen) if s.activity == activity]
    if not own:
        return ()
    best = max(own, key=lambda n: (len(seen[n].given.intersection(wanted)), n))
    names = [(p, v) for p, v in seen[best].fields.items() if v in wanted]
    later = [n for n in range(best + 1, len(seen)) if any(seen[n].fields.get(p) == v for p, v in names)]
    return (*reversed(later), best)
