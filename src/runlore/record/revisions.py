"""Revisions: the published states of documents, each in one line from the first to the head, known by a hash over everything that it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from runlore.errors import DamagedRecord, NoSuchName
from runlore.model.document import Format
from runlore.model.library import Revision, StoredFile
from runlore.record.canonical import hash_value
from runlore.record.database import Transaction
from runlore.record.engine import Row

_SELECT: Final = (
    "SELECT hash, document, number, parent, format, main, title, description, author, reviewer, proposal, reason, published, self_published"
    " FROM revisions WHERE company = :company AND "
)
_PREFIX: Final = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})")


def revision_hash(document: str, parent: str, format: Format, main: str, files: Iterable[StoredFile]) -> str:
    """Give the hash of a revision: over the document, the revision before it, and its files with their names, contents and modes."""
    rows = [[f.path, f.hash, f.size, f.executable] for f in sorted(files, key=lambda f: f.path)]
    return hash_value(["revision/1", document, parent, format, main, rows])


def get_revision(tx: Transaction, company: str, hash: str) -> Revision:
    """Give a revision by its hash, checked against it; raises NoSuchName, DamagedRecord."""
    row = tx.one(_SELECT + "hash = :hash", company=company, hash=hash)
    if row is None:
        raise NoSuchName("revision", hash)
    return _checked(tx, company, row)


def find_head(tx: Transaction, company: str, document_id: str) -> Revision | None:
    """Find the approved revision of a document, checked; None before the first one. Raises DamagedRecord."""
    row = tx.one("SELECT head FROM documents WHERE company = :company AND id = :id", company=company, id=document_id)
    return get_revision(tx, company, str(row[0])) if row and row[0] else None


def get_head(tx: Transaction, company: str, document_id: str) -> Revision:
    """Give the approved revision of a document, checked; raises NoSuchName before the first one, DamagedRecord."""
    found = find_head(tx, company, document_id)
    if found is None:
        raise NoSuchName("approved revision of a document", document_id)
    return found


def list_revisions(tx: Transaction, company: str, document_id: str) -> tuple[Revision, ...]:
    """List the revisions of a document, checked, the newest last; raises DamagedRecord."""
    rows = tx.all(_SELECT + "document = :document ORDER BY number", company=company, document=document_id)
    return tuple(_checked(tx, company, row) for row in rows)


def find_revision(tx: Transaction, company: str, document_id: str, which: int | str) -> Revision | None:
    """Find one revision of a document by its number or by the beginning of its hash (at least four digits); None where there is none, or several begin so."""
    text = str(which).strip().lower()
    if text.isdecimal() and len(text) < 10:
        row = tx.one(
            _SELECT + "document = :document AND number = :number",
            company=company,
            document=document_id,
            number=int(text),
        )
        if row is not None:
            return _checked(tx, company, row)
    prefix = _PREFIX.fullmatch(text)
    if prefix is None:
        return None
    rows = tx.all(
        _SELECT + "document = :document AND hash LIKE :prefix LIMIT 2",
        company=company,
        document=document_id,
        prefix=f"sha256:{prefix[1]}%",
    )
    return _checked(tx, company, rows[0]) if len(rows) == 1 else None


def _checked(tx: Transaction, company: str, row: Row) -> Revision:
    hash, document, number, parent, format, main, title, description, author, reviewer, proposal, reason, at, own = row
    files = list_files(tx, company, hash)
    if revision_hash(document, parent, format, main, files) != hash:
        raise DamagedRecord(tx.label, f"revision {number} of {document} is not what its hash says")
    return Revision(
        company, hash, document, number, parent, format, main, files, title, description, author, reviewer, proposal, reason, at, bool(own)
    )  # fmt: skip


def list_files(tx: Transaction, company: str, revision: str) -> tuple[StoredFile, ...]:
    """List the files of a revision by their paths."""
    rows = tx.all(
        "SELECT path, hash, size, executable FROM revision_files WHERE company = :company AND revision = :revision ORDER BY path",
        company=company,
        revision=revision,
    )
    return tuple(StoredFile(path, content, size, bool(executable)) for path, content, size, executable in rows)
