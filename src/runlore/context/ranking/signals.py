"""What speaks for a document: how much of a query its fields hold, how near its meaning is, and whether it served the like before.

Each signal lies between 0 and 1 and is a share of what could be, so that signals are comparable over queries and libraries:

- ``whole``: weight of the query's terms in title, description and body, saturating with repetition and lowered in long documents
  (BM25F; Robertson, Zaragoza and Taylor 2004);
- ``title``: share of the title's own words that the query says; ``lead``: of the query, in description and beginning; ``passage``: in the best section;
- ``pairs``: neighbours in the query that are neighbours in the document. Words of titles and neighbours weigh by their rarity among the candidates: what all of
  them share does not tell them apart;
- ``about``, ``named``: nearness in meaning to the beginning and to the title;
- ``served``: likeness to the nearest request that the document has served; ``votes``: its share of the requests most alike, of all that were served.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from runlore.context.ranking.card import LEAD, Card
from runlore.context.ranking.meaning import nearness
from runlore.context.ranking.query import Query, Statistics, rarity

SATURATION: Final = 1.5
LENGTH: Final = 0.75
PASSAGE_SATURATION: Final = 1.2
PASSAGE_LENGTH: Final = 0.5
LEAD_SATURATION: Final = 0.6
TITLE_WEIGHT: Final = 3.0
DESCRIPTION_WEIGHT: Final = 2.0
FEW: Final = 2.0
"""Weight added below a title's share, so that a title of one common word cannot be wholly matched."""
FEW_PAIRS: Final = 5.0
"""Weight added below the share of pairs, so that one pair of a short query does not decide."""
POWER: Final = 4.0
"""How much more a request that is more alike counts in the vote."""
VOTERS: Final = 5
"""Requests of one document that vote, the most alike."""

Pair = tuple[int, int]
_Key = TypeVar("_Key", bound=Hashable)


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
    votes: float = 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What of a query stands in one document: terms by place in the body, terms of the title, pairs."""

    hits: Sequence[tuple[int, int]]
    title: frozenset[int]
    pairs: frozenset[Pair]


def measure(query: Query, cards: Sequence[Card], statistics: Statistics) -> list[Signals]:
    """Measure what speaks for each of the candidates, which are the library as far as rarity among them goes."""
    found = [_find(query, card) for card in cards]
    titles = rarities_among(len(cards), Counter(term for card in cards for term in set(card.title)))
    pairs = rarities_among(len(cards), Counter(pair for one in found for pair in one.pairs))
    unseen = rarity(0, len(cards))
    every_pair = sum(pairs.get(pair, unseen) for pair in query.pairs) + FEW_PAIRS
    alike = [[compare_request(query, terms) for terms in card.list_served()] for card in cards]
    votes = _share_votes(alike)
    vector = memoryview(query.vector).cast("b")
    measured = []
    for card, one, likenesses, vote in zip(cards, found, alike, votes, strict=True):
        whole, lead, passage = _measure_words(query, card, one, statistics)
        said, own = sum(titles[term] for term in one.title), sum(titles[term] for term in set(card.title))
        near = bool(vector) and bool(card.about)
        measured.append(
            Signals(
                whole=whole,
                title=said / (own + FEW),
                lead=lead,
                passage=passage,
                pairs=sum(pairs[pair] for pair in one.pairs) / every_pair,
                about=max(0.0, nearness(vector, card.about)) if near else 0.0,
                named=max(0.0, nearness(vector, card.named)) if near else 0.0,
                served=max(likenesses, default=0.0),
                votes=vote,
            )
        )
    return measured


def rarities_among(count: int, holders: Mapping[_Key, int]) -> dict[_Key, float]:
    """Give the inverse document frequency of everything that some of ``count`` documents hold."""
    return {key: rarity(number, count) for key, number in holders.items()}


def _find(query: Query, card: Card) -> _Found:
    weights, wanted = query.weights, query.pairs
    hits = [(place, term) for place, term in enumerate(card.body) if term in weights]
    pairs = {(one, other) for (at, one), (to, other) in pairwise(hits) if to == at + 1 and (one, other) in wanted}
    for field in (card.title, card.description):
        pairs.update(pair for pair in pairwise(field) if pair in wanted)
    title = frozenset(term for term in card.title if term in weights)
    return _Found(hits, title, frozenset(pairs))


def _measure_words(query: Query, card: Card, found: _Found, statistics: Statistics) -> tuple[float, float, float]:
    """Give the share of a query's weight that the whole document, its beginning and its best section hold."""
    weights, total = query.weights, query.total or 1.0
    counts: dict[int, float] = {**Counter(term for _, term in found.hits)}
    lead: dict[int, float] = {**Counter(term for place, term in found.hits if place < LEAD)}
    for term in card.description:
        if term in weights:
            counts[term] = counts.get(term, 0) + DESCRIPTION_WEIGHT
            lead[term] = lead.get(term, 0) + 1
    for term in found.title:
        counts[term] = counts.get(term, 0) + TITLE_WEIGHT
    whole = _share(weights, counts, _norm(SATURATION, LENGTH, len(card.body) / statistics.mean_body))
    beginning = _share(weights, lead, LEAD_SATURATION)
    return whole / total, beginning / total, _best_passage(weights, found.hits, card, statistics.mean_passage) / total


def _share(weights: Mapping[int, float], counts: Mapping[int, float], norm: float) -> float:
    return sum(weights[term] * count / (count + norm) for term, count in counts.items())


def _norm(saturation: float, length_weight: float, length: float) -> float:
    return saturation * (1 - length_weight + length_weight * length)


def _best_passage(weights: Mapping[int, float], hits: Sequence[tuple[int, int]], card: Card, mean: float) -> float:
    """Give the weight of the query in the section that holds most of it."""
    sections: dict[int, dict[int, float]] = {}
    starts = card.starts
    for place, term in hits:
        counts = sections.setdefault(bisect_right(starts, place) - 1, {})
        counts[term] = counts.get(term, 0) + 1
    best = 0.0
    for number, counts in sections.items():
        end = starts[number + 1] if number + 1 < len(starts) else len(card.body)
        best = max(
            best, _share(weights, counts, _norm(PASSAGE_SATURATION, PASSAGE_LENGTH, (end - starts[number]) / mean))
        )
    return best


def compare_request(query: Query, terms: Sequence[int]) -> float:
    """Give how alike a query and a request that was served are, 0 to 1: the cosine of their terms, those of the request alone as heavy as the query's on average."""
    both = sum(query.weights[term] for term in terms if term in query.weights)
    if not both:
        return 0.0
    alone = sum(term not in query.weights for term in terms)
    own = both + alone * query.total / max(len(query.terms), 1) / 2
    return min(1.0, both / math.sqrt(query.total * own))


def _share_votes(likenesses: Sequence[Sequence[float]]) -> list[float]:
    """Give each document's share of the votes of the requests most alike (nearest neighbours, weighted), times the likeness of the nearest of all."""
    votes = [sum(sorted((likeness**POWER for likeness in row), reverse=True)[:VOTERS]) for row in likenesses]
    total = sum(votes)
    if not total:
        return [0.0] * len(votes)
    best = max(max(row, default=0.0) for row in likenesses)
    return [best * vote / total for vote in votes]
