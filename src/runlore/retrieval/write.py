"""Bringing the index up to date: every document's terms, places, vectors and text, in one transaction."""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import apsw
import msgspec
import zstandard

from runlore.context.ranking.card import Card, parse_card, render_card
from runlore.context.ranking.meaning import WordTable, sketch_of
from runlore.context.ranking.sections import split_sections
from runlore.context.ranking.signals import DESCRIPTION_WEIGHT, LENGTH, SATURATION, TITLE_WEIGHT
from runlore.context.ranking.terms import terms_of
from runlore.model.search import Searchable
from runlore.retrieval.postings import BLOCK, amend_places

TOGETHER: Final = 2000
"""Documents whose places are gathered before they are written."""
MOST_REQUESTS: Final = 100
"""Distinct requests kept of one document, the latest."""
LEAD_WORDS: Final = 60
PIVOT: Final = 300
"""The length, in terms, at which a document is neither long nor short for the first choice of candidates."""
SKETCH_BYTES: Final = 16
_FULL: Final = 255


class Text(msgspec.Struct, frozen=True, array_like=True):
    """What is shown of a document: kept compressed beside its card."""

    description: str
    body: str
    requests: tuple[str, ...]


@dataclass(slots=True)
class _Gathered:
    """What a batch of documents changes: places by term and block, holders by term, shelves and sketches by block."""

    places: dict[tuple[int, int], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    holders: Counter[int] = field(default_factory=Counter)
    shelves: dict[int, dict[int, tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(dict))
    totals: Counter[str] = field(default_factory=Counter)


class Writer:
    """One update of the index, within a transaction that the caller has begun."""

    def __init__(self, connection: apsw.Connection, table: WordTable) -> None:
        self._db = connection
        self._table = table
        self._terms: dict[str, int] = {}
        shelves: list[Any] = connection.execute("SELECT name, id FROM shelf").fetchall()
        self._shelves: dict[str, int] = dict(shelves)
        self._generation = int(get_meta(connection, "generation") or 0) + 1
        self._free: Iterator[int] = iter(())

    def write(self, changed: Iterable[Searchable], gone: Iterable[str]) -> None:
        """Put documents in, in place of those of the same name, and take out those that are gone; then those without holders among the terms."""
        source = iter(changed)
        self._take_out(gone)
        self._free = self._list_free()
        while batch := list(islice(source, TOGETHER)):
            self._put_in(list({entry.name: entry for entry in batch}.values()))
        put_meta(self._db, "generation", str(self._generation))

    def _take_out(self, gone: Iterable[str]) -> None:
        gathered = _Gathered()
        for name in dict.fromkeys(gone):
            row = self._db.execute("SELECT id, card FROM document WHERE name = ?", (name,)).fetchone()
            if row:
                _gather(gathered, row[0], parse_card(row[1]), _NONE, shelf=0)
                self._db.execute("DELETE FROM document WHERE id = ?", (row[0],))
        self._store(gathered)

    def _list_free(self) -> Iterator[int]:
        """Give the numbers for new documents: those that became free, then new ones."""
        count, last = self._db.execute("SELECT count(*), coalesce(max(id), -1) FROM document").fetchone() or (0, -1)
        held = {row[0] for row in self._db.execute("SELECT id FROM document")} if count <= last else set()
        yield from (number for number in range(last + 1) if held and number not in held)
        yield from iter(range(last + 1 if held or count else 0, 1 << 40))

    def _put_in(self, batch: Sequence[Searchable]) -> None:
        gathered = _Gathered()
        for entry in batch:
            requests = tuple(dict.fromkeys(reversed(entry.requests)))[:MOST_REQUESTS][::-1]
            card = self._make_card(entry, requests)
            row = self._db.execute("SELECT id, card FROM document WHERE name = ?", (entry.name,)).fetchone()
            number: int = row[0] if row else next(self._free)
            vector = array("b", card.about).tobytes()
            _gather(gathered, number, parse_card(row[1]) if row else _NONE, card, self._shelf(entry.shelf), vector)
            text = compress(msgspec.msgpack.encode(Text(entry.description, entry.body, requests)))
            self._db.execute(
                "INSERT OR REPLACE INTO document (id, name, shelf, title, revision, card, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, entry.name, entry.shelf, entry.title, entry.revision, render_card(card), text),
            )
        self._store(gathered)

    def _make_card(self, entry: Searchable, requests: Sequence[str]) -> Card:
        body: list[str] = []
        starts: list[int] = []
        for section in split_sections(entry.body):
            starts.append(len(body))
            body += terms_of(f"{section.heading}\n{section.text}")
        served: list[str] = []
        served_starts: list[int] = []
        for request in requests:
            served_starts.append(len(served))
            served += dict.fromkeys(terms_of(request))
        title, description = terms_of(entry.title), terms_of(entry.description)
        numbers = self._number({*title, *description, *body, *served})
        beginning = " ".join(entry.body.split(maxsplit=LEAD_WORDS)[:LEAD_WORDS])
        return Card(
            title=[numbers[term] for term in title],
            description=[numbers[term] for term in description],
            body=[numbers[term] for term in body],
            starts=starts,
            served=[numbers[term] for term in served],
            served_starts=served_starts,
            about=array("b", self._table.encode(f"{entry.title}. {entry.description} {beginning}")),
            named=array("b", self._table.encode(entry.title)),
        )

    def _number(self, terms: set[str]) -> dict[str, int]:
        """Give every term its number; new ones get one."""
        missing = sorted(term for term in terms if term not in self._terms)
        if missing:
            self._db.execute(
                "INSERT OR IGNORE INTO term (text, documents) SELECT value, 0 FROM json_each(?)",
                (json.dumps(missing),),
            )
            rows = self._db.execute(
                "SELECT text, id FROM term WHERE text IN (SELECT value FROM json_each(?))", (json.dumps(missing),)
            )
            self._terms.update(rows)
        return self._terms

    def _shelf(self, name: str) -> int:
        if name not in self._shelves:
            number = len(self._shelves) + 1
            self._db.execute("INSERT INTO shelf (id, name) VALUES (?, ?)", (number, name))
            self._shelves[name] = number
        return self._shelves[name]

    def _store(self, gathered: _Gathered) -> None:
        db = self._db
        for (term, block), changes in sorted(gathered.places.items()):
            row = db.execute("SELECT places FROM posting WHERE term = ? AND block = ?", (term, block)).fetchone()
            places = amend_places(row[0] if row else b"", changes)
            if places:
                db.execute("INSERT OR REPLACE INTO posting VALUES (?, ?, ?)", (term, block, places))
            elif row:
                db.execute("DELETE FROM posting WHERE term = ? AND block = ?", (term, block))
        touched = sorted(term for term, change in gathered.holders.items() if change)
        db.executemany(
            "UPDATE term SET documents = documents + ? WHERE id = ?",
            [(gathered.holders[term], term) for term in touched],
        )
        if any(count < 0 for count in gathered.holders.values()):
            db.executemany("DELETE FROM term WHERE id = ? AND documents <= 0", [(term,) for term in touched])
            self._terms.clear()
        for number, entries in sorted(gathered.shelves.items()):
            self._store_block(number, entries)
        for key, change in sorted(gathered.totals.items()):
            put_meta(db, key, str(int(get_meta(db, key) or 0) + change))

    def _store_block(self, number: int, entries: dict[int, tuple[int, bytes]]) -> None:
        row = self._db.execute("SELECT shelves, sketches FROM block WHERE id = ?", (number,)).fetchone()
        shelves = array("H", bytes(2 * BLOCK))
        sketches = bytearray(SKETCH_BYTES * BLOCK)
        if row:
            shelves = array("H", row[0])
            sketches = bytearray(row[1])
        for place, (shelf, sketch) in entries.items():
            shelves[place] = shelf
            sketches[place * SKETCH_BYTES : (place + 1) * SKETCH_BYTES] = sketch
        self._db.execute(
            "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)",
            (number, self._generation, shelves.tobytes(), bytes(sketches)),
        )


_NONE: Final = Card((), (), (), (), (), ())


def _gather(gathered: _Gathered, number: int, old: Card, new: Card, shelf: int, vector: bytes = b"") -> None:
    """Note what it changes that a document's card becomes another: from ``_NONE`` for a new document, to it for one that is gone."""
    block, place = divmod(number, BLOCK)
    before, after = _amounts(old), _amounts(new)
    for term, amount in after.items():
        if before.get(term) != amount:
            gathered.places[term, block][place] = amount
    gathered.holders.update(term for term in after if term not in before)
    for term in before:
        if term not in after:
            gathered.places[term, block][place] = 0
            gathered.holders[term] -= 1
    gathered.shelves[block][place] = (shelf, sketch_of(vector).to_bytes(SKETCH_BYTES, "little"))
    gathered.totals["documents"] += int(new is not _NONE) - int(old is not _NONE)
    gathered.totals["body_terms"] += len(new.body) - len(old.body)
    gathered.totals["sections"] += len(new.starts) - len(old.starts)


def _amounts(card: Card) -> dict[int, int]:
    """How much of each term a document holds, saturating, 1 to 255; the same whatever else the library holds."""
    counts: Counter[int] = Counter(card.body)
    for terms, weight in ((card.title, TITLE_WEIGHT), (card.description, DESCRIPTION_WEIGHT), (card.served, 1)):
        for term in terms:
            counts[term] += weight  # type: ignore[assignment]
    norm = SATURATION * (1 - LENGTH + LENGTH * len(card.body) / PIVOT)
    return {term: max(1, round(_FULL * count / (count + norm))) for term, count in counts.items()}


def compress(data: bytes) -> bytes:
    """Compress what is shown of a document."""
    return zstandard.ZstdCompressor(level=3).compress(data)


def get_meta(connection: apsw.Connection, key: str) -> str:
    """Give a value of the table ``meta``, empty where there is none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def put_meta(connection: apsw.Connection, key: str, value: str) -> None:
    """Set a value of the table ``meta``."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
