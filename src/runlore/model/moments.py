"""Points in time as texts name them."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_moment(text: str) -> float | None:
    """Read an ISO 8601 time or day, in seconds since the epoch; without a zone it is UTC. None where the text is none."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
