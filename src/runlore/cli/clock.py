"""The one place where the command line reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> int:
    """The time in whole microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


def day(microseconds: int) -> str:
    """Write a time as its day, in UTC; a dash for none."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).date().isoformat() if microseconds else "–"


def minute(microseconds: int) -> str:
    """Write a time to the minute, in UTC; a dash for none."""
    return f"{datetime.fromtimestamp(microseconds / 1e6, UTC):%Y-%m-%d %H:%M}" if microseconds else "–"
