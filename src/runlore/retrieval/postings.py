"""Which documents hold a term, as bytes: two for a document's place in its block, in order, then one each for how much of the term it holds."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Final

BLOCK: Final = 4096
"""Documents in one block, by neighbouring ids."""


def parse_places(data: bytes) -> tuple[array[int], bytes]:
    """Read the places and the amounts; raises ValueError where the bytes are cut off."""
    count, rest = divmod(len(data), 3)
    if rest:
        raise ValueError("a list of places is cut off")
    places = array("H")
    places.frombytes(data[: 2 * count])
    return places, data[2 * count :]


def amend_places(data: bytes, changes: Mapping[int, int]) -> bytes:
    """Give a list with places set to new amounts, and those of amount 0 taken out."""
    places, amounts = parse_places(data)
    if not places or min(changes) > places[-1]:
        entries = [(place, amount) for place, amount in sorted(changes.items()) if amount]
        places.extend(place for place, _ in entries)
        amounts += bytes(amount for _, amount in entries)
        return places.tobytes() + amounts
    held = dict(zip(places, amounts, strict=True)) | dict(changes)
    kept = sorted((place, amount) for place, amount in held.items() if amount)
    return array("H", [place for place, _ in kept]).tobytes() + bytes(amount for _, amount in kept)
