"""What search reads and what it gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Searchable:
    """An approved revision of a document as search reads it.

    ``name`` is unique and qualified (``runbooks/publish-instagram-post``). ``requests`` are the requests that the document has served, oldest
    first, each the person's own words. ``revision`` is the hash that readers are sent to.
    """

    name: str
    shelf: str
    title: str
    description: str
    body: str
    requests: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that fits a query.

    ``score`` is how far it is believed to fit, 0 to 1, comparable over queries and libraries. ``why`` says in short phrases what spoke for it:
    the words found, field by field, then nearness in meaning, then a request served before.
    """

    name: str
    shelf: str
    score: float
    why: tuple[str, ...]
    title: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a document that fits a query: its heading (the title where it has none) and its text."""

    name: str
    shelf: str
    heading: str
    text: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """A document whose text is nearly that of another: its name and the share of their runs of words that both have, 0 to 1."""

    name: str
    share: float
