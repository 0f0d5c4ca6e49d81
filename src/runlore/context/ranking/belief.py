"""From signals to an order, and to one score: how far a document is believed to fit, 0 to 1.

The order comes from a weighted sum in which every signal counts relative to the best candidate's. The score comes from the signals themselves by a
logistic regression, so that it is comparable over queries and libraries. ``benchmarks/search.md`` tells what the weights were fitted on.
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
BELIEF: Final = Signals(whole=7.8, title=3.6, lead=6.0, passage=1.1, pairs=5.8, about=2.6, named=0.6)
"""What each signal adds to the logarithm of the odds that a document fits, fitted on what fits and on queries of foreign libraries; nearness
at half of what was fitted, because foreign queries of one trade sound alike."""
LEXICAL: Final = Signals(whole=7.9, title=4.0, lead=6.7, passage=1.0, pairs=5.9)
"""The same where meanings are not compared."""
LONG: Final = 1.8
"""What the length of a query adds (its logarithm): of a long one a smaller share can be expected in any document."""
START: Final = -12.5
LEXICAL_START: Final = -11.5
ALIKE: Final = 0.6
"""Likeness to a request served from which on a document is as likely to fit as not for that alone."""
STEEP: Final = 12.0
FITS: Final = 0.27
"""The belief from which on a document is said to fit."""
CLEAR: Final = 0.1
"""The belief that is enough where one runbook stands clear of all others."""
LEAD: Final = 5.0
"""How many times the next one's belief that takes."""


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


def stands_clear(best: float, following: float) -> bool:
    """Tell whether the best runbook fits: by its own belief, or because it stands clear of the next one.

    A request is full of its own names and dates, which no runbook holds and which lower every belief alike; what they leave as it was is how far
    the right runbook is ahead. ``benchmarks/search.md`` tells what this costs with requests that nothing fits.
    """
    return best >= FITS or (best >= CLEAR and best >= LEAD * following)


def _relate(column: Sequence[float], weight: float, least: float, *, spans: bool) -> list[float]:
    """Weigh a signal relative to its best value, counted from 0, or from its smallest where every document has some of it."""
    start = min(column) if spans else 0.0
    factor = weight / max(max(column) - start, least)
    return [(value - start) * factor for value in column]


def believe(signals: Signals, terms: int, *, lexical: bool) -> float:
    """Give the belief that a document fits a query of so many distinct known terms: by what it says, or by a request that it has served."""
    weights, start = (LEXICAL, LEXICAL_START) if lexical else (BELIEF, START)
    told = (
        start + LONG * math.log1p(terms) + sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
    )
    served = _share(STEEP * (signals.served - ALIKE)) if signals.served else 0.0
    return 1 - (1 - _share(told)) * (1 - served)


def _share(odds: float) -> float:
    """Give the probability of a logarithm of odds."""
    return 1 / (1 + math.exp(-odds))
