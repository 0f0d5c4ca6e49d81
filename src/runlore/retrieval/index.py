"""The search index of one company: documents in, hits and passages out."""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import apsw
import msgspec
import zstandard

from runlore.context.ranking.belief import FITS, believe
from runlore.context.ranking.card import Card, parse_card
from runlore.context.ranking.likeness import share_runs
from runlore.context.ranking.query import Query, Statistics, weigh_query
from runlore.context.ranking.reasons import explain
from runlore.context.ranking.sections import split_sections
from runlore.context.ranking.signals import Signals, measure
from runlore.context.ranking.terms import terms_of
from runlore.errors import StoreError
from runlore.model.search import Hit, Passage, Searchable, Twin
from runlore.retrieval.candidates import Library, list_candidates
from runlore.retrieval.database import DAMAGE, open_database, set_aside
from runlore.retrieval.word_table import read_word_table
from runlore.retrieval.write import Text, Writer, get_meta, put_meta

_LARGEST_TEXT: Final = 1 << 28


class DamagedIndex(StoreError):
    """The index broke while it was in use; it was set aside, and the next one to open it begins anew."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            str(file),
            "the search index is damaged and was set aside. Do it again: the index is made anew from the record.",
        )


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


class SearchIndex:
    """The open index; any number of processes may have the same file open. Not to be shared between threads."""

    def __init__(self, file: Path, connection: apsw.Connection) -> None:
        self._file = file
        self._db = connection
        self._library = Library()
        self._rarities: dict[int, int] = {}

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
            measured = self._measure(weighed, statistics, found)
            measured.sort(key=lambda entry: (-believe(entry[2], lexical=lexical), entry[0].name))
            if names is None:
                measured = measured[: max(limit, 1) * 2]
            rows = [
                p
                for row, card, _ in measured
                if not shelves or row.shelf in shelves
                for p in self._weigh_sections(row, card, weighed, statistics)
            ]
        rows.sort(key=lambda passage: (-passage.score, passage.name, passage.heading, passage.text))
        return tuple(rows[:limit])

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
            raise DamagedIndex(self._file) from error
        except apsw.Error as error:
            raise StoreError(str(self._file), f"the search index cannot be used: {error}") from error

    def _select(self, sql: str, values: Iterable[int | str]) -> list[Any]:
        """Run a query whose one parameter is a list."""
        return self._db.execute(sql, (json.dumps(list(values)),)).fetchall()

    def _refresh(self) -> None:
        if self._library.refresh(self._db):
            self._rarities.clear()

    def _search(self, text: str, shelves: Collection[str], limit: int, lexical: bool, abstain: bool) -> tuple[Hit, ...]:
        query, statistics = self._weigh(text, lexical)
        measured = self._measure(query, statistics, self._list_candidates(query, shelves))
        ranked = sorted(
            ((believe(signals, lexical=lexical), row, card, signals) for row, card, signals in measured),
            key=lambda e: (-e[0], e[1].name),
        )
        if abstain and (not ranked or ranked[0][0] < FITS):
            return ()
        return tuple(
            Hit(
                row.name,
                row.shelf,
                round(score, 4),
                self._explain(query, row.number, card, signals),
                row.title,
                row.revision,
            )
            for score, row, card, signals in ranked[:limit]
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
            "SELECT text, id, documents, requests FROM term WHERE text IN (SELECT value FROM json_each(?))", terms
        )
        totals = {key: int(get_meta(self._db, key) or 0) for key in ("documents", "body_terms", "sections", "requests")}
        self._rarities.update((number, documents) for _, number, documents, _ in found)
        statistics = Statistics(
            documents=totals["documents"],
            mean_body=max(1.0, totals["body_terms"] / max(totals["documents"], 1)),
            mean_passage=max(1.0, totals["body_terms"] / max(totals["sections"], 1)),
            holders=MappingProxyType(self._rarities),
            requests=totals["requests"],
            requested={number: requests for _, number, _, requests in found},
        )
        table = read_word_table()
        return weigh_query(
            text, {text: number for text, number, _, _ in found}, statistics, table, lexical=lexical
        ), statistics

    def _read_cards(self, numbers: Sequence[int]) -> list[tuple[_Row, Card]]:
        rows = self._select(
            "SELECT id, name, shelf, title, revision, card FROM document WHERE id IN (SELECT value FROM json_each(?))",
            numbers,
        )
        return [(_Row(*row[:5]), parse_card(row[5])) for row in rows]

    def _measure(
        self, query: Query, statistics: Statistics, candidates: Sequence[int]
    ) -> list[tuple[_Row, Card, Signals]]:
        cards = self._read_cards(candidates)
        self._learn_rarities({term for _, card in cards for term in card.title})
        return [(row, card, measure(query, card, statistics)) for row, card in cards]

    def _weigh_sections(self, row: _Row, card: Card, query: Query, statistics: Statistics) -> Iterator[Passage]:
        """Measure every section of a document as a document of its own with the same title."""
        small = replace(statistics, mean_body=statistics.mean_passage)
        for section, (start, end) in zip(
            split_sections(self._read_text(row.number).body), pairwise([*card.starts, len(card.body)]), strict=True
        ):
            about = read_word_table().encode(f"{row.title}. {section.heading}. {section.text}") if query.vector else b""
            own = Card(card.title, (), card.body[start:end], (0,), (), (), array("b", about), card.named)
            signals = measure(query, own, small)
            score = round(believe(signals, lexical=not query.vector), 4)
            if section.text and (signals.passage or signals.about):
                yield Passage(
                    row.name, row.shelf, section.heading or row.title, section.text, score, explain(query, own, signals)
                )

    def _learn_rarities(self, terms: set[int]) -> None:
        missing = sorted(terms - self._rarities.keys())
        if missing:
            rows = self._select("SELECT id, documents FROM term WHERE id IN (SELECT value FROM json_each(?))", missing)
            self._rarities.update(rows)

    def _explain(self, query: Query, number: int, card: Card, signals: Signals) -> tuple[str, ...]:
        requests = self._read_text(number).requests if signals.served else ()
        return explain(query, card, signals, requests)

    def _read_text(self, number: int) -> Text:
        row = self._db.execute("SELECT text FROM document WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise apsw.CorruptError(f"document {number} has no text")
        data = zstandard.ZstdDecompressor().decompress(row[0], max_output_size=_LARGEST_TEXT)
        return msgspec.msgpack.decode(data, type=Text)
