"""Shares with the spread that sessions give them: cases of one session are alike, and do not count as so many."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

from runlore.model.backtest import Share

LEAST_SESSIONS: Final = 5
LEAST: Final = 10
"""Sessions, and things to foresee, from which on a share is something to go by."""
_NORMAL: Final = 1.96


class Count:
    """Hits and misses, by session."""

    def __init__(self) -> None:
        self._hits: dict[str, int] = defaultdict(int)
        self._totals: dict[str, int] = defaultdict(int)

    def add(self, session: str, hit: object) -> None:
        """Count one thing to foresee."""
        self._totals[session] += 1
        self._hits[session] += bool(hit)

    def share(self) -> Share:
        """The share and its 95 % interval.

        The estimator is the ratio of sums with sessions as clusters (Cochran, Sampling Techniques, ch. 6); where all or none hit, the
        interval is the rule of three's.
        """
        sessions = sorted(self._totals)
        total, hits = sum(self._totals.values()), sum(self._hits.values())
        enough = len(sessions) >= LEAST_SESSIONS and total >= LEAST
        if not total:
            return Share(0, 0, 0)
        ratio = hits / total
        if len(sessions) < 2:
            return Share(hits, total, len(sessions), 0.0, 1.0, enough=False)
        if hits in (0, total):
            slack = min(1.0, 3 / len(sessions))
            low, high = (0.0, slack) if not hits else (1 - slack, 1.0)
            return Share(hits, total, len(sessions), low, high, enough)
        rest = math.fsum((self._hits[s] - ratio * self._totals[s]) ** 2 for s in sessions)
        spread = _NORMAL * math.sqrt(rest * len(sessions) / (len(sessions) - 1)) / total
        low, high = max(0.0, ratio - spread), min(1.0, ratio + spread)
        return Share(hits, total, len(sessions), round(low, 4), round(high, 4), enough)
