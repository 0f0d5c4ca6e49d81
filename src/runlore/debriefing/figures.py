"""Honest figures: what runs cost and how they went, revision by revision, against what was seen before; with n and spread, and "not enough runs" where that is the truth.

Medians and quartiles, because one long run says nothing. Whether two samples differ is asked of the Mann-Whitney U test (normal approximation with
correction for ties), shares of success are given with Wilson's interval. Nothing is estimated: a figure that was not measured is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import erfc, sqrt
from typing import Literal

ENOUGH = 5
"""Runs on either side below which nothing is compared."""
MARKS = (3, 10, 30)
"""After how many runs an accepted change is judged against the state before it."""
_SURE = 0.05
_Z = 1.96


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What was measured of one run or mined case. ``tokens`` and ``deviations`` are None where nothing measured them; ``revision`` is empty for cases
    from before the runbook. Times are seconds; ``waited`` is how long questions to people stood open, 0 where nobody was asked."""

    name: str
    revision: str
    success: bool
    seconds: float
    tokens: int | None = None
    failures: int = 0
    deviations: int | None = None
    questions: int = 0
    escalations: int = 0
    rejections: int = 0
    corrections: int | None = None
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of a sample with its quartiles, and how many measured it."""

    n: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Some runs together: how many, how many went well (with the 95 % interval of the share), and each figure with its spread (None where nobody measured it)."""

    n: int
    successes: int
    interval: tuple[float, float]
    seconds: Spread | None
    tokens: Spread | None
    failures: Spread | None
    deviations: Spread | None
    corrections: Spread | None
    questions: int
    escalations: int
    rejections: int
    waited: Spread | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure before and after: the change in per cent (negative is less), and what can be said of it."""

    figure: str
    before: Spread | None
    after: Spread | None
    change: float | None
    verdict: Literal["less", "more", "no difference that shows", "not enough runs", "not measured"]


def summarise(runs: Sequence[RunFigures]) -> Summary:
    """Summarise runs."""
    good = sum(r.success for r in runs)
    return Summary(
        len(runs),
        good,
        wilson(good, len(runs)),
        _spread([r.seconds for r in runs if r.seconds > 0]),
        _spread([float(r.tokens) for r in runs if r.tokens is not None]),
        _spread([float(r.failures) for r in runs]),
        _spread([float(r.deviations) for r in runs if r.deviations is not None]),
        _spread([float(r.corrections) for r in runs if r.corrections is not None]),
        sum(r.questions for r in runs),
        sum(r.escalations for r in runs),
        sum(r.rejections for r in runs),
        _spread([r.waited for r in runs if r.waited > 0]),
    )


FIGURES: dict[str, Callable[[RunFigures], float | None]] = {
    "seconds": lambda r: r.seconds or None,
    "tokens": lambda r: None if r.tokens is None else float(r.tokens),
    "failures": lambda r: float(r.failures),
    "deviations": lambda r: None if r.deviations is None else float(r.deviations),
    "corrections": lambda r: None if r.corrections is None else float(r.corrections),
    "success": lambda r: float(r.success),
}
"""What is compared, each with how it is read off a run. Of success more is better, of the others less."""


def compare(before: Sequence[RunFigures], after: Sequence[RunFigures]) -> tuple[Compared, ...]:
    """Compare two sets of runs, figure by figure; a saving that is none is shown as what it is."""
    return tuple(_compare(name, read, before, after) for name, read in FIGURES.items())


def _compare(
    name: str, read: Callable[[RunFigures], float | None], before: Sequence[RunFigures], after: Sequence[RunFigures]
) -> Compared:
    a = [v for v in map(read, before) if v is not None]
    b = [v for v in map(read, after) if v is not None]
    first, second = _spread(a), _spread(b)
    if first is None or second is None:
        return Compared(name, first, second, None, "not measured")
    change = 100 * (second.median - first.median) / first.median if first.median else None
    if min(len(a), len(b)) < ENOUGH:
        return Compared(name, first, second, change, "not enough runs")
    if rank_test(a, b) > _SURE:
        return Compared(name, first, second, change, "no difference that shows")
    return Compared(name, first, second, change, "less" if sum(b) / len(b) < sum(a) / len(a) else "more")


def judge_change(
    runs: Sequence[RunFigures], revision: str, order: Sequence[str]
) -> tuple[tuple[int, tuple[Compared, ...]], ...]:
    """Judge an accepted change after 3, 10 and 30 runs of its revision against the runs of the one before it; marks not reached yet are left out.

    ``order`` names the revisions from the first to the newest.
    """
    at = order.index(revision)
    if at == 0:
        return ()
    before = [r for r in runs if r.revision == order[at - 1]]
    after = [r for r in runs if r.revision == revision]
    return tuple((mark, compare(before, after[:mark])) for mark in MARKS if len(after) >= mark)


def wilson(good: int, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927); the whole range for no runs."""
    if n == 0:
        return 0.0, 1.0
    share = good / n
    middle = share + _Z * _Z / (2 * n)
    width = _Z * sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    return max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale)


def rank_test(a: Sequence[float], b: Sequence[float]) -> float:
    """Give the two-sided p-value of the Mann-Whitney U test, by the normal approximation with ties and continuity corrected; 1.0 where all are equal."""
    values = sorted([(v, 0) for v in a] + [(v, 1) for v in b])
    n, m = len(a), len(b)
    rank = 1.0
    total = ties = 0.0
    for _, group in groupby(values, key=lambda entry: entry[0]):
        own = list(group)
        size = len(own)
        total += sum(1 - side for _, side in own) * (rank + (size - 1) / 2)
        ties += size**3 - size
        rank += size
    u = total - n * (n + 1) / 2
    every = n + m
    variance = n * m / 12 * ((every + 1) - ties / (every * (every - 1))) if every > 1 else 0.0
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / sqrt(variance)
    return erfc(z / sqrt(2))


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(values)
    return Spread(len(ordered), _quantile(ordered, 0.25), _quantile(ordered, 0.5), _quantile(ordered, 0.75))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
