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
    whole=0.206, title=0.2, lead=0.186, passage=0.109, pairs=0.137, about=0.159, named=0.053, served=0.3, votes=0.3
)
"""What each signal weighs in the order."""
LEAST_BEST: Final = Signals(0.05, 0.05, 0.05, 0.05, 0.05, about=0.1, named=0.1, served=0.5, votes=0.3)
"""A signal whose best value is smaller than this counts less: there is nothing to choose between. For nearness it is the span that counts."""
BELIEF: Final = Signals(
    whole=0.5, title=0.2, lead=0.3, passage=1.0, pairs=0.2, about=0.5, named=0.1, served=0.5, votes=0.0
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
        _relate(column, weight, least, spans=name in {"about", "named"})
        for name, column, weight, least in zip(
            Signals._fields, zip(*measured, strict=True), ORDER, LEAST_BEST, strict=True
        )
    ]
    return [sum(row) for row in zip(*columns, strict=True)]


def _relate(column: Sequence[float], weight: float, least: float, *, spans: bool) -> list[float]:
    """Weigh a signal relative to its best value, counted from 0, or from its smallest where every document has some of it."""
    start = min(column) if spans else 0.0
    factor = weight / max(max(column) - start, least)
    return [(value - start) * factor for value in column]


def believe(signals: Signals, *, lexical: bool) -> float:
    """Give the belief that a document fits."""
    told = sum(weight * signal for weight, signal in zip(BELIEF, signals, strict=True))
    return 1 / (1 + math.exp(-SLOPE * (told - MIDDLE)))
