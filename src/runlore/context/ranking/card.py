"""A document as ranking sees it: its terms as numbers, field by field, in order, and its vectors; and the bytes that it is kept in."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

LEAD: Final = 45
"""Terms at the beginning of a body that say what a document is about."""
_COUNTS: Final = 7


@dataclass(frozen=True, slots=True)
class Card:
    """``starts`` are the places in ``body`` where its sections begin, the first 0. ``served`` holds the terms of each request, one after the other,
    ``served_starts`` where each begins. ``about`` and ``named`` are the vectors of the beginning and of the title, empty without a word table."""

    title: Sequence[int]
    description: Sequence[int]
    body: Sequence[int]
    starts: Sequence[int]
    served: Sequence[int]
    served_starts: Sequence[int]
    about: Sequence[int] = ()
    named: Sequence[int] = ()

    def list_served(self) -> list[Sequence[int]]:
        """Give the terms of each request that the document has served."""
        return [self.served[start:end] for start, end in pairwise([*self.served_starts, len(self.served)])]


def render_card(card: Card) -> bytes:
    """Give the bytes of a card: the number of entries of each field, the entries as 32-bit numbers, the vectors."""
    fields = (card.title, card.description, card.body, card.starts, card.served, card.served_starts)
    head = array("I", [*(len(field) for field in fields), len(card.about)])
    for field in fields:
        head.extend(field)
    return head.tobytes() + array("b", card.about).tobytes() + array("b", card.named).tobytes()


def parse_card(data: bytes) -> Card:
    """Read the bytes of a card; raises ValueError where they are no card."""
    if len(data) < _COUNTS * 4:
        raise ValueError("a card is cut off")
    *counts, dimensions = array("I", data[: _COUNTS * 4])
    end = 4 * (_COUNTS + sum(counts))
    if len(data) != end + 2 * dimensions:
        raise ValueError("the lengths in a card do not add up")
    entries = array("I", data[_COUNTS * 4 : end]).tolist()
    ends = list(accumulate(counts))
    title, description, body, starts, served, served_starts = (
        entries[stop - count : stop] for count, stop in zip(counts, ends, strict=True)
    )
    vectors = array("b", data[end:])
    return Card(title, description, body, starts, served, served_starts, vectors[:dimensions], vectors[dimensions:])
