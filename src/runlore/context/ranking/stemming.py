"""The stem of an English word, so that *restarting* finds *restart*.

M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980, with its author's two later departures (``bli`` and ``logi``): a word is seen as
runs of vowels and consonants, its measure is how often a consonant run follows a vowel run, and five steps take suffixes off where what is
left is long enough by that measure.
"""

from __future__ import annotations

import re
from typing import Final

_VOWEL: Final = "(?:[aeiou]|(?<=[^aeiou])y)"
_CONSONANT: Final = "(?:[bcdfghjklmnpqrstvwxz]|(?<=[aeiou])y|^y)"
_ONE: Final = re.compile(f"^{_CONSONANT}*{_VOWEL}+{_CONSONANT}")
_EXACTLY_ONE: Final = re.compile(f"^{_CONSONANT}*{_VOWEL}+{_CONSONANT}+{_VOWEL}*$")
_TWO: Final = re.compile(f"^{_CONSONANT}*(?:{_VOWEL}+{_CONSONANT}+){{2}}")
_HAS_VOWEL: Final = re.compile(f"^{_CONSONANT}*{_VOWEL}")
_DOUBLE: Final = re.compile(r"([^aeiouylsz])\1$")
_SHORT: Final = re.compile(f"{_CONSONANT}[aeiouy][^aeiouwxy]$")

_SECOND: Final = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al", "entli": "ent", "eli": "e",
    "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous",
    "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_THIRD: Final = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
_FOURTH: Final = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
)  # fmt: skip
_LONGEST_SUFFIX: Final = 7


def stem_of(word: str) -> str:
    """Give the stem of a word in lower case; a word that is not of plain letters, or has fewer than three, is its own stem."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    word = _past(_plural(word))
    if word.endswith("y") and _HAS_VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    word = _replace(word, _SECOND)
    word = _replace(word, _THIRD)
    return _final(_drop(word))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _ONE.match(word[:-3]) else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            rest = word[: -len(ending)]
            return _mend(rest) if _HAS_VOWEL.match(rest) else word
    return word


def _mend(rest: str) -> str:
    """Give a word its end back after ``ed`` or ``ing`` was taken off: an ``e``, or one letter of two."""
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if _DOUBLE.search(rest):
        return rest[:-1]
    if _EXACTLY_ONE.match(rest) and _is_short(rest):
        return rest + "e"
    return rest


def _is_short(word: str) -> bool:
    """Tell whether a word ends in consonant, vowel, consonant, the last none of w, x, y."""
    return _SHORT.search(word) is not None


def _replace(word: str, endings: dict[str, str]) -> str:
    """Replace the longest ending of a table where what stands before it has a measure of one at least."""
    for length in range(min(_LONGEST_SUFFIX, len(word) - 1), 2, -1):
        ending = word[-length:]
        if ending in endings:
            rest = word[:-length]
            return rest + endings[ending] if _ONE.match(rest) else word
    return word


def _drop(word: str) -> str:
    for ending in sorted((e for e in _FOURTH if word.endswith(e)), key=len, reverse=True):
        rest = word[: -len(ending)]
        if ending in {"sion", "tion"}:
            rest += ending[0]
        return rest if _TWO.match(rest) else word
    return word


def _final(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _TWO.match(rest) or (_ONE.match(rest) and not (_EXACTLY_ONE.match(rest) and _is_short(rest))):
            word = rest
    if word.endswith("ll") and _TWO.match(word[:-1]):
        word = word[:-1]
    return word
