"""The search index of one company: documents in, hits and passages out."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec
import zstandard

from runlore.context.ranking.belief import FITS, believe, order
from runlore.context.ranking.card import Card, parse_card
from runlore.context.ranking.likeness import share_runs
from runlore.context.ranking.query import Query, Statistics, weigh_query
from runlore.context.ranking.reasons import explain
from runlore.context.ranking.sections import Section, split_sections
from runlore.context.ranking.signals import Signals, measure
from runlore.context.ranking.terms import terms_of
from runlore.errors import StoreError
from runlore.model.search import Hit, Passage, Searchable, Twin
from runlore.retrieval.candidates import Library, list_candidates
from runlore.retrieval.database import DAMAGE, open_database, set_aside
from runlore.retrieval.word_table import read_word_table
from runlore.retrieval.write import Text, Writer, get_meta, put_meta

_LARGEST_TEXT: Final = 1 << 28
_DAMAGED: Final = "the search index is damaged and was set aside. Do it again: the index is made anew from the record."
MOST_READ: Final = 20
"""Documents whose sections are compared when none are named."""


@contextmanager
def open_search_index(file: Path) -> Iterator[SearchIndex]:
    """Open a company's index. A file that is missing or damaged is begun anew, and then has an empty watermark. Raises StoreError."""
    connection = open_database(file)
    try:
        yield SearchIndex(file, connection)
    finally:
        connection.close()


class _Row(NamedTuple):
    number: int
    name: str
    shelf: str
    title: str
    revision: str


class _Ranked(NamedTuple):
    row: _Row
    card: Card
    signals: Signals
    score: float
    section: Section | None


def _rank(
    query: Query, statistics: Statistics, found: Sequence[tuple[_Row, Card]], sections: Sequence[Section | None] = ()
) -> list[_Ranked]:
    """Order documents, or sections, by what speaks for them; none is believed in more than the one before it."""
    measured = measure(query, [card for _, card in found], statistics)
    places = order(measured)
    terms = len(query.weights)
    best = sorted(range(len(found)), key=lambda i: (-places[i], found[i][0].name, i))
    score = 1.0
    ranked = []
    for i in best:
        score = min(score, round(believe(measured[i], terms, lexical=not query.vector), 4))
        ranked.append(_Ranked(*found[i], measured[i], score, sections[i] if sections else None))
    return ranked


class SearchIndex:
    """The open index; any number of processes may have the same file open. Not to be shared between threads."""

    def __init__(self, file: Path, connection: apsw.Connection) -> None:
        self._file = file
        self._db = connection
        self._library = Library()

    def watermark(self) -> str:
        """Give what the last update stored: which state of the record the index reflects; empty for an index that was begun anew."""
        with self._transaction("BEGIN"):
            return get_meta(self._db, "watermark")

    def count(self) -> int:
        """Give the number of documents."""
        with self._transaction("BEGIN"):
            return int(get_meta(self._db, "documents") or 0)

    def update(self, changed: Iterable[Searchable], gone: Iterable[str], watermark: str) -> None:
        """Put documents in, in place of those of the same name, and take out those that are gone: all of it, with the watermark, or nothing."""
        with self._transaction("BEGIN IMMEDIATE"):
            Writer(self._db, read_word_table()).write(changed, gone)
            put_meta(self._db, "watermark", watermark)

    def search(
        self, query: str, *, shelves: Collection[str] = (), limit: int = 10, lexical: bool = False, abstain: bool = True
    ) -> tuple[Hit, ...]:
        """Give the documents that fit, best first. With ``abstain`` none where nothing does; ``lexical`` leaves meanings out."""
        return self.search_many((query,), shelves=shelves, limit=limit, lexical=lexical, abstain=abstain)[0]

    def search_many(
        self,
        queries: Sequence[str],
        *,
        shelves: Collection[str] = (),
        limit: int = 10,
        lexical: bool = False,
        abstain: bool = True,
    ) -> tuple[tuple[Hit, ...], ...]:
        """Answer several queries over one state of the index, each as ``search`` does."""
        with self._transaction("BEGIN"):
            self._refresh()
            return tuple(self._search(query, shelves, limit, lexical, abstain) for query in queries)

    def passages(
        self,
        query: str,
        *,
        names: Collection[str] | None = None,
        shelves: Collection[str] = (),
        limit: int = 10,
        lexical: bool = False,
    ) -> tuple[Passage, ...]:
        """Give the sections that fit, best first: of the documents named, or of those that fit best. A section is measured as a small document."""
        with self._transaction("BEGIN"):
            self._refresh()
            weighed, statistics = self._weigh(query, lexical)
            found = self._number_names(names) if names is not None else self._list_candidates(weighed, shelves)
            cards = [(row, card) for row, card in self._read_cards(found) if not shelves or row.shelf in shelves]
            if names is None:
                cards = [(e.row, e.card) for e in _rank(weighed, statistics, cards)[: max(limit, MOST_READ)]]
            sections = [entry for row, card in cards for entry in self._list_sections(row, card, lexical=lexical)]
        small = replace(statistics, mean_body=statistics.mean_passage)
        ranked = _rank(
            weighed, small, [(row, card) for row, card, _ in sections], [section for _, _, section in sections]
        )
        return tuple(
            Passage(
                e.row.name,
                e.row.shelf,
                e.section.heading or e.row.title,
                e.section.text,
                e.score,
                explain(weighed, e.card, e.signals),
            )
            for e in ranked[:limit]
            if e.section and (e.signals.passage or e.signals.title or e.score >= FITS)
        )

    def duplicates(self, text: str, threshold: float = 0.7) -> tuple[Twin, ...]:
        """Give the documents whose text is nearly this one: those that share at least ``threshold`` of the runs of terms, nearest first."""
        with self._transaction("BEGIN"):
            self._refresh()
            query, _ = self._weigh(text, lexical=True)
            own = self._number_terms(text)
            twins = [
                Twin(row.name, round(share_runs(own, card.body), 4))
                for row, card in self._read_cards(self._list_candidates(query, ()))
            ]
        return tuple(sorted((t for t in twins if t.share >= threshold), key=lambda t: (-t.share, t.name)))

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self._db.execute(begin)
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except DAMAGE as error:
            self._db.close()
            set_aside(self._file)
            raise StoreError(str(self._file), _DAMAGED) from error
        except apsw.Error as error:
            raise StoreError(str(self._file), f"the search index cannot be used: {error}") from error

    def _select(self, sql: str, values: Iterable[int | str]) -> list[Any]:
        """Run a query whose one parameter is a list."""
        return self._db.execute(sql, (json.dumps(list(values)),)).fetchall()

    def _refresh(self) -> None:
        self._library.refresh(self._db)

    def _search(self, text: str, shelves: Collection[str], limit: int, lexical: bool, abstain: bool) -> tuple[Hit, ...]:
        query, statistics = self._weigh(text, lexical)
        ranked = _rank(query, statistics, self._read_cards(self._list_candidates(query, shelves)))
        if abstain and (not ranked or ranked[0].score < FITS):
            return ()
        return tuple(
            Hit(e.row.name, e.row.shelf, e.score, self._explain(query, e), e.row.title, e.row.revision)
            for e in ranked[:limit]
        )

    def _list_candidates(self, query: Query, shelves: Collection[str]) -> list[int]:
        if not shelves:
            return list_candidates(self._db, self._library, query, ())
        rows = self._select("SELECT id FROM shelf WHERE name IN (SELECT value FROM json_each(?))", sorted(shelves))
        numbers = frozenset(row[0] for row in rows)
        return list_candidates(self._db, self._library, query, numbers) if numbers else []

    def _number_names(self, names: Collection[str]) -> list[int]:
        rows = self._select("SELECT id FROM document WHERE name IN (SELECT value FROM json_each(?))", sorted(names))
        return sorted(row[0] for row in rows)

    def _number_terms(self, text: str) -> list[int]:
        """Give the numbers of a text's terms in order; each that the library does not hold gets one of its own below 0."""
        terms = [term for section in split_sections(text) for term in terms_of(f"{section.heading}\n{section.text}")]
        rows = self._select(
            "SELECT text, id FROM term WHERE text IN (SELECT value FROM json_each(?))", sorted(set(terms))
        )
        numbers = dict(rows)
        return [numbers.setdefault(term, -1 - len(numbers)) for term in terms]

    def _weigh(self, text: str, lexical: bool) -> tuple[Query, Statistics]:
        terms = sorted(set(terms_of(text)))
        found = self._select(
            "SELECT text, id, documents FROM term WHERE text IN (SELECT value FROM json_each(?))", terms
        )
        documents, length, sections = (
            int(get_meta(self._db, key) or 0) for key in ("documents", "body_terms", "sections")
        )
        statistics = Statistics(
            documents=documents,
            mean_body=max(1.0, length / max(documents, 1)),
            mean_passage=max(1.0, length / max(sections, 1)),
            holders={number: holders for _, number, holders in found},
        )
        numbers = {text: number for text, number, _ in found}
        return weigh_query(text, numbers, statistics, read_word_table(), lexical=lexical), statistics

    def _read_cards(self, numbers: Sequence[int]) -> list[tuple[_Row, Card]]:
        rows = self._select(
            "SELECT id, name, shelf, title, revision, card FROM document WHERE id IN (SELECT value FROM json_each(?))",
            numbers,
        )
        try:
            return [(_Row(*row[:5]), parse_card(row[5])) for row in rows]
        except ValueError as error:
            raise apsw.CorruptError(str(error)) from error

    def _list_sections(self, row: _Row, card: Card, *, lexical: bool) -> Iterator[tuple[_Row, Card, Section]]:
        """Give every section of a document that has a text, as a small document with the same title."""
        sections = split_sections(self._read_text(row.number).body)
        table = read_word_table()
        for section, (start, end) in zip(sections, pairwise([*card.starts, len(card.body)]), strict=True):
            if section.text:
                about = () if lexical else array("b", table.encode(f"{row.title}. {section.heading}. {section.text}"))
                yield (
                    row,
                    Card(card.title, (), card.body[start:end], (0,), (), (), about, card.named if about else ()),
                    section,
                )

    def _explain(self, query: Query, entry: _Ranked) -> tuple[str, ...]:
        requests = self._read_text(entry.row.number).requests if entry.signals.served else ()
        return explain(query, entry.card, entry.signals, requests)

    def _read_text(self, number: int) -> Text:
        row = self._db.execute("SELECT text FROM document WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise apsw.CorruptError(f"document {number} has no text")
        data = zstandard.ZstdDecompressor().decompress(row[0], max_output_size=_LARGEST_TEXT)
        return msgspec.msgpack.decode(data, type=Text)
