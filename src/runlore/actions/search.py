"""Search: which approved documents fit some words, from an index that is kept in step with the record."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runlore.actions.caller import Caller
from runlore.actions.shelved import find_shelved
from runlore.errors import UsageError
from runlore.model.document import SHELVES
from runlore.model.library import Document, parse_document_id, render_document_id
from runlore.model.search import Hit, Searchable
from runlore.record.database import Transaction
from runlore.record.documents import find_document
from runlore.record.publications import list_publications
from runlore.record.requests import list_requests, requests_after
from runlore.retrieval.index import SearchIndex, open_search_index

READ_AS: Final = 2
"""Counts up when documents are read for the index in another way, so that every index is built anew."""
_MOST_REQUESTS: Final = 400
"""Requests of one document that the index knows, the latest."""
_MOST_HELD: Final = 8
_MORE: Final = 8
"""Hits asked for beyond the limit, because a team's document may stand in for the company's."""


def search(
    caller: Caller,
    queries: Sequence[str],
    *,
    shelves: Collection[str] = (),
    limit: int = 10,
    lexical: bool = False,
) -> tuple[tuple[Hit, ...], ...]:
    """Give for each query the documents that fit, best first; none where nothing fits. Raises NotAllowed, UsageError for an unknown shelf."""
    caller.require("read", "search the library")
    unknown = sorted(set(shelves) - set(SHELVES))
    if unknown:
        raise UsageError(f"There is no shelf {unknown[0]!r}. The shelves are {', '.join(SHELVES)}.")
    with get_index(caller) as index:
        found = index.search_many(queries, shelves=shelves, limit=limit + _MORE, lexical=lexical)
    return tuple(particular(hits, caller.principal.teams)[:limit] for hits in found)


def particular(hits: Sequence[Hit], teams: Collection[str]) -> tuple[Hit, ...]:
    """Leave out what a more particular document among the hits stands in for.

    A team's own version wins over the company's for its members; for everyone else the company's wins over a team's.
    """
    names = {hit.name for hit in hits}
    own = {render_document_id("", *_place(name)[1:]) for name in names if _place(name)[0] in teams}
    return tuple(hit for hit in hits if not _is_passed_over(hit.name, names, own, teams))


def _is_passed_over(name: str, names: Collection[str], own: Collection[str], teams: Collection[str]) -> bool:
    team, shelf, bare = _place(name)
    company = render_document_id("", shelf, bare)
    return team not in teams and (company in own or (team != "" and company in names))


def _place(name: str) -> tuple[str, str, str]:
    return parse_document_id(name) or ("", "", name)


@contextmanager
def get_index(caller: Caller) -> Iterator[SearchIndex]:
    """Open the search index of the caller's company, in step with the record: what was published or served since is taken in first.

    A thread keeps the index open for the next call, because most of what a search costs in a large library is to read it into memory.
    """
    file = caller.settings.home / "search" / f"{caller.company}.index"
    try:
        with caller.record.read() as tx:
            index = _HELD.find(file) or _HELD.hold(file)
            if _is_of_another(tx, caller.company, _parse_mark(index.watermark())):
                _HELD.drop(file)
                _remove(file)
                index = _HELD.hold(file)
            _catch_up(tx, caller.company, index)
        yield index
    except BaseException:
        _HELD.drop(file)
        raise


class _Held(threading.local):
    """The indexes that a thread holds open, by process and file, with the identity of the file that was opened."""

    def __init__(self) -> None:
        self.indexes: dict[tuple[int, Path], tuple[tuple[int, int], ExitStack, SearchIndex]] = {}

    def find(self, file: Path) -> SearchIndex | None:
        """Find the open index of a file; one whose file was set aside or removed meanwhile is closed."""
        held = self.indexes.get((os.getpid(), file))
        if held is None:
            return None
        if _identify(file) != held[0]:
            self.drop(file)
            return None
        return held[2]

    def hold(self, file: Path) -> SearchIndex:
        """Open the index of a file, in the place of the one that was opened first where there are too many."""
        own = [place for pid, place in self.indexes if pid == os.getpid()]
        if len(own) >= _MOST_HELD:
            self.drop(own[0])
        stack = ExitStack()
        index = stack.enter_context(open_search_index(file))
        self.indexes[os.getpid(), file] = (_identify(file), stack, index)
        return index

    def drop(self, file: Path) -> None:
        """Close the index of a file, where it is open."""
        held = self.indexes.pop((os.getpid(), file), None)
        if held is not None:
            held[1].close()


_HELD: Final = _Held()


def _identify(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Which state of the record an index reflects: the last publication with the hash of its revision, and the last request."""

    published: int = 0
    revision: str = ""
    asked: int = 0


def _is_of_another(tx: Transaction, company: str, mark: _Mark) -> bool:
    """Say whether an index was made from another record than this one: one that was restored to an earlier state, or exchanged."""
    if mark.published:
        last = list_publications(tx, company, after=mark.published - 1)[:1]
        if not last or (last[0].number, last[0].revision) != (mark.published, mark.revision):
            return True
    return bool(mark.asked) and not requests_after(tx, company, mark.asked - 1)


def _catch_up(tx: Transaction, company: str, index: SearchIndex) -> None:
    """Take in what came after the index's watermark; one that was read in another way begins at nothing, with whatever it holds replaced."""
    mark = _parse_mark(index.watermark())
    publications = list_publications(tx, company, after=mark.published)
    requests = requests_after(tx, company, mark.asked)
    if not publications and not requests:
        return
    names = tuple(dict.fromkeys([*(p.document for p in publications), *(r.document for r in requests)]))
    if publications:
        mark = replace(mark, published=publications[-1].number, revision=publications[-1].revision)
    if requests:
        mark = replace(mark, asked=requests[-1].seq)
    gone = [name for name in names if not _is_in_use(find_document(tx, company, name))]
    index.update(_searchables(tx, company, names), gone, _render_mark(mark))


def _is_in_use(document: Document | None) -> bool:
    return document is not None and bool(document.head) and not document.retired


def _searchables(tx: Transaction, company: str, names: Sequence[str]) -> Iterator[Searchable]:
    """Give each document that is in use as the index needs it."""
    for name in names:
        shelved = find_shelved(tx, company, name)
        if shelved is None:
            continue
        document = shelved.document
        requests = tuple(request.text for request in list_requests(tx, company, name))[-_MOST_REQUESTS:]
        yield Searchable(
            name, document.shelf, shelved.title, document.description, shelved.body, requests, document.head
        )


def _parse_mark(text: str) -> _Mark:
    parts = text.split("/")
    if len(parts) != 4 or parts[0] != str(READ_AS) or not parts[1].isdecimal() or not parts[3].isdecimal():
        return _Mark()
    return _Mark(int(parts[1]), parts[2], int(parts[3]))


def _render_mark(mark: _Mark) -> str:
    return f"{READ_AS}/{mark.published}/{mark.revision}/{mark.asked}"
