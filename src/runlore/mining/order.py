"""The partial order of steps: an arrow only where it is necessary.

1. What a step reads has to come before it: a value that it is given, a field that its guard looks at.
2. Beyond that an order is a rule and no habit where different agents kept to it and no case went well the other way round. A look
   changes nothing, so nothing has to wait for it unless it is read.
3. Of steps that stand for one another, one is enough for what waits for them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

STABLE = 2
"""Cases in which one came before the other that make an arrow without a data edge, with at most one exception in EXCEPTIONS."""
EXCEPTIONS = 9
MOST_EXCEPTIONS = 1
"""Cases that went well in the opposite order, beyond which it is no necessary one, however many kept to it."""
ENOUGH = 0.95
"""Share of the cases of a step before which at least one of several others stood, for them to stand for one another."""
BOTH = 0.2
"""Share of the rarer of two steps that may stand in one case with the other, for them to stand for one another."""

Pair = tuple[str, str]


@dataclass(slots=True)
class Precedence:
    """Over cases: how often the first occurrence of one name stands before that of another, in how many cases each stands, and which agents did so."""

    before: Counter[Pair] = field(default_factory=Counter)
    cases: Counter[str] = field(default_factory=Counter)
    agents: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))
    known: set[str] = field(default_factory=set)


def precedence(sequences: Iterable[Sequence[str]], agents: Iterable[str] | None = None) -> Precedence:
    """Count the order of cases; ``agents`` tells for each case who worked ("" where that is not known)."""
    found = Precedence()
    rows = list(sequences)
    for sequence, agent in zip(rows, agents or [""] * len(rows), strict=True):
        firsts = list(dict.fromkeys(sequence))
        found.cases.update(firsts)
        found.known |= {agent} - {""}
        for position, name in enumerate(firsts):
            for later in firsts[position + 1 :]:
                found.before[name, later] += 1
                found.agents[name, later] |= {agent} - {""}
    return found


def arrange(names: Sequence[str], before: Mapping[Pair, int], place: Mapping[str, int] | None = None) -> list[str]:
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
    ordered: Sequence[str], seen: Precedence, needed: set[Pair], looks: frozenset[str] = frozenset()
) -> dict[str, tuple[str, ...]]:
    """Give for every name the names that must come before it, reduced: an arrow that follows from others is left out.

    ``needed`` are the pairs of which the second reads what the first gives, ``looks`` the names that change nothing.
    """
    place = {name: number for number, name in enumerate(ordered)}
    must: dict[str, set[str]] = {name: set() for name in ordered}
    for later in ordered:
        for earlier in ordered[: place[later]]:
            forth, back = seen.before.get((earlier, later), 0), seen.before.get((later, earlier), 0)
            read = (earlier, later) in needed and forth >= back
            if read or (earlier not in looks and _is_rule(earlier, later, seen)):
                must[later].add(earlier)
    reached: dict[str, set[str]] = {}
    reduced: dict[str, tuple[str, ...]] = {}
    for name in ordered:
        beyond = {far for near in must[name] for far in reached[near]}
        reduced[name] = tuple(n for n in ordered if n in must[name] and n not in beyond)
        reached[name] = must[name] | beyond
    return reduced


def _is_rule(earlier: str, later: str, seen: Precedence) -> bool:
    """Say whether an order is more than a habit: several agents, where they can be told apart, kept to it, and hardly a case went well without."""
    forth, back = seen.before.get((earlier, later), 0), seen.before.get((later, earlier), 0)
    if forth < STABLE or back > MOST_EXCEPTIONS or back * EXCEPTIONS > forth:
        return False
    return len(seen.known) < 2 or len(seen.agents[earlier, later]) > 1


def either(
    ordered: Sequence[str], after: Mapping[str, Sequence[str]], sequences: Iterable[Sequence[str]]
) -> tuple[tuple[str, ...], ...]:
    """Give the groups of names that stand for one another: a step waits for each of them, nearly every case of it did one first, and hardly any two."""
    rows = [list(dict.fromkeys(s)) for s in sequences]
    found: dict[tuple[str, ...], None] = {}
    for later in ordered:
        earlier = [{n for n in after[later] if n in row[: row.index(later)]} for row in rows if later in row]
        for size in range(len(after[later]), 1, -1):
            groups = [g for g in combinations(after[later], size) if _stand_for_one_another(g, earlier)]
            if groups:
                found[groups[0]] = None
                break
    return tuple(found)


def _stand_for_one_another(group: Sequence[str], earlier: Sequence[set[str]]) -> bool:
    counts = {n: sum(n in done for done in earlier) for n in group}
    if not earlier or sum(bool(done.intersection(group)) for done in earlier) < ENOUGH * len(earlier):
        return False
    return all(
        0 < counts[a] < ENOUGH * len(earlier)
        and 0 < counts[b] < ENOUGH * len(earlier)
        and sum(a in done and b in done for done in earlier) <= BOTH * min(counts[a], counts[b])
        for a, b in combinations(group, 2)
    )
