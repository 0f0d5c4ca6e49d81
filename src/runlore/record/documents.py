"""Documents: what stands on the shelves with at least one approved revision; found by id, or by as much of a name as tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from rapidfuzz import process

from runlore.errors import AmbiguousName, NoSuchName
from runlore.model.document import Link, Recognised
from runlore.model.library import Document, Revision, StoredLink, parse_document_id, render_document_id
from runlore.record.database import Transaction
from runlore.record.engine import Row

_SELECT: Final = (
    "SELECT d.id, d.team, d.shelf, d.name, d.title, d.description, d.owner, d.reviewed, d.review_every, d.head, d.revisions,"
    " coalesce(c.id, ''), d.created, d.retired FROM documents d"
    " LEFT JOIN documents c ON c.company = d.company AND c.shelf = d.shelf AND c.name = d.name AND c.team = '' AND d.team <> ''"
    " WHERE d.company = :company"
)
_EVERY: Final = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
_DAYS: Final = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}
_NEAR: Final = 60


def find_document(tx: Transaction, company: str, id: str) -> Document | None:
    """Find a document by its id, retired or not; None before its first revision."""
    row = tx.one(_SELECT + " AND d.id = :id", company=company, id=id)
    return _document(company, row) if row else None


def get_document(tx: Transaction, company: str, id: str) -> Document:
    """Give a document by its id; raises NoSuchName with near names."""
    found = find_document(tx, company, id)
    if found is None:
        raise NoSuchName("document", id, _list_near(tx, company, id))
    return found


def resolve_name(tx: Transaction, company: str, text: str, teams: Sequence[str] = ()) -> Document:
    """Give the document that a person means, who is a member of ``teams``: ``team:shelf/name``, ``shelf/name``, or a bare name if only one fits.

    1. A name with its team means exactly that document.
    2. Else a document of one of the person's teams wins over the company's document of the same shelf and name.
    3. Documents in use win over retired ones.
    Raises NoSuchName with near names, AmbiguousName.
    """
    parts = parse_document_id(text)
    if parts is not None and parts[0]:
        return get_document(tx, company, text)
    shelf, name = (parts[1], parts[2]) if parts is not None else ("", text)
    rows = tx.all(
        _SELECT + " AND d.name = :name AND (:shelf = '' OR d.shelf = :shelf) ORDER BY d.name, d.id",
        company=company,
        name=name,
        shelf=shelf,
    )
    found = [document for row in rows if (document := _document(company, row)).team in ("", *teams)]
    found = [d for d in found if not d.retired] or found
    particular = {d.refines for d in found if d.refines}
    found = [d for d in found if d.id not in particular]
    if not found:
        raise NoSuchName("document", text, _list_near(tx, company, text))
    if len(found) > 1:
        raise AmbiguousName("document", text, tuple(d.id for d in found))
    return found[0]


def list_documents(
    tx: Transaction, company: str, shelf: str = "", team: str | None = None, include_retired: bool = False
) -> tuple[Document, ...]:
    """List documents by id: of one shelf, or of one team (``""``: the company's own), or all; those in use, unless ``include_retired``."""
    rows = tx.all(
        _SELECT + " AND (:shelf = '' OR d.shelf = :shelf) AND (:any_team = 1 OR d.team = :team)"
        " AND (:include_retired = 1 OR d.retired = 0) ORDER BY d.id",
        company=company,
        shelf=shelf,
        any_team=team is None,
        team=team or "",
        include_retired=include_retired,
    )
    return tuple(_document(company, row) for row in rows)


def list_links_from(tx: Transaction, company: str, id: str) -> tuple[StoredLink, ...]:
    """List what the approved revision of a document points to, in the order of its text."""
    rows = tx.all(
        "SELECT kind, target, place FROM links WHERE company = :company AND document = :id ORDER BY position",
        company=company,
        id=id,
    )
    return tuple(StoredLink(id, kind, target, place) for kind, target, place in rows)


def list_links_to(tx: Transaction, company: str, id: str) -> tuple[StoredLink, ...]:
    """List which documents in use point to a document, link by link; by id, then in the order of their texts.

    A link of a document ``team:…`` to ``shelf/name`` means the team's own document of that name where there is one, and else the company's.
    """
    parts = parse_document_id(id)
    if parts is None:
        return ()
    team, shelf, name = parts
    rows = tx.all(
        "SELECT l.document, l.kind, l.target, l.place, s.team FROM links l"
        " JOIN documents s ON s.company = l.company AND s.id = l.document AND s.retired = 0"
        " WHERE l.company = :company AND l.kind <> 'role' AND l.kind <> 'asset' AND (l.target = :id OR l.target = :plain)"
        " ORDER BY l.document, l.position",
        company=company,
        id=id,
        plain=render_document_id("", shelf, name),
    )
    found: list[StoredLink] = []
    for document, kind, target, place, from_team in rows:
        if target != id and from_team != team:  # a plain name, written by somebody outside the team
            continue
        if team == "" and from_team and find_document(tx, company, render_document_id(from_team, shelf, name)):
            continue  # that team has a document of its own under this name
        found.append(StoredLink(document, kind, target, place))
    return tuple(found)


def list_due(tx: Transaction, company: str, today: str) -> tuple[Document, ...]:
    """List the documents in use whose review is due on a day (ISO), the longest overdue first."""
    rows = tx.all(
        _SELECT + " AND d.due <> '' AND d.due <= :today AND d.retired = 0 ORDER BY d.due, d.id",
        company=company,
        today=today,
    )
    return tuple(_document(company, row) for row in rows)


def find_due(reviewed: str, review_every: str, published: int) -> str:
    """Find on which day (ISO) a document has to be looked at again; empty where it does not say how often.

    Counted from its last review, or from its publication where it names none.
    """
    every = _EVERY.fullmatch(review_every.strip())
    if every is None:
        return ""
    try:
        begun = date.fromisoformat(reviewed)
    except ValueError:
        begun = datetime.fromtimestamp(published / 1e6, UTC).date()
    try:
        return (begun + timedelta(days=round(int(every[1]) * _DAYS[every[2]]))).isoformat()
    except OverflowError:
        return ""


def put_document(
    tx: Transaction, revision: Revision, recognised: Recognised, links: Sequence[Link], retires: bool
) -> None:
    """Move the head of a document to a revision, with what the revision says of itself; part of a publication and of nothing else."""
    values = {
        "company": revision.company,
        "id": revision.document,
        "title": recognised.title,
        "description": recognised.description,
        "owner": recognised.owner,
        "reviewed": recognised.reviewed,
        "review_every": recognised.review_every,
        "due": find_due(recognised.reviewed, recognised.review_every, revision.published),
        "head": revision.hash,
        "revisions": revision.number,
        "retired": revision.published if retires else 0,
    }
    tx.run(
        "UPDATE documents SET title = :title, description = :description, owner = :owner, reviewed = :reviewed, review_every = :review_every,"
        " due = :due, head = :head, revisions = :revisions, retired = :retired WHERE company = :company AND id = :id",
        **values,
    )
    if revision.number > 1:
        tx.run(
            "DELETE FROM links WHERE company = :company AND document = :id",
            company=revision.company,
            id=revision.document,
        )
    for position, link in enumerate(links, 1):
        tx.run(
            "INSERT INTO links (company, document, position, kind, target, place) VALUES (:company, :id, :position, :kind, :target, :place)",
            company=revision.company,
            id=revision.document,
            position=position,
            kind=link.kind,
            target=link.target,
            place=link.where,
        )


def make_document(tx: Transaction, company: str, id: str, now: int) -> None:
    """Make the row of a document that gets its first revision, if it is not there; part of a publication and of nothing else."""
    team, shelf, name = _split(id)
    tx.run(
        "INSERT INTO documents (company, id, team, shelf, name, title, description, owner, reviewed, review_every, due, head, revisions, created)"
        " VALUES (:company, :id, :team, :shelf, :name, '', '', '', '', '', '', '', 0, :now) ON CONFLICT DO NOTHING",
        company=company,
        id=id,
        team=team,
        shelf=shelf,
        name=name,
        now=now,
    )


def _split(id: str) -> tuple[str, str, str]:
    parts = parse_document_id(id)
    if parts is None:
        raise ValueError(f"{id!r} is no document's id")
    return parts


def _document(company: str, row: Row) -> Document:
    (
        id,
        team,
        shelf,
        name,
        title,
        description,
        owner,
        reviewed,
        review_every,
        head,
        revisions,
        refines,
        created,
        retired,
    ) = row
    return Document(
        company, id, team, shelf, name, title, description, owner, reviewed, review_every, head, revisions, refines, created, retired
    )  # fmt: skip


def _list_near(tx: Transaction, company: str, text: str) -> tuple[str, ...]:
    ids = [
        str(row[0])
        for row in tx.all(
            "SELECT id FROM documents WHERE company = :company AND retired = 0 ORDER BY id", company=company
        )
    ]
    found = process.extract(text, ids, limit=3, score_cutoff=_NEAR)
    return tuple(id for id, _, _ in found)
