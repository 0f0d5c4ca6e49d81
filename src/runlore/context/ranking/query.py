"""A query as ranking sees it: which terms it has, and how much each says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from runlore.context.ranking.meaning import WordTable
from runlore.context.ranking.terms import terms_of_word, written_words

LONGEST_QUERY: Final = 4000
"""Terms of a query that are looked at; what stands behind them is left out."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of a whole library: how many documents, their mean lengths in terms, and how many hold each of a query's terms."""

    documents: int
    mean_body: float
    mean_passage: float
    holders: Mapping[int, int]

    def rarity(self, term: int) -> float:
        """Give a term's inverse document frequency, above 0 always."""
        return rarity(self.holders.get(term, 0), self.documents)


@dataclass(frozen=True, slots=True)
class Query:
    """A query's known terms as numbers, in order; the weight of each; the weight of all, known or not; which stand side by side; its vector.

    ``written`` is how each term stands in the query. ``vector`` is empty where meanings are not to be compared.
    """

    terms: tuple[int, ...]
    weights: Mapping[int, float]
    total: float
    pairs: frozenset[tuple[int, int]]
    written: Mapping[int, str]
    vector: bytes = b""


def rarity(holders: int, documents: int) -> float:
    """Give the inverse document frequency of a term (Robertson and Spärck Jones, kept above 0)."""
    return math.log(1 + (documents - holders + 0.5) / (holders + 0.5))


def weigh_query(
    text: str, numbers: Mapping[str, int], statistics: Statistics, table: WordTable | None, *, lexical: bool
) -> Query:
    """Weigh a query's terms: rarer in the library, rarer in English, repeated more often weighs more; unknown terms weigh as the rarest.

    ``numbers`` gives the number of each term that the library holds.
    """
    rows = [(term, word) for word in written_words(text) for term in terms_of_word(word)][:LONGEST_QUERY]
    counts = Counter(term for term, _ in rows)
    written = dict(reversed(rows))  # where a term stands twice, as it stands first
    known: dict[int, float] = {}
    total = 0.0
    for term, count in counts.items():
        number = numbers.get(term, -1)
        common = math.sqrt(table.rarity(written[term].lower())) if table else 1.0
        weight = (
            math.log1p(count) * common * (statistics.rarity(number) if number >= 0 else rarity(0, statistics.documents))
        )
        total += weight
        if number >= 0:
            known[number] = weight
    order = tuple(numbers[term] for term, _ in rows if term in numbers)
    return Query(
        terms=order,
        weights=known,
        total=total,
        pairs=frozenset(
            pair
            for pair in pairwise(numbers.get(term, -1) for term, _ in rows)
            if min(pair) >= 0 and pair[0] != pair[1]
        ),
        written={numbers[term]: word for term, word in written.items() if term in numbers},
        vector=table.encode(text) if table and not lexical else b"",
    )
