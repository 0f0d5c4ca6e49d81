"""How much of one text stands in another: the share of their runs of terms that both have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

RUN: Final = 4
"""Terms in a run: long enough that two texts about one subject share few, short enough that an edit breaks few."""


def share_runs(one: Sequence[int], other: Sequence[int]) -> float:
    """Give the share of the runs of both texts that each of them has (Jaccard, after Broder 1997), 0 to 1; 0 where one of them is empty."""
    left, right = _runs(one), _runs(other)
    both = len(left & right)
    return both / (len(left) + len(right) - both) if both else 0.0


def _runs(terms: Sequence[int]) -> set[tuple[int, ...]]:
    length = min(RUN, len(terms))
    return {tuple(terms[at : at + length]) for at in range(len(terms) - length + 1)} if length else set()
