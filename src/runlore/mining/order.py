"""The partial order of steps: an arrow only where a data edge or stability over several sessions backs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

STABLE = 2
"""Cases in which one came before the other that make an arrow without a data edge, with at most one exception in EXCEPTIONS."""
EXCEPTIONS = 9


def precedence(sequences: Iterable[Sequence[str]]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Count, over cases, how often the first occurrence of one name stands before that of another, and in how many cases each stands."""
    before: Counter[tuple[str, str]] = Counter()
    cases: Counter[str] = Counter()
    for sequence in sequences:
        firsts = list(dict.fromkeys(sequence))
        cases.update(firsts)
        for position, name in enumerate(firsts):
            for later in firsts[position + 1 :]:
                before[name, later] += 1
    return before, cases


def arrange(
    names: Sequence[str], before: Mapping[tuple[str, str], int], place: Mapping[str, int] | None = None
) -> list[str]:
    """Put names into one order that agrees with most of the cases (Copeland's rule); where they do not say, by ``place``, then by name."""
    usual = place or {}

    def wins(name: str) -> int:
        total = 0
        for other in names:
            forth, back = before.get((name, other), 0), before.get((other, name), 0)
            total += (forth > back) - (forth < back)
        return total

    return sorted(names, key=lambda n: (-wins(n), usual.get(n, 0), n))


def arrows(
    ordered: Sequence[str], before: Mapping[tuple[str, str], int], data: set[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Give for every name the names that must come before it, reduced: an arrow that follows from others is left out."""
    place = {name: number for number, name in enumerate(ordered)}
    must: dict[str, set[str]] = {name: set() for name in ordered}
    for later in ordered:
        for earlier in ordered[: place[later]]:
            forth, back = before.get((earlier, later), 0), before.get((later, earlier), 0)
            if ((earlier, later) in data and forth >= back) or (forth >= STABLE and back * EXCEPTIONS <= forth):
                must[later].add(earlier)
    reached: dict[str, set[str]] = {}
    reduced: dict[str, tuple[str, ...]] = {}
    for name in ordered:
        beyond = {far for near in must[name] for far in reached[near]}
        reduced[name] = tuple(n for n in ordered if n in must[name] and n not in beyond)
        reached[name] = must[name] | beyond
    return reduced
