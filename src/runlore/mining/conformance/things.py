"""Things that were shown and spoken of by name, and with which nothing was done: what a person asked for may be among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from runlore.model import Source

MOST_THINGS: Final = 400
MOST_SIBLINGS: Final = 20
"""Things shown together; a longer list is a catalogue to choose from."""
_NAMES: Final = ("name", "title", "label", "subject", "summary", "description")
_WORD: Final = re.compile(r"[a-z]+")
_LEAST_SHARE: Final = 0.75
"""Share of a name's words, from which on words speak of it; the last word, which says what kind of thing it is, does alone."""
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class _Thing:
    """A record in a list: its name's words, the identifiers by which it or what it belongs to is known, where it was shown."""

    name: tuple[str, ...]
    ids: frozenset[str]
    place: Source


class Things:
    """The things of one case."""

    def __init__(self) -> None:
        self._things: dict[tuple[tuple[str, ...], frozenset[str]], _Thing] = {}
        self._said: set[str] = set()
        self._touched: set[str] = set()

    def hear(self, text: str) -> None:
        """Take in what the person said."""
        self._said.update(_stem(word) for word in _WORD.findall(text.lower()))

    def show(self, result: Any, place: Source) -> None:
        """Take in what a read has shown."""
        if len(self._things) >= MOST_THINGS:
            return
        for record, owner in _records(result):
            name = _name_of(record)
            ids = frozenset(_identifiers(record)) | frozenset(_identifiers(owner))
            if name and ids:
                self._things.setdefault((name, ids), _Thing(name, ids, place))

    def touch(self, values: AbstractSet[str]) -> None:
        """Take in with which values something was done."""
        self._touched |= values

    def untouched(self) -> tuple[tuple[str, Source], ...]:
        """The names that were spoken of and with none of whose bearers anything was done, each once, with a place."""
        done = {thing.name for thing in self._things.values() if thing.ids & self._touched}
        left: dict[tuple[str, ...], Source] = {}
        for thing in self._things.values():
            if thing.name not in done and self._is_spoken_of(thing.name):
                left.setdefault(thing.name, thing.place)
        return tuple((" ".join(name), place) for name, place in sorted(left.items()))

    def _is_spoken_of(self, name: tuple[str, ...]) -> bool:
        known = sum(_stem(word) in self._said for word in name)
        return known >= _LEAST_SHARE * len(name) or _stem(name[-1]) in self._said


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _records(result: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The objects in short lists and tables of objects, each with the object that holds the list."""
    stack: list[Any] = [result]
    while stack:
        item = stack.pop()
        if not isinstance(item, dict):
            continue
        for value in item.values():
            kids = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
            if kids and len(kids) <= MOST_SIBLINGS and all(isinstance(kid, dict) for kid in kids):
                for kid in kids:
                    yield kid, item
            elif isinstance(value, dict):
                stack.append(value)


def _name_of(record: dict[str, Any]) -> tuple[str, ...]:
    """The words by which a record calls itself: a field that is named so."""
    text = next((record[key] for key in _NAMES if isinstance(record.get(key), str)), "")
    words = tuple(word for word in _WORD.findall(text.lower()) if len(word) > 2) if len(text) <= _LONGEST else ()
    return words[:6]


def _identifiers(record: dict[str, Any]) -> Iterator[str]:
    """The values that may name a record: short texts with a digit."""
    for value in record.values():
        if isinstance(value, str) and 3 < len(value) <= 40 and " " not in value and any(c.isdigit() for c in value):
            yield value
