"""From signals to one score: how far a document is believed to fit, 0 to 1."""

from __future__ import annotations

import math
from typing import Final

from runlore.context.ranking.signals import Signals

WEIGHTS: Final = Signals(
    whole=0.5, title=0.2, lead=0.3, passage=1.0, pairs=0.2, about=0.5, named=0.1, served=0.5, habit=0.5
)
LEXICAL: Final = WEIGHTS._replace(about=0.0, named=0.0)
SLOPE: Final = 6.0
MIDDLE: Final = 0.8
FITS: Final = 0.3
"""The belief from which on a document is said to fit."""


def believe(signals: Signals, *, lexical: bool) -> float:
    """Give the belief that a document fits."""
    weights = LEXICAL if lexical else WEIGHTS
    told = sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
    return 1 / (1 + math.exp(-SLOPE * (told - MIDDLE)))
