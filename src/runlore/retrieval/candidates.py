"""Which few documents of a library are worth measuring for a query: those that hold most of its rare terms, and those nearest in meaning."""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import apsw

from runlore.context.ranking.meaning import sketch_of
from runlore.context.ranking.query import Query
from runlore.retrieval.postings import BLOCK, parse_places
from runlore.retrieval.write import SKETCH_BYTES, get_meta

BY_WORDS: Final = 64
BY_MEANING: Final = 32
MOST_PLACES: Final = 60_000
"""Places that a query may read: its rarest terms come first, and the commonest add nothing but time."""
_STEPS: Final = 16
_BITS: Final = 128
_NOWHERE: Final = ((1 << _BITS // 2) - 1) << _BITS
"""In place of a sketch where there is no document: farther from every sketch than a near one may be."""


@dataclass(slots=True)
class Library:
    """What every search needs of all documents, read once and then kept in step with the file, block by block."""

    generation: int = -1
    shelves: list[int] = field(default_factory=list)
    sketches: list[int] = field(default_factory=list)

    def refresh(self, connection: apsw.Connection) -> bool:
        """Read the blocks that changed since the last time; tell whether there were any."""
        now = int(get_meta(connection, "generation") or 0)
        if now == self.generation:
            return False
        for number, shelves, sketches in connection.execute(
            "SELECT id, shelves, sketches FROM block WHERE changed > ? ORDER BY id", (self.generation,)
        ):
            start = number * BLOCK
            if len(self.shelves) < start + BLOCK:
                grown = start + BLOCK - len(self.shelves)
                self.shelves += [0] * grown
                self.sketches += [_NOWHERE] * grown
            self.shelves[start : start + BLOCK] = array("H", shelves)
            self.sketches[start : start + BLOCK] = [
                int.from_bytes(sketches[at : at + SKETCH_BYTES], "little") or _NOWHERE
                for at in range(0, BLOCK * SKETCH_BYTES, SKETCH_BYTES)
            ]
        self.generation = now
        return True


def list_candidates(connection: apsw.Connection, library: Library, query: Query, shelves: Collection[int]) -> list[int]:
    """Give the numbers of the documents worth measuring, in order; ``shelves`` are the numbers of those asked for, none for all."""
    found = set(_by_words(connection, library, query, shelves))
    if query.vector and any(query.vector):
        found.update(_by_meaning(library, query.vector, shelves))
    return sorted(found)


def _by_words(connection: apsw.Connection, library: Library, query: Query, shelves: Collection[int]) -> list[int]:
    scores = [0] * len(library.shelves)
    read = 0
    for term, weight in sorted(query.weights.items(), key=lambda entry: (-entry[1], entry[0])):
        factor = max(1, round(weight * _STEPS))
        for block, data in connection.execute("SELECT block, places FROM posting WHERE term = ?", (term,)):
            places, amounts = parse_places(data)
            start = block * BLOCK
            for place, amount in zip(places, amounts, strict=True):
                scores[start + place] += amount * factor
            read += len(places)
        if read > MOST_PLACES:
            break
    if shelves:
        scores = [score if shelf in shelves else 0 for score, shelf in zip(scores, library.shelves, strict=True)]
    best = heapq.nlargest(BY_WORDS, scores)
    least = max(1, best[-1]) if best else 1
    return _first(scores, least, BY_WORDS)


def _first(scores: Sequence[int], least: int, most: int) -> list[int]:
    """Give the numbers of the scores above the least, and of as many equal to it as there is room for."""
    found = [number for number, score in enumerate(scores) if score >= least]
    if len(found) <= most:
        return found
    above = [number for number in found if scores[number] > least]
    equal = [number for number in found if scores[number] == least]
    return above + equal[: max(0, most - len(above))]


def _by_meaning(library: Library, vector: bytes, shelves: Collection[int]) -> list[int]:
    own = sketch_of(vector)
    differing = bytes([(sketch ^ own).bit_count() for sketch in library.sketches])
    if shelves:
        differing = bytes(
            [bits if shelf in shelves else _BITS for bits, shelf in zip(differing, library.shelves, strict=True)]
        )
    found = 0
    for bits in range(_BITS):
        found += differing.count(bits)
        if found >= BY_MEANING or bits == _BITS // 2 - 1:
            near = re.compile(b"[\\x00-%s]" % re.escape(bytes([bits])), re.DOTALL)
            places = [match.start() for match in near.finditer(differing)]
            return sorted(places, key=lambda place: (differing[place], place))[:BY_MEANING]
    return []
