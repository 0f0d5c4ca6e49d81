"""What speaks for a document: how much of a query its fields hold, how near its meaning is, and whether it served the like before.

Each signal lies between 0 and 1 and is a share of what could be, so that signals are comparable over queries and libraries:

- ``whole``: weight of the query's terms in title, description and body, saturating with repetition and lowered in long documents
  (BM25F; Robertson, Zaragoza and Taylor 2004);
- ``title``: share of the title's own words that the query says; ``lead``: of the query, in description and beginning; ``passage``: in the best section;
- ``pairs``: neighbours in the query that are neighbours in the document;
- ``about``, ``named``: nearness in meaning to the beginning and to the title;
- ``served``: likeness to the nearest request that the document has served; ``habit``: to all of them together.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from runlore.context.ranking.card import LEAD, Card
from runlore.context.ranking.meaning import nearness
from runlore.context.ranking.query import Query, Statistics

SATURATION: Final = 1.5
LENGTH: Final = 0.75
PASSAGE_SATURATION: Final = 1.2
PASSAGE_LENGTH: Final = 0.5
LEAD_SATURATION: Final = 0.6
TITLE_WEIGHT: Final = 3.0
DESCRIPTION_WEIGHT: Final = 2.0
FEW: Final = 2.0
"""Weight added below a title's share, so that a title of one common word cannot be wholly matched."""
PAIRS_FLOOR: Final = 5.0


class Signals(NamedTuple):
    """What speaks for one document, each 0 to 1."""

    whole: float = 0.0
    title: float = 0.0
    lead: float = 0.0
    passage: float = 0.0
    pairs: float = 0.0
    about: float = 0.0
    named: float = 0.0
    served: float = 0.0
    habit: float = 0.0


def measure(query: Query, card: Card, statistics: Statistics) -> Signals:
    """Measure what speaks for a document. The statistics know every term of the query and of the card's title."""
    weights = query.weights
    total = query.total or 1.0
    hits = [(place, term) for place, term in enumerate(card.body) if term in weights]
    counts: Counter[int] = Counter(term for _, term in hits)
    lead = Counter(term for place, term in hits if place < LEAD)
    for term in card.description:
        if term in weights:
            counts[term] += DESCRIPTION_WEIGHT  # type: ignore[assignment]
            lead[term] += 1
    title = {term for term in card.title if term in weights}
    for term in title:
        counts[term] += TITLE_WEIGHT  # type: ignore[assignment]
    served, habit = _measure_served(query, card, statistics)
    return Signals(
        whole=_share(weights, counts, SATURATION, LENGTH, len(card.body) / statistics.mean_body, total),
        title=_title_share(title, card.title, statistics),
        lead=_share(weights, lead, LEAD_SATURATION, 0.0, 1.0, total),
        passage=_best_passage(weights, hits, card, statistics.mean_passage) / total,
        pairs=_pair_share(query, hits, card),
        about=max(0.0, nearness(memoryview(query.vector).cast("b"), card.about))
        if query.vector and card.about
        else 0.0,
        named=max(0.0, nearness(memoryview(query.vector).cast("b"), card.named))
        if query.vector and card.named
        else 0.0,
        served=served,
        habit=habit,
    )


def _share(
    weights: Mapping[int, float], counts: Counter[int], bend: float, lengthwise: float, length: float, total: float
) -> float:
    norm = bend * (1 - lengthwise + lengthwise * length)
    return sum(weights[term] * count / (count + norm) for term, count in counts.items()) / total


def _title_share(said: set[int], title: Sequence[int], statistics: Statistics) -> float:
    own = {term: statistics.rarity(term) for term in title}
    return sum(own[term] for term in said) / (sum(own.values()) + FEW)


def _best_passage(weights: Mapping[int, float], hits: Sequence[tuple[int, int]], card: Card, mean: float) -> float:
    """Give the weight of the query in the section that holds most of it."""
    sections: dict[int, Counter[int]] = {}
    starts = card.starts
    for place, term in hits:
        sections.setdefault(bisect_right(starts, place) - 1, Counter())[term] += 1
    best = 0.0
    for number, counts in sections.items():
        end = starts[number + 1] if number + 1 < len(starts) else len(card.body)
        length = (end - starts[number]) / mean
        best = max(best, _share(weights, counts, PASSAGE_SATURATION, PASSAGE_LENGTH, length, 1.0))
    return best


def _pair_share(query: Query, hits: Sequence[tuple[int, int]], card: Card) -> float:
    if not query.pairs:
        return 0.0
    found = {(one, other) for (at, one), (to, other) in pairwise(hits) if to == at + 1}
    found.update(pairwise(card.title))
    found.update(pairwise(card.description))
    return sum(weight for pair, weight in query.pairs.items() if pair in found) / (
        sum(query.pairs.values()) + PAIRS_FLOOR
    )


def compare_request(query: Query, terms: Sequence[int]) -> float:
    """Give how alike a query and a request that was served are, 0 to 1: the cosine of their weighted terms, the request's own at half weight."""
    both = sum(query.weights[term] for term in terms if term in query.weights)
    if not both:
        return 0.0
    alone = sum(term not in query.weights for term in terms)
    own = both + alone * query.total / max(len(query.terms), 1) / 2
    return min(1.0, both / math.sqrt(query.total * own))


def _measure_served(query: Query, card: Card, statistics: Statistics) -> tuple[float, float]:
    """Compare with the requests served: the nearest one, and how much commoner the query's terms are among them than among all requests."""
    rows = card.list_served()
    if not rows:
        return 0.0, 0.0
    holding = Counter(term for term in card.served if term in query.weights)
    return max(compare_request(query, terms) for terms in rows), _habit(query, holding, len(rows), statistics)


def _habit(query: Query, holding: Counter[int], requests: int, statistics: Statistics) -> float:
    known = sum(query.weights.values()) or 1.0
    told = 0.0
    for term, weight in query.weights.items():
        usual = (statistics.requested.get(term, 0) + 0.5) / (statistics.requests + 1)
        here = (holding.get(term, 0) + 2 * usual) / (requests + 2)
        told += weight * math.log(here / usual)
    return 1 / (1 + math.exp(-2 * told / known))
