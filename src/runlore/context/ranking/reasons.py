"""Why a document fits, in short phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from runlore.context.ranking.card import LEAD, Card
from runlore.context.ranking.query import Query
from runlore.context.ranking.signals import Signals, compare_request

MOST_WORDS: Final = 5
NEAR: Final = 0.35
"""Nearness in meaning from which on it is named."""
LIKE: Final = 0.35
"""Likeness to a request from which on it is named."""
_LONGEST_QUOTE: Final = 80


def explain(query: Query, card: Card, signals: Signals, requests: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the reasons: the words found, each with the first field that holds it; the meaning; the request served that is most alike."""
    lead = card.body[:LEAD]
    fields = (("title", card.title), ("description", card.description), ("beginning", lead), ("text", card.body))
    named: set[str] = set()
    reasons: list[str] = []
    for field, terms in fields:
        words = _heaviest(query, set(terms), named)
        if words:
            named.update(words)
            reasons.append(f"{field}: {', '.join(words)}")
    if max(signals.about, signals.named) >= NEAR:
        where = "beginning" if signals.about >= signals.named else "title"
        reasons.append(f"meaning: near its {where} ({max(signals.about, signals.named):.2f})")
    if signals.served >= LIKE and requests:
        reasons.append(f"served: “{_shorten(requests[_nearest(query, card)])}”")
    return tuple(reasons)


def _heaviest(query: Query, terms: set[int], named: Iterable[str]) -> list[str]:
    found = sorted((t for t in terms if t in query.weights), key=lambda t: (-query.weights[t], query.written[t]))
    words = dict.fromkeys(query.written[term].lower() for term in found)
    return [word for word in words if word not in named][:MOST_WORDS]


def _nearest(query: Query, card: Card) -> int:
    likeness = [compare_request(query, terms) for terms in card.list_served()]
    return likeness.index(max(likeness))


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1].rstrip()}…"
