"""Spans of time as runbooks write them: ``1 hour``, ``4 hours``, ``2 days``."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(\d{1,5})\s*(minute|hour|day|week|month|year)s?\b")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2_629_746, "year": 31_556_952}


def parse_span(text: str) -> int | None:
    """Read a span in microseconds; None where the text names none. A month is a twelfth of a mean year."""
    found = _SPAN.search(text.lower())
    return int(found[1]) * _SECONDS[found[2]] * 1_000_000 if found else None
