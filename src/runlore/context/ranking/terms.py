"""From text to the terms that search compares: lower case, without accents, stemmed, in order, words that carry nothing left out.

An identifier counts as a whole and in its parts (``KubePodCrashLooping``: itself, *kube*, *pod*, *crash*, *loop*). Scripts that are written
without spaces give pairs of neighbouring characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from runlore.context.ranking.stemming import stem_of

LONGEST_WORD: Final = 64
"""Characters of the longest run that is a word; what is longer is encoded data."""

_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
STOP_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from has have if in into is it its of on or that the their then there these they this those to was were will "
        "with you your we our us i me my he him his she her them nor can could may might must shall should would do does did done doing been being "
        "am which who whom whose what when where why how than so such but also use used using uses about just very here please",
    )
)


def terms_of(text: str) -> list[str]:
    """Give the terms of a text in order, repeated as often as they stand there."""
    return [term for word in written_words(text) for term in terms_of_word(word)]


def written_words(text: str) -> list[str]:
    """Give the words of a text as they are written, without accents."""
    return _WORD.findall(_without_accents(text))


def words_of(text: str) -> list[str]:
    """Give the words of a text in lower case, identifiers in their parts, nothing stemmed and nothing left out."""
    return [part for word in written_words(text) for part in parts_of_word(word)]


@lru_cache(maxsize=200_000)
def terms_of_word(word: str) -> tuple[str, ...]:
    """Give the terms of one word as it is written: none for a stop word, the whole and its parts for an identifier."""
    parts = parts_of_word(word)
    kept = [
        stem_of(part)
        for part in parts
        if part not in STOP_WORDS and (len(parts) == 1 or len(part) > 1 or part.isdigit())
    ]
    if len(parts) > 1 and word.isascii():
        return (stem_of(word.lower()), *kept)
    return tuple(kept)


@lru_cache(maxsize=200_000)
def parts_of_word(word: str) -> tuple[str, ...]:
    """Give the parts of one word in lower case."""
    if len(word) > LONGEST_WORD and not _UNSPACED.search(word):
        return ()
    if word.isascii():
        return (word.lower(),) if word.islower() else tuple(part.lower() for part in _PART.findall(word))
    if _UNSPACED.search(word):
        return tuple(word[i : i + 2].lower() for i in range(max(len(word) - 1, 1)))
    return (word.lower(),)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in plain if unicodedata.category(c) != "Mn"))
