"""Where the values that a call used could have been read.

For every scalar argument all the places that held the value before the call: paths in earlier results and the person's
words. Which of them is the rule is decided later, over many runs (mining/rules.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import msgspec

from runlore.mining.leaves import argument_leaves, generalise, render_path, result_leaves, scalar_text, select

MOST_PLACES = 60
"""Rules kept per value; a value that stands in more places than this says little about any of them."""
MOST_STANDING = 200
"""Places looked at for one value, the nearest; what stands in more of them ("pending") is no trace of anything."""

_LETTERS = re.compile(r"[a-z]+")
_DIGITS = re.compile(r"\d+")
_TELLING = re.compile(r"https?://[^\s\"'<>)]{6,}|[\w-]*\d[\w-]{5,}")
_STRIP = ".,;:!?()'\""


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A rule that gives the value: the producing activity, the path in its results, and how many distinct values it gives here.

    ``call`` is the number of the nearest call (in the case) whose result held it, ``fresh`` says that nothing before that call did.
    """

    activity: str
    path: str
    width: int
    call: int
    fresh: bool


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One scalar argument of one call: ``words`` is how many words of the request look like it where the request holds it, else 0.

    ``kind`` is ``text``, ``number``, ``flag`` or ``nothing``.
    """

    name: str
    value: str
    kind: str
    words: int
    places: tuple[Place, ...]


class Words:
    """The person's words so far, and how many of them look like a value."""

    def __init__(self) -> None:
        self._text = ""
        self._shapes: dict[str, set[str]] = defaultdict(set)

    def add(self, text: str) -> None:
        """Take in what the person said next."""
        self._text += "\n" + text.lower()
        for token in text.split():
            word = token.strip(_STRIP).lower()
            self._shapes[shape(word)].add(word)

    def width(self, value: str) -> int:
        """Give how many distinct words a reader could mistake for the value, itself included; 0 if it was never said."""
        low = value.lower()
        if low not in self._text:
            return 0
        alike = self._shapes.get(shape(low), ())
        return len(alike) + (low not in alike)


def shape(word: str) -> str:
    """Reduce a word to its shape: letters to one ``a``, digits to one ``0``."""
    return _LETTERS.sub("a", _DIGITS.sub("0", word.strip(_STRIP).lower()))


@dataclass(slots=True)
class _Standing:
    """Where a value stands: the call, its activity, its result and the path in it; the rules are worked out when they are asked for."""

    call: int
    activity: str
    result: Any
    path: tuple[Any, ...]
    rules: tuple[tuple[Any, ...], ...] = ()


class Results:
    """The results of the calls so far, indexed by the values in them."""

    def __init__(self) -> None:
        self._by_activity: dict[str, list[Any]] = defaultdict(list)
        self._where: dict[str, list[_Standing]] = defaultdict(list)
        self._given: dict[tuple[str, tuple[Any, ...]], tuple[int, set[str]]] = {}

    def add(self, call: int, activity: str, result: Any) -> None:
        """Take in the result of call number ``call``: a JSON value, or text (then the whole text is one value)."""
        if result is None or (isinstance(result, str) and (not result or len(result) > 200)):
            return
        self._by_activity[activity].append(result)
        if not isinstance(result, dict | list):
            self._where[scalar_text(result).strip('"')].append(_Standing(call, activity, result, (), ((),)))
            return
        for path, value in result_leaves(result):
            if value is None or value == "" or isinstance(value, bool):
                continue
            self._where[scalar_text(value)].append(_Standing(call, activity, result, path))

    def places(self, value: str) -> tuple[Place, ...]:
        """Give every rule that would have given the value, each once, nearest producer first."""
        seen: dict[tuple[str, tuple[Any, ...]], int] = {}
        standing = self._where.get(value, [])
        first = standing[0].call if standing else 0
        for spot in standing[: -MOST_STANDING - 1 : -1]:
            spot.rules = spot.rules or generalise(spot.result, spot.path)
            for rule in spot.rules:
                seen.setdefault((spot.activity, rule), spot.call)
            if len(seen) >= MOST_PLACES:
                break
        return tuple(
            Place(activity, render_path(rule), self._width(activity, rule), call, call == first)
            for (activity, rule), call in list(seen.items())[:MOST_PLACES]
        )

    def inside(self, text: str) -> tuple[Place, ...]:
        """Give the rules for a value that stands within a longer text: the first telling one (an id, a link) that an earlier result held."""
        for token in _TELLING.findall(text[:2000]):
            found = self.places(token.rstrip(".,;:!?)"))
            if found:
                return found
        return ()

    def _width(self, activity: str, rule: tuple[Any, ...]) -> int:
        """How many distinct values a rule gives over the results so far; each result is looked at once a rule."""
        results = self._by_activity[activity]
        done, found = self._given.get((activity, rule), (0, set()))
        for result in results[done:]:
            found |= select(result, rule)
        self._given[activity, rule] = len(results), found
        return max(len(found), 1)


def bind(arguments: Any, words: Words, results: Results) -> tuple[Binding, ...]:
    """Give the bindings of one call's arguments, in the order in which they stand; list items share a name."""
    bindings = []
    for name, value in argument_leaves(arguments if isinstance(arguments, dict) else {}):
        if value is None or value == "":
            bindings.append(Binding(name, "", "nothing", 0, ()))
            continue
        text = scalar_text(value)
        if isinstance(value, bool):
            bindings.append(Binding(name, text, "flag", 0, ()))
            continue
        kind = "text" if isinstance(value, str) else "number"
        if len(text) > 24 and " " in text:
            places = results.places(text) if len(text) <= 400 else ()
            bindings.append(Binding(name, text[:400], kind, words.width(text), places or results.inside(text)))
            continue
        if len(text) > 400:
            bindings.append(Binding(name, text[:400], kind, int(words.width(text) > 0), ()))
            continue
        bindings.append(Binding(name, text, kind, words.width(text), results.places(text)))
    return tuple(bindings)
