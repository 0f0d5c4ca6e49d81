"""The table of word vectors that is shipped with the package."""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import zstandard

from runlore.context.ranking.meaning import WordTable, spell_table

MAGIC: Final = b"RLWORDS1"
_LARGEST: Final = 32 << 20


class _Header(msgspec.Struct, frozen=True):
    encoder: str
    dimensions: int
    rows: int


@cache
def read_word_table() -> WordTable:
    """Read the shipped table, once a process; it is made by ``tools/build_semantic_table.py``."""
    return parse_word_table((files("runlore.retrieval") / "words.bin").read_bytes())


def parse_word_table(data: bytes) -> WordTable:
    """Parse a table: the mark, then compressed a header's length, the header as JSON, the pieces by lines, their weights, their vectors."""
    if not data.startswith(MAGIC):
        raise ValueError("this is no table of word vectors")
    body = zstandard.ZstdDecompressor().decompress(data[len(MAGIC) :], max_output_size=_LARGEST)
    (length,) = struct.unpack_from("<I", body)
    header = msgspec.json.decode(body[4 : 4 + length], type=_Header)
    end = body.index(b"\0", 4 + length)
    rows = spell_table(body[4 + length : end].decode().split("\n"))
    weights = body[end + 1 : end + 1 + header.rows]
    vectors = body[end + 1 + header.rows :]
    if len(rows) != header.rows or len(vectors) != header.rows * header.dimensions:
        raise ValueError("the table of word vectors is cut off")
    return WordTable(header.encoder, header.dimensions, rows, vectors, weights)
