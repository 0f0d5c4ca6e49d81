"""From signals to an order, and to one score: how far a document is believed to fit, 0 to 1.

The order comes from a weighted sum in which every signal counts relative to the best candidate's. The score comes from the signals themselves, so
that it is comparable over queries. The weights were fitted on collections of command manuals and lint rules, none of which is a library of runbooks
(``benchmarks/search.md``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from runlore.context.ranking.signals import Signals

ORDER: Final = Signals(
    whole=0.206, title=0.151, lead=0.186, passage=0.109, pairs=0.137, about=0.159, named=0.053, served=0.2, habit=0.1
)
"""What each signal weighs in the order."""
LEAST_BEST: Final = 0.05
"""A signal whose best value is smaller than this counts less: there is nothing to choose between."""
LEAST_SPREAD: Final = 0.1
"""The same for the span of nearness, of which every document has some."""
BELIEF: Final = Signals(
    whole=0.5, title=0.2, lead=0.3, passage=1.0, pairs=0.2, about=0.5, named=0.1, served=0.5, habit=0.0
)
SLOPE: Final = 6.0
MIDDLE: Final = 0.8
FITS: Final = 0.3
"""The belief from which on a document is said to fit."""


def order(measured: Sequence[Signals]) -> list[float]:
    """Give each candidate's place in the order as a number, 0 to 1: the greater the better."""
    if not measured:
        return []
    columns = [
        _relative(name, column) for name, column in zip(Signals._fields, zip(*measured, strict=True), strict=True)
    ]
    return [sum(weight * value for weight, value in zip(ORDER, row, strict=True)) for row in zip(*columns, strict=True)]


def _relative(name: str, column: Sequence[float]) -> list[float]:
    best = max(column)
    if name in {"about", "named"}:
        least = min(column)
        span = max(best - least, LEAST_SPREAD)
        return [(value - least) / span for value in column]
    span = max(best, LEAST_BEST)
    return [value / span for value in column]


def believe(signals: Signals, *, lexical: bool) -> float:
    """Give the belief that a document fits."""
    told = sum(weight * signal for weight, signal in zip(BELIEF, signals, strict=True))
    return 1 / (1 + math.exp(-SLOPE * (told - MIDDLE)))
