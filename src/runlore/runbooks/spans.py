"""Which lines of a text hold which piece of a runbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """Lines ``first`` to before ``end``, from 0, of the piece ``key``; a piece may have several."""

    key: str
    first: int
    end: int


class Spans:
    """The spans found so far, and the known sections met."""

    def __init__(self) -> None:
        self.found: list[Span] = []
        self.fields: set[str] = set()

    def add(self, key: str, first: int, end: int) -> None:
        """Note a run of lines of a piece."""
        self.found.append(Span(key, first, end))

    def add_all(self, key: str, runs: Iterable[tuple[int, int]]) -> None:
        """Note all runs of lines of a piece."""
        for first, end in runs:
            self.add(key, first, end)


def uncovered_runs(
    lines: Sequence[str], first: int, end: int, covered: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """List the runs of lines between ``first`` and ``end`` that no range covers, without blank lines at their ends."""
    taken = {line for begin, stop in covered for line in range(begin, stop)}
    runs: list[tuple[int, int]] = []
    start = -1
    for at in range(first, end + 1):
        inside = at < end and at not in taken
        if inside and start < 0 and lines[at].strip():
            start = at
        elif not inside and start >= 0:
            stop = at
            while not lines[stop - 1].strip():
                stop -= 1
            runs.append((start, stop))
            start = -1
    return runs
