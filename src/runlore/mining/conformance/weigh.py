"""What the signs of a case come to: one score between 0 and 1, from weights that outcomes correct where outcomes are on record.

The score is logistic in the signs' standardised logarithms. Without outcomes the weights are those of `signs`, and only what is usual is learned.
With outcomes they are the most probable ones under a normal prior around those (Newton's method on the penalised likelihood): few
outcomes move them little, and a sign that tells nothing falls back to what was thought of it. A rare sign has at least LEAST_SPREAD.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from runlore.mining.conformance.signs import SIGNS, Sign, Tally
from runlore.model.conformance import Deviation

VERSION: Final = 1
FIRM: Final = 500.0
"""How firmly the prior holds: the inverse of its variance. An outcome more or less moves a weight by at most about a five-hundredth."""
LEAST_SPREAD: Final = 0.25
LEAST_CASES: Final = 30
"""Cases from which on what is usual is learned, and outcomes of each kind (a third of it) from which on weights are."""
BIAS: Final = 1.0
IGNORED: Final = 1 / 3
"""What an ignored guard leaves of the score at most: no other virtue makes up for an act that a runbook forbids."""
TELLING: Final = 0.3
"""What a sign has to take from the score to be told."""
ROUNDS: Final = 12


class Weights(msgspec.Struct, frozen=True, array_like=True):
    """What the signs weigh, in the order of SIGNS: the usual logarithm of each, its spread, its weight; and what a usual case has.

    ``cases`` is how many cases were looked at, ``outcomes`` how many of them had one on record.
    """

    usual: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    cases: int = 0
    outcomes: int = 0
    version: int = VERSION


DEFAULT: Final = Weights(
    tuple(s.usual for s in SIGNS), tuple(s.spread for s in SIGNS), tuple(s.weight for s in SIGNS), BIAS
)


def learn(vectors: Sequence[Sequence[float]], outcomes: Sequence[float | None]) -> Weights:
    """Learn what is usual from the signs of cases, and the weights from the outcomes of those that have one. Deterministic."""
    if len(vectors) < LEAST_CASES:
        return DEFAULT
    usual = [math.fsum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    spread = [
        max(LEAST_SPREAD, math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(vectors)))
        for column, mean in zip(zip(*vectors, strict=True), usual, strict=True)
    ]
    rows = [
        ([(x - m) / s for x, m, s in zip(v, usual, spread, strict=True)], float(o >= 1))
        for v, o in zip(vectors, outcomes, strict=True)
        if o is not None
    ]
    good = sum(y for _, y in rows)
    weights, bias = [s.weight for s in SIGNS], BIAS
    if min(good, len(rows) - good) * 3 >= LEAST_CASES:
        weights, bias = _fit(rows, weights)
    return Weights(
        tuple(round(x, 6) for x in usual),
        tuple(round(x, 6) for x in spread),
        tuple(round(x, 6) for x in weights),
        round(bias, 6),
        len(vectors),
        len(rows),
    )


def _fit(rows: Sequence[tuple[list[float], float]], prior: Sequence[float]) -> tuple[list[float], float]:
    """The most probable weights and bias: Newton's method. A sign weighs against the case, so its slope is minus its weight."""
    size = len(prior)
    theta = [*(-w for w in prior), math.log((sum(y for _, y in rows) + 1) / (sum(1 - y for _, y in rows) + 1))]
    for _ in range(ROUNDS):
        slope = [0.0] * (size + 1)
        curve = [[0.0] * (size + 1) for _ in range(size + 1)]
        for x, y in rows:
            full = [*x, 1.0]
            p = _logistic(math.fsum(t * v for t, v in zip(theta, full, strict=True)))
            _add(slope, curve, full, p - y, p * (1 - p))
        for n in range(size):
            slope[n] += FIRM * (theta[n] + prior[n])
            curve[n][n] += FIRM
        step = _solve(curve, slope)
        theta = [t - s for t, s in zip(theta, step, strict=True)]
        if max(abs(s) for s in step) < 1e-7:
            break
    return [-t for t in theta[:-1]], theta[-1]


def _add(slope: list[float], curve: list[list[float]], full: list[float], error: float, share: float) -> None:
    for n, value in enumerate(full):
        slope[n] += error * value
        if value:
            row, factor = curve[n], share * value
            for m in range(n + 1):
                row[m] += factor * full[m]


def _solve(lower: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system, given by its lower half (Cholesky)."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for n in range(size):
        for m in range(n + 1):
            rest = lower[n][m] - math.fsum(root[n][k] * root[m][k] for k in range(m))
            root[n][m] = math.sqrt(max(rest, 1e-12)) if n == m else rest / root[m][m]
    middle: list[float] = []
    for n in range(size):
        middle.append((right[n] - math.fsum(root[n][k] * middle[k] for k in range(n))) / root[n][n])
    found = [0.0] * size
    for n in reversed(range(size)):
        found[n] = (middle[n] - math.fsum(root[k][n] * found[k] for k in range(n + 1, size))) / root[n][n]
    return found


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def weigh(tally: Tally, weights: Weights) -> tuple[float, dict[str, float]]:
    """Give the score of a case, and by sign what it takes from it (negative where the case has less of it than usual)."""
    parts = {
        sign.name: weight * (x - usual) / spread
        for sign, x, usual, spread, weight in zip(
            SIGNS, tally.vector(), weights.usual, weights.spread, weights.weights, strict=True
        )
    }
    score = _logistic(weights.bias - math.fsum(parts.values()))
    return round(score * (IGNORED if tally.counts.get("guard") else 1.0), 4), parts


def tell(tally: Tally, parts: dict[str, float]) -> tuple[tuple[str, Deviation], ...]:
    """The deviations that signs of the conversation are, where they stand out, each with its sign; those of the runbook are told when they happen."""
    found = []
    for sign in SIGNS:
        count = tally.counts.get(sign.name, 0)
        if count and parts[sign.name] >= TELLING and _text(sign, count):
            places = tuple(tally.places.get(sign.name, ()))
            found.append((sign.name, Deviation(sign.kind, 0, _text(sign, count), places, round(parts[sign.name], 4))))
    return tuple(found)


def _text(sign: Sign, count: int) -> str:
    return "" if sign.always else sign.tell(count)
