"""Nearness in meaning by a table of word vectors: a text is the weighted mean of its pieces' vectors.

The table is distilled from a public sentence encoder by ``tools/build_semantic_table.py``. Each of its rows is a piece of a word (WordPiece: the
longest piece from the left, then on), rarer pieces weigh more, and the number of a row is the rank of its piece by frequency in English.

Vectors are summed as lanes of one large integer, so that a text of a thousand words costs well below a millisecond without any library.
"""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Final

from runlore.context.ranking.terms import words_of

SCALE: Final = 400
"""What a component of 1 in a vector of length 1 is as an integer; components beyond 127 are cut off, which is rare."""
RARE: Final = 27_000
"""The rank from which on a word is as rare as can be."""
COMMON: Final = 60
"""Words of about this rank and below carry next to nothing."""
LONGEST_PIECED: Final = 40
_BIAS: Final = 1 << 15
_LANE: Final = 4
_CONTINUED: Final = "##"

Vector = array  # of 'b', one byte a dimension


@dataclass(frozen=True, slots=True)
class WordTable:
    """Vectors of pieces of words: ``rows`` gives each piece's place by its text, ``vectors`` holds ``dimensions`` signed bytes a row, ``weights`` one byte."""

    encoder: str
    dimensions: int
    rows: Mapping[str, int]
    vectors: bytes
    weights: bytes
    _lanes: dict[int, int] = field(default_factory=dict, compare=False, repr=False)
    _pieces: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def rarity(self, word: str) -> float:
        """Tell how rare a word in lower case is in English, 0 (the commonest) to 1 (not among the pieces)."""
        rank = self.rows.get(word, RARE)
        return min(1.0, math.log(1 + rank / COMMON) / math.log(1 + RARE / COMMON))

    def encode(self, text: str) -> bytes:
        """Give the vector of a text: ``dimensions`` signed bytes; all zero where no word of it is known."""
        counts = Counter(row for word in words_of(text) for row in self.pieces_of(word))
        if not counts:
            return bytes(self.dimensions)
        lanes = self._lanes
        total = number = 0
        for row, count in counts.items():
            lane = lanes.get(row)
            if lane is None:
                lane = lanes[row] = self._lane(row)
            total += lane * count
            number += count
        summed = array("I")
        summed.frombytes(total.to_bytes(self.dimensions * _LANE, "little"))
        bias = number * _BIAS
        return _normalise([value - bias for value in summed])

    def pieces_of(self, word: str) -> tuple[int, ...]:
        """Give the rows of a word's pieces; none where the table cannot spell it."""
        found = self._pieces.get(word)
        if found is None:
            found = self._pieces[word] = self._split(word)
        return found

    def _split(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        start = 0
        while start < len(word) <= LONGEST_PIECED:
            mark = _CONTINUED if start else ""
            ends = range(len(word), start, -1)
            row, end = next(((self.rows[p], e) for e in ends if (p := mark + word[start:e]) in self.rows), (-1, start))
            if row < 0:
                return ()
            found.append(row)
            start = end
        return tuple(found)

    def _lane(self, row: int) -> int:
        size, weight = self.dimensions, self.weights[row]
        vector = memoryview(self.vectors)[row * size : row * size + size].cast("b")
        return int.from_bytes(array("I", [value * weight + _BIAS for value in vector]).tobytes(), "little")


def _normalise(values: Sequence[int]) -> bytes:
    length = math.sqrt(sum(map(mul, values, values)))
    if not length:
        return bytes(len(values))
    factor = SCALE / length
    return array("b", [max(-127, min(127, round(value * factor))) for value in values]).tobytes()


def nearness(one: Sequence[int], other: Sequence[int]) -> float:
    """Give the cosine of two vectors as signed bytes (``memoryview(...).cast("b")``), -1 to 1."""
    total: int = sum(map(mul, one, other))
    return total / (SCALE * SCALE)


def sketch_of(vector: bytes) -> int:
    """Give the signs of a vector's components as bits of one integer; the fewer bits differ, the nearer the vectors."""
    return int("".join("1" if value < 128 else "0" for value in vector), 2) if any(vector) else 0


def spell_table(pieces: Iterable[str]) -> dict[str, int]:
    """Give each piece's row, in the order in which they stand."""
    return {unicodedata.normalize("NFC", piece): row for row, piece in enumerate(pieces)}
