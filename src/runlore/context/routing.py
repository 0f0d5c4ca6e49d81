"""Which workflow fits a request, or none.

Every request that a workflow has served is indexed beside its own words. A request is compared with the requests of
each workflow by a multinomial naive Bayes over content words and their pairs (Rennie and others 2003: weights by term
frequency and document frequency, length normalised), and "nothing fits" is an answer where too little of it is known.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_REQUESTS = 400
"""Requests kept of one workflow, the latest; more teach little."""

KNOWN_SHARE = 0.25
"""Share of a request's content words (by weight) that must be known to the library at all."""


@dataclass(frozen=True, slots=True)
class Route:
    """A workflow that fits: its name and how well, 0 to 1."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Served:
    """What a workflow is known by: its own words, and those of each request that it served."""

    name: str
    words: tuple[str, ...]
    requests: tuple[tuple[str, ...], ...]


class Router:
    """Ranks workflows for requests; built once from what each has served."""

    def __init__(self, library: Sequence[Served]) -> None:
        self._names = [entry.name for entry in library]
        frequency: Counter[str] = Counter()
        documents = 0
        for entry in library:
            for request in (*entry.requests, entry.words):
                frequency.update(set(_features(request)))
                documents += 1
        self._idf = {t: math.log((documents + 1) / (n + 0.5)) for t, n in frequency.items()}
        self._weights = [self._learn(entry) for entry in library]
        self._prior = [math.log(len(entry.requests) + 1) for entry in library]

    def _learn(self, entry: Served) -> dict[str, float]:
        mass: dict[str, float] = defaultdict(float)
        for request in (*entry.requests, entry.words):
            vector = self._vector(request)
            for term, weight in vector.items():
                mass[term] += weight
        return dict(mass)

    def _vector(self, words: Iterable[str]) -> dict[str, float]:
        counts = Counter(_features(words))
        raw = {t: math.log1p(n) * self._idf[t] for t, n in counts.items() if t in self._idf}
        length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
        return {t: w / length for t, w in raw.items()}

    def route(self, words: Sequence[str], most: int = 10) -> tuple[Route, ...]:
        """Give the workflows that fit, best first; none where the request speaks of something else."""
        known = {w for w in words if w in self._idf}
        if not words or not self._names:
            return ()
        unheard = math.log(2 * (1 + max(self._idf.values(), default=1.0)))
        weight = sum(self._idf[w] for w in known)
        total = weight + unheard * sum(1 for w in set(words) if w not in self._idf)
        if not known or weight < KNOWN_SHARE * total:
            return ()
        vector = self._vector(words)
        vocabulary = len(self._idf)
        scores = []
        for mass, prior in zip(self._weights, self._prior, strict=True):
            total_mass = sum(mass.values()) + 0.05 * vocabulary
            scores.append(0.1 * prior + sum(w * math.log((mass.get(t, 0.0) + 0.05) / total_mass) for t, w in vector.items()))
        top = max(scores)
        shares = [math.exp(min(0.0, s - top)) for s in scores]
        ranked = sorted(zip(self._names, shares, strict=True), key=lambda r: (-r[1], r[0]))[:most]
        return tuple(Route(name, round(share, 4)) for name, share in ranked)


def _features(words: Iterable[str]) -> list[str]:
    """Content words and pairs of neighbours."""
    items = list(words)
    return items + [f"{a} {b}" for a, b in zip(items, items[1:], strict=False)]
