"""How likely a difference is by chance alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def fisher(ours: int, of: int, theirs: int, among: int) -> float:
    """Give the one-sided exact probability (Fisher 1935) that at least ``ours`` of ``of`` would have a mark, given that
    ``ours + theirs`` of all ``of + among`` have it and that the mark has nothing to do with the side."""
    marked, total = ours + theirs, of + among
    if not of or not among or not ours:
        return 1.0
    whole = _log_choose(total, of)
    chance = sum(
        exp(_log_choose(marked, k) + _log_choose(total - marked, of - k) - whole)
        for k in range(ours, min(of, marked) + 1)
        if of - k <= total - marked
    )
    return min(1.0, chance)


def holm(chances: Sequence[float]) -> list[float]:
    """Correct the chances of several tests for their number (Holm 1979), in their order."""
    ranked = sorted(range(len(chances)), key=lambda n: (chances[n], n))
    corrected = [1.0] * len(chances)
    least = 0.0
    for rank, n in enumerate(ranked):
        least = max(least, min(1.0, chances[n] * (len(chances) - rank)))
        corrected[n] = least
    return corrected


def count_testable(least: Sequence[float], allowed: float) -> int:
    """Give by how many tests a chance is to be multiplied (Tarone 1990): those count that could have come out below the bound at all,
    ``least`` being the smallest chance that the margins of each allow."""
    return next(k for k in range(1, len(least) + 2) if sum(p * k <= allowed for p in least) <= k)
