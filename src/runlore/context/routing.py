"""Which workflow fits a request, or none.

A multinomial logistic regression (maximum entropy, with L2 penalty) over the content words of requests that workflows have served, on top of the
words of each workflow's own title: a library with few requests behind it is routed by titles, one with many by experience.

1. Requests that are the same piece of work done again (same ids in the effect's arguments) count together as little more than one: otherwise the
   subject of the moment, which repeats too, drowns the verb that tells kinds of work apart.
2. A word counts from a number of distinct instances on that grows with the library; it weighs by its rarity over instances.
3. What is said later weighs more, and the first and last lines are features of their own: people open with what they want and change their mind.
4. Nothing fits when most of what is said is unknown to the library, or when nothing in it speaks for any workflow.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

VERSION = 2
MOST_REQUESTS = 400
"""Requests kept of one workflow, the latest; more teach little."""
KNOWN_SHARE = 0.2
"""Share of a request's content words that must be known to the library at all."""
OWN = 2.0
"""Weight of a title's word that a request uses."""
OPENING = 2
"""Lines at the beginning of a request that are features of their own."""
CLOSING = 1
"""Lines at its end that are."""
RECENT = 2.0
"""How much more the last line weighs than the first, growing with the square of its place."""
ROUNDS = 120
PENALTY = 1.0
RATE = 2.0

Lines = tuple[tuple[str, ...], ...]
"""The content words of a request, line by line."""


@dataclass(frozen=True, slots=True)
class Route:
    """A workflow that fits: its name and how sure that is, 0 to 1."""

    name: str
    score: float


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request that was served: its words, which piece of work it was (equal for the same work done again), and how many workflows shared it."""

    lines: Lines
    instance: int
    shared: int = 1


@dataclass(frozen=True, slots=True)
class Served:
    """What a workflow is known by: the words of its title, and the requests that it served."""

    name: str
    own: tuple[str, ...]
    requests: tuple[Request, ...]


class Router(msgspec.Struct, frozen=True):
    """What was learned: per workflow the weight of every feature and its own words; the rarity of every feature."""

    names: tuple[str, ...]
    own: tuple[tuple[str, ...], ...]
    rarity: dict[str, float]
    weights: tuple[dict[str, float], ...]
    vocabulary: frozenset[str]
    version: int = VERSION

    def route(self, lines: Lines, most: int = 10) -> tuple[Route, ...]:
        """Give the workflows that fit, best first; none where the request speaks of something else."""
        words = {w for line in lines for w in line}
        own = {w for row in self.own for w in row}
        known = words & (self.vocabulary | own)
        if not known or len(known) < KNOWN_SHARE * len(words):
            return ()
        features, said = _features(lines)
        vector = _weigh(features, self.rarity)
        titles = _title_scores(said, self.own)
        learned = [sum(x * w.get(t, 0.0) for t, x in vector.items()) for w in self.weights]
        if max(titles, default=0.0) <= 0 and max(learned, default=0.0) < 0.1:
            return ()
        scores = [t + s for t, s in zip(titles, learned, strict=True)]
        shares = _softmax(scores)
        ranked = sorted(zip(self.names, shares, strict=True), key=lambda r: (-r[1], r[0]))[:most]
        return tuple(Route(name, round(share, 4)) for name, share in ranked)


def train(library: Sequence[Served]) -> Router:
    """Learn a router from what each workflow has served. Deterministic; the library's order does not matter."""
    entries = sorted(library, key=lambda e: e.name)
    names = tuple(e.name for e in entries)
    own = tuple(tuple(dict.fromkeys(e.own)) for e in entries)
    rows = _rows(entries)
    size = Counter(instance for _, _, instance, _ in rows)
    seen: dict[str, set[int]] = defaultdict(set)
    for features, _, instance, _ in rows:
        for feature in features:
            seen[feature].add(instance)
    least = min(6, max(1, len(size) // 10))
    rarity = {t: math.log((len(size) + 1) / (len(s) + 0.5)) for t, s in sorted(seen.items()) if len(s) >= least}
    rarity.update({w: math.log(len(size) + 2) for row in own for w in row if w not in rarity})
    samples = [
        (_weigh(f, rarity), _title_scores(said, own), goal, (0.5 if len(goal) > 1 else 1.0) / math.sqrt(size[i]))
        for f, said, i, goal in rows
    ]
    weights = _fit(samples, len(names))
    vocabulary = frozenset(t for t in seen if " " not in t and ":" not in t)
    return Router(names, own, rarity, weights, vocabulary)


_Sample = tuple[dict[str, float], list[float], dict[int, float], float]


def _rows(entries: Sequence[Served]) -> list[tuple[Counter[str], Counter[str], int, dict[int, float]]]:
    """Every distinct request once, with the workflows that it belongs to."""
    goals: dict[tuple[Lines, int], list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for request in entry.requests:
            goals[request.lines, request.instance].append(number)
    rows = []
    for (lines, instance), numbers in sorted(goals.items()):
        features, said = _features(lines)
        rows.append((features, said, instance, {n: 1 / len(numbers) for n in numbers}))
    return rows


def _features(lines: Lines) -> tuple[Counter[str], Counter[str]]:
    """Words and pairs of neighbours, later ones heavier, the first and the last lines again as ``start:WORD`` and ``end:WORD``; and the words for the titles."""
    features: Counter[str] = Counter()
    said: Counter[str] = Counter()
    last = max(len(lines) - 1, 1)
    for number, line in enumerate(lines):
        weight = 1 + RECENT * (number / last) ** 2
        closing = number >= len(lines) - CLOSING
        for word in line:
            features[word] += weight  # type: ignore[assignment]
            said[word] += (1 + number / last) * (3 if closing else 1)  # type: ignore[assignment]
            if closing:
                features[f"end:{word}"] += 1
            if number < OPENING:
                features[f"start:{word}"] += 1
        for one, other in pairwise(line):
            features[f"{one} {other}"] += weight  # type: ignore[assignment]
    return features, said


def _weigh(features: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    raw = {t: math.log1p(n) * max(rarity[t], 0.05) for t, n in features.items() if t in rarity}
    length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
    return {t: w / length for t, w in raw.items()}


def _title_scores(said: Counter[str], own: Sequence[Sequence[str]]) -> list[float]:
    """How much of each workflow's title a request says, words that many titles share counting less."""
    shared = Counter(w for row in own for w in row)
    total = len(own) + 1
    return [
        OWN
        * sum(math.log1p(said[w]) * math.log(total / shared[w]) for w in row if w in said)
        / math.sqrt(len(row) or 1)
        for row in own
    ]


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores, default=0.0)
    raised = [math.exp(s - top) for s in scores]
    total = sum(raised)
    return [r / total for r in raised]


def _fit(samples: Sequence[_Sample], kinds: int) -> tuple[dict[str, float], ...]:
    """Gradient descent with a fixed step, ROUNDS times over all samples; the title scores are a fixed offset.

    There is no bias: how often a kind of work was asked for so far says little about what is asked for now.
    """
    weights: list[dict[str, float]] = [{} for _ in range(kinds)]
    total = sum(weight for *_, weight in samples) or 1.0
    keep = 1 - RATE * PENALTY / total if total > RATE * PENALTY else 0.5
    for _ in range(ROUNDS):
        slopes: list[dict[str, float]] = [defaultdict(float) for _ in range(kinds)]
        for vector, offset, goal, weight in samples:
            scores = [offset[k] + sum([x * w[t] for t, x in vector.items() if t in w]) for k, w in enumerate(weights)]
            for k, share in enumerate(_softmax(scores)):
                error = weight * (share - goal.get(k, 0.0))
                if abs(error) > 1e-3:
                    slope = slopes[k]
                    for t, x in vector.items():
                        slope[t] += error * x
        for k in range(kinds):
            own = weights[k]
            for t in own:
                own[t] *= keep
            for t, slope_t in slopes[k].items():
                own[t] = own.get(t, 0.0) - RATE * 10 * slope_t / total
    return tuple({t: round(w, 6) for t, w in sorted(row.items())} for row in weights)


def lines_of(words: Iterable[Sequence[str]]) -> Lines:
    """Make the lines of a request, empty ones left out."""
    return tuple(tuple(line) for line in words if line)
