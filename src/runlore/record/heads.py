"""What all documents of a company hold now, read in bulk: for the library folder and for whoever needs the whole library at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from runlore.model.document import Format
from runlore.model.library import StoredFile
from runlore.record.database import Transaction


@dataclass(frozen=True, slots=True)
class Head:
    """The approved revision of one document that is in use: its hash, format, main file and files."""

    document: str
    revision: str
    format: Format
    main: str
    files: tuple[StoredFile, ...]


def list_heads(tx: Transaction, company: str) -> tuple[Head, ...]:
    """List the heads of the documents in use, by document; hashes are not checked here (``verify_record`` does that)."""
    rows = tx.all(
        "SELECT d.id, r.hash, r.format, r.main, f.path, f.hash, f.size, f.executable FROM documents d"
        " JOIN revisions r ON r.company = d.company AND r.hash = d.head"
        " LEFT JOIN revision_files f ON f.company = d.company AND f.revision = d.head"
        " WHERE d.company = :company AND d.retired = 0 AND d.head <> '' ORDER BY d.id, f.path",
        company=company,
    )
    grouped: dict[tuple[str, str, str, str], list[StoredFile]] = {}
    for document, revision, format, main, path, hash, size, executable in rows:
        files = grouped.setdefault((document, revision, format, main), [])
        if path is not None:
            files.append(StoredFile(path, hash, size, bool(executable)))
    return tuple(
        Head(document, revision, cast("Format", format), main, tuple(files))
        for (document, revision, format, main), files in grouped.items()
    )


def list_retiring(tx: Transaction, company: str) -> frozenset[str]:
    """List the revisions that took their document out of use, by hash."""
    rows = tx.all(
        "SELECT p.revision FROM proposals o JOIN publications p ON p.company = o.company AND p.proposal = o.number"
        " WHERE o.company = :company AND o.retires = 1",
        company=company,
    )
    return frozenset(str(row[0]) for row in rows)


def count_publications(tx: Transaction, company: str) -> int:
    """Give the number of the newest publication; 0 where there is none."""
    row = tx.one("SELECT max(number) FROM publications WHERE company = :company", company=company)
    return int(row[0] or 0) if row else 0


def find_published(tx: Transaction, company: str, number: int) -> tuple[str, str]:
    """Find what a publication published: the revision's hash, and the commit that shows it; empty where there is none of that number, or no commit yet."""
    row = tx.one(
        "SELECT revision, git_commit FROM publications WHERE company = :company AND number = :number",
        company=company,
        number=number,
    )
    return (str(row[0]), str(row[1])) if row else ("", "")


def list_erased(tx: Transaction, company: str) -> frozenset[str]:
    """List the hashes of the contents that were erased from the record."""
    rows = tx.all("SELECT hash FROM blobs WHERE company = :company AND erased > 0", company=company)
    return frozenset(str(row[0]) for row in rows)


def has_content(tx: Transaction, company: str, hash: str) -> bool:
    """Say whether the record has, or had, a content of that hash."""
    return bool(tx.one("SELECT 1 FROM blobs WHERE company = :company AND hash = :hash", company=company, hash=hash))
